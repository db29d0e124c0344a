// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import type { ContainerStatus, ContainerTermination } from '#model/cluster.ts';
import { defined, text } from '#sources/kubernetes/objects/fields.ts';

/** How a container ended, as the API has it. */
interface RawTermination {
  readonly reason: string | undefined;
  readonly exitCode: number;
  readonly startedAt: string | undefined;
  readonly finishedAt: string | undefined;
}

/** `state` or `lastState` of a container's status, as the API has it. */
export interface RawState {
  readonly running?: { readonly startedAt: string | undefined } | undefined;
  readonly waiting?: { readonly reason: string | undefined } | undefined;
  readonly terminated?: RawTermination | undefined;
}

const terminationSchema: z.ZodMiniType<RawTermination> = z.object({
  reason: text,
  exitCode: z.catch(z.number(), 0),
  startedAt: text,
  finishedAt: text,
});

const stateSchema: z.ZodMiniType<RawState> = z.object({
  running: z.catch(z.optional(z.object({ startedAt: text })), undefined),
  waiting: z.catch(z.optional(z.object({ reason: text })), undefined),
  terminated: z.catch(z.optional(terminationSchema), undefined),
});

/** The schema of a {@link RawState}; undefined when it is none. */
export const optionalState: z.ZodMiniType<RawState | undefined> = z.catch(
  z.optional(stateSchema),
  undefined,
);

/** A state of which nothing is known. */
export const NO_STATE: RawState = {};

/** The state in one word. */
export function stateOf(state: RawState | undefined): ContainerStatus['state'] {
  if (state?.running) return 'running';
  if (state?.waiting) return 'waiting';
  return state?.terminated ? 'terminated' : 'unknown';
}

/** How a container ended; undefined when it did not, or nobody knows. */
export function terminationOf(raw: RawTermination | undefined): ContainerTermination | undefined {
  return raw === undefined ? undefined : defined(raw);
}
