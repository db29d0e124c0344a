// SPDX-License-Identifier: Apache-2.0

import { setTimeout as sleep } from 'node:timers/promises';
import {
  type DaemonSetContainer,
  type DaemonSetPod,
  type DaemonSetState,
  isSameResources,
  readDaemonSet,
  readDaemonSetPods,
} from '#actuators/daemon-set-state.ts';
import type { ActuatorWorld } from '#actuators/define-actuator.ts';
import type { ContainerResources } from '#model/cluster.ts';
import { isSourceError, type SourceError } from '#sources/source-error.ts';

/** How a rollout went. */
export interface Rollout {
  /** Every pod carries the resources and is ready. */
  readonly complete: boolean;
  /** One sentence. */
  readonly detail: string;
}

/** What a rollout is to bring about. */
export interface RolloutGoal extends DaemonSetContainer {
  readonly after: ContainerResources;
  /** How long it may go without another pod that is done, seconds. */
  readonly podSeconds: number;
}

const POLL_MS = 1000;

/**
 * Waits until the DaemonSet's controller has seen the change and every pod carries the resources and is ready. Gives
 * up when no further pod gets there for `podSeconds`. A server that does not answer is waited for as long.
 *
 * @throws SourceError when the server did not answer up to that end
 */
export async function waitForRollout(world: ActuatorWorld, goal: RolloutGoal): Promise<Rollout> {
  let best = -1;
  let mostDown = 0;
  let until = performance.now() + goal.podSeconds * 1000;
  for (;;) {
    const { view, error } = await lookAt(world, goal);
    if (view !== undefined) {
      const { done, wanted, down } = view;
      mostDown = Math.max(mostDown, down);
      if (view.complete) {
        const detail = `All ${String(wanted)} pods carry it and are ready; at most ${String(mostDown)} was seen not ready at a time.`;
        return { complete: true, detail };
      }
      if (done > best) {
        best = done;
        until = performance.now() + goal.podSeconds * 1000;
      }
    }
    if (performance.now() >= until) {
      if (view === undefined) throw error;
      return { complete: false, detail: halted(view, goal) };
    }
    await sleep(POLL_MS, undefined, { signal: world.signal });
  }
}

/**
 * What a DaemonSet whose template holds the resources still lacks, one sentence; undefined when every pod carries
 * them and is ready.
 *
 * @throws SourceError
 */
export async function rolloutGap(
  world: ActuatorWorld,
  set: DaemonSetState,
  goal: RolloutGoal,
): Promise<string | undefined> {
  const view = viewOf(set, await readDaemonSetPods(world, goal, set), goal);
  const { complete, done, wanted } = view;
  if (complete) return undefined;
  return `The template holds it, but only ${String(done)} of ${String(wanted)} pods are ready with it yet (open: ${openText(view)}).`;
}

interface View {
  readonly complete: boolean;
  /** Pods that carry the resources and are ready. */
  readonly done: number;
  readonly wanted: number;
  /** Pods that are not ready, or not there. */
  readonly down: number;
  /** Nodes whose pod is not done. */
  readonly open: readonly string[];
}

/** What was seen, or why nothing was. */
type Sight =
  | { readonly view: View; readonly error?: undefined }
  | { readonly view: undefined; readonly error: SourceError };

async function lookAt(world: ActuatorWorld, goal: RolloutGoal): Promise<Sight> {
  try {
    const set = await readDaemonSet(world, goal);
    return { view: viewOf(set, await readDaemonSetPods(world, goal, set), goal) };
  } catch (error) {
    if (isSourceError(error)) return { view: undefined, error };
    throw error;
  }
}

function viewOf(set: DaemonSetState, pods: readonly DaemonSetPod[], goal: RolloutGoal): View {
  const { generation } = set.metadata;
  const { observedGeneration, desiredNumberScheduled: wanted } = set.status;
  const up = pods.filter(({ ready, deleting }) => ready && !deleting);
  const done = up.filter(
    ({ resources }) => resources !== undefined && carries(resources, goal.after),
  );
  const nodes = new Set(done.map(({ node }) => node));
  return {
    complete:
      observedGeneration >= generation && nodes.size >= wanted && done.length >= pods.length,
    done: nodes.size,
    wanted,
    down: Math.max(0, wanted - new Set(up.map(({ node }) => node)).size),
    open: [...new Set(pods.map(({ node }) => node))].filter((node) => !nodes.has(node)).sort(),
  };
}

/** A pod may carry more than its template: a LimitRange of its namespace adds what is not set. */
function carries(pod: ContainerResources, wanted: ContainerResources): boolean {
  return isSameResources(
    {
      requests: { ...pod.requests, ...wanted.requests },
      limits: { ...pod.limits, ...wanted.limits },
    },
    pod,
  );
}

const MOST_NAMES = 3;

function halted(view: View, { podSeconds }: RolloutGoal): string {
  const { done, wanted } = view;
  return `The rollout halted: ${String(done)} of ${String(wanted)} pods are ready with it, and for ${String(podSeconds)} s no further one came back (open: ${openText(view)}).`;
}

function openText({ open }: View): string {
  const more = open.length > MOST_NAMES ? ' and others' : '';
  return open.length === 0 ? 'a node' : open.slice(0, MOST_NAMES).join(', ') + more;
}
