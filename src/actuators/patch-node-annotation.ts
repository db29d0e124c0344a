// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import {
  type Actuator,
  type ActuatorWorld,
  apiRight,
  type Look,
  skipped,
  type StepResult,
} from '#actuators/define-actuator.ts';
import type { PatchNodeAnnotationStep } from '#model/plan.ts';
import type { ApiRequest } from '#sources/kubernetes/api-client.ts';
import { patchObject } from '#sources/kubernetes/write.ts';
import { isSourceError } from '#sources/source-error.ts';

/** Writers of a Node are many (kubelet, node controller), so its version can move between a read and a patch. */
const ATTEMPTS = 5;

/** Kept far below the API server's limit of 256 KiB for all annotations. */
const MOST_CHARACTERS = 4096;

const nodeSchema = z.object({
  metadata: z.object({
    resourceVersion: z.string(),
    annotations: z.optional(z.record(z.string(), z.string())),
  }),
});

type Node = z.infer<typeof nodeSchema>;

/** Makes watchers of a Node hear of its annotations anew, and leaves them as they are. */
export const actuator: Actuator<PatchNodeAnnotationStep> = {
  kind: 'patch-node-annotation',
  needs: [apiRight('', 'nodes', 'get', 'patch')],
  refuse: ({ node, annotations, restores }) => {
    if (!/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/.test(node)) return 'It names no node.';
    const entries = Object.entries(annotations);
    const isNamed = entries.length > 0 && entries.every(([key]) => isBackendData(key));
    if (!isNamed || typeof restores !== 'boolean') return 'It names no backend-data of flannel.';
    const isData = entries.every(([, text]) => text.length < MOST_CHARACTERS && isObject(text));
    return isData ? undefined : 'The text of an annotation is no data of a backend.';
  },
  dryRun: async (world, step) => {
    const node = await readNode(world, step);
    const met = look(node, step);
    if (met.state === 'ready') await patch(world, step, node, { dryRun: true });
    return met;
  },
  apply: (world, step) => (step.restores ? restore(world, step) : announce(world, step)),
  undoOf: (step) => (step.restores ? undefined : restoring(step)),
};

/** `PREFIX/backend-data` or `backend-v6-data`; a prefix with a slash of its own may end in `-`. */
function isBackendData(key: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9./_-]{0,300}[/-]backend-(?:v6-)?data$/.test(key);
}

/** White space after JSON is none of its content, which is why a space can be added to it. */
function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

function restoring(step: PatchNodeAnnotationStep): PatchNodeAnnotationStep {
  const title = `restore the text of ${step.object}`;
  return { ...step, title, restores: true };
}

function spaced(text: string): string {
  return `${text} `;
}

function look(node: Node, { annotations, restores }: PatchNodeAnnotationStep): Look {
  const has = (form: (text: string) => string): boolean =>
    Object.entries(annotations).every(
      ([key, text]) => node.metadata.annotations?.[key] === form(text),
    );
  const now = linesOf(node, annotations);
  const isPlain = has((text) => text);
  const isSpaced = has(spaced);
  if (restores ? isSpaced : isPlain) return { state: 'ready', now };
  if (restores && isPlain) return { state: 'done', now };
  if (isSpaced) {
    const reason =
      'It was announced; the space at the end of its text is still there, and undo takes it away.';
    return { state: 'done', now, reason };
  }
  return { state: 'moved', now };
}

function linesOf(
  { metadata }: Node,
  annotations: PatchNodeAnnotationStep['annotations'],
): readonly string[] {
  return Object.keys(annotations).map((key) => {
    const text = metadata.annotations?.[key];
    return text === undefined ? `no ${key}` : `${key}=${text}`;
  });
}

async function announce(world: ActuatorWorld, step: PatchNodeAnnotationStep): Promise<StepResult> {
  const announced = await patchOnce(world, step);
  if (announced.outcome !== 'applied') return announced;
  const restored = await restore(world, restoring(step));
  // The node's own flanneld, at its start, may have written its own text in the meantime.
  if (restored.outcome !== 'failed') return { outcome: 'applied', after: restored.after };
  return { ...restored, undo: restoring(step) };
}

function restore(world: ActuatorWorld, step: PatchNodeAnnotationStep): Promise<StepResult> {
  return patchOnce(world, step);
}

/** Patches a Node whose annotations are as expected, onto the very version that was read. */
async function patchOnce(world: ActuatorWorld, step: PatchNodeAnnotationStep): Promise<StepResult> {
  for (let attempt = 1; ; attempt += 1) {
    const node = await readNode(world, step);
    const met = look(node, step);
    const { now } = met;
    if (met.state !== 'ready') return skipped(met);
    try {
      const after = await patch(world, step, node, { dryRun: false });
      return { outcome: 'applied', after: linesOf(after, step.annotations) };
    } catch (error) {
      if (!isSourceError(error, 'conflict')) throw error;
      if (attempt < ATTEMPTS) continue;
      const reason = `The Node was changed by others each of ${String(ATTEMPTS)} times.`;
      return { outcome: 'failed', after: now, reason };
    }
  }
}

async function readNode(world: ActuatorWorld, step: PatchNodeAnnotationStep): Promise<Node> {
  return nodeSchema.parse(await world.connection.get(request(world, step, 'get')));
}

async function patch(
  world: ActuatorWorld,
  step: PatchNodeAnnotationStep,
  { metadata: { resourceVersion } }: Node,
  { dryRun }: { readonly dryRun: boolean },
): Promise<Node> {
  const annotations = Object.fromEntries(
    Object.entries(step.annotations).map(([key, text]) => [
      key,
      step.restores ? text : spaced(text),
    ]),
  );
  const body = { metadata: { resourceVersion, annotations } };
  const about = { ...request(world, step, 'patch'), dryRun };
  return nodeSchema.parse(await patchObject(world.connection, about, 'merge', body));
}

function request(
  { signal }: ActuatorWorld,
  { node }: PatchNodeAnnotationStep,
  verb: string,
): Omit<ApiRequest, 'query'> {
  return {
    path: `/api/v1/nodes/${encodeURIComponent(node)}`,
    operation: `${verb} nodes`,
    signal,
  };
}
