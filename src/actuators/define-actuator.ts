// SPDX-License-Identifier: Apache-2.0

import type { Step, StepKind } from '#model/plan.ts';
import type { ApiRead } from '#sources/kubernetes/api-read.ts';
import type { KubernetesConnection } from '#sources/kubernetes/connection.ts';
import type { NodeContainer } from '#sources/node-access/exec/write.ts';

export { apiRead as apiRight, inNamespace } from '#sources/kubernetes/api-read.ts';

/** A right on API objects that an actuator uses: one rule of the repair role. */
export type ApiRight = ApiRead;

/** What an actuator works on. */
export interface ActuatorWorld {
  readonly connection: KubernetesConnection;
  /**
   * The running flannel container of a node.
   *
   * @param fresh ask the API server again: the last answer turned out to be old
   * @throws SourceError when there is none
   */
  readonly container: (node: string, fresh?: boolean) => Promise<NodeContainer>;
  /** Aborted only when waiting any longer is pointless: a step that has begun is not cut short by Ctrl-C. */
  readonly signal: AbortSignal;
}

/**
 * What a step would meet now. `now` is the state of what it changes, as lines for a person and the audit.
 *
 * - `ready`: the precondition holds.
 * - `done`: it is already as the step would make it.
 * - `moved`: neither; somebody else changed it since the plan.
 */
export interface Look {
  readonly state: 'ready' | 'done' | 'moved';
  readonly now: readonly string[];
  /** Why it is `moved`, or what a change that is `done` has not brought about yet. Absent when `now` says it all. */
  readonly reason?: string;
}

/**
 * What came of a step.
 *
 * - `applied`: done; `undo` takes it back, absent where nothing can.
 * - `skipped`: nothing was changed, because the world had moved.
 * - `failed`: it was refused; `after` is what is there now, and `undo` is set when that is not what was there before.
 */
export interface StepResult {
  readonly outcome: 'applied' | 'skipped' | 'failed';
  readonly after: readonly string[];
  readonly reason?: string;
  readonly undo?: Step;
}

/** Nothing was changed, because what a step met just before it was not what it needs. */
export function skipped({ state, now }: Look): StepResult {
  const reason =
    state === 'done'
      ? 'It is as it has to be already.'
      : `It was changed since the plan was made: ${now.length === 0 ? 'it is gone' : now.join('; ')}.`;
  return { outcome: 'skipped', after: now, reason };
}

/** Carries out one kind of step. A throw of a SourceError means that it is not known what came of it. */
export interface Actuator<S extends Step> {
  readonly kind: S['kind'];
  /** Rights that looking, applying and undoing need. */
  readonly needs: readonly ApiRight[];
  /** Those of them that one step needs, where no step needs all. Pure. */
  readonly needsOf?: (step: S) => readonly ApiRight[];
  /** Its rights are an administrator's, asked for before the first step but not part of the standing repair role. */
  readonly byAdministrator?: true;
  /**
   * Why a step cannot be carried out as it is written, one sentence; undefined when it can. Plans can be edited by
   * hand, and records of old versions read: this is the grammar before anything comes near a command. Pure.
   */
  readonly refuse: (step: S) => string | undefined;
  /** Reads what the step would meet; where the server can rehearse a change, it is rehearsed. @throws SourceError */
  readonly dryRun: (world: ActuatorWorld, step: S) => Promise<Look>;
  /** Reads the precondition again and makes the change. @throws SourceError */
  readonly apply: (world: ActuatorWorld, step: S) => Promise<StepResult>;
  /** The step that takes it back when it is known only that it was applied; undefined where nothing can. Pure. */
  readonly undoOf: (step: S) => Step | undefined;
}

/** Any actuator, its kind forgotten. The engine gives it steps of its own kind only. */
export type AnyActuator = Omit<Actuator<never>, 'kind'> & { readonly kind: StepKind };

/** Forgets an actuator's kind for the registry. */
export function anyActuator<S extends Step>(actuator: Actuator<S>): AnyActuator {
  return actuator;
}
