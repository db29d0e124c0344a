// SPDX-License-Identifier: Apache-2.0

import type { HealthFacts } from '#engine/health/health-facts.ts';
import { countText } from '#expected/short-text.ts';
import type { ContainerInventory, PodInventory } from '#model/resources.ts';
import type { HealthItem } from '#report/health-report.ts';

/** A pod that has been made or started within that time may be on its way up. */
const STARTING_MS = 300_000;

/** Reasons that waiting alone does not mend: `CrashLoopBackOff`, `ErrImagePull`, `InvalidImageName`, `OOMKilled`. */
const IS_ERROR = /BackOff|Err|Invalid|OOM/;

/** What keeps a pod from running. */
interface Trouble {
  readonly pod: PodInventory;
  readonly why: string;
  /** Nothing to do about it: it starts, or it has ended and somebody else took its place. */
  readonly harmless: boolean;
}

/** Pods that do not run, by workload and reason. Pods that are done are as they have to be. */
export function podsItem({ routine, since, picture: { pods, readAt } }: HealthFacts): HealthItem {
  const base = { id: 'pods', title: 'Pods' } as const;
  if (pods.state === 'absent') {
    return {
      ...base,
      state: 'unknown',
      summary: 'the pods could not be read',
      lines: [pods.detail],
    };
  }
  const troubles = pods.value.flatMap((pod) => {
    const trouble = troubleOf(pod, Date.parse(readAt));
    if (trouble === undefined) return [];
    // After a restart the question is whether all that ran before is back.
    const isNotBack = routine === 'after-restart' && pod.phase !== 'Failed' && wasThere(pod, since);
    return isNotBack ? { ...trouble, harmless: false } : trouble;
  });
  const grave = troubles.filter(({ harmless }) => !harmless);
  const light = troubles.filter(({ harmless }) => harmless);
  const running =
    pods.value.filter(({ phase }) => phase === 'Running').length - countRunning(troubles);
  const parts = [
    `${countText(running, 'pod')} ${running === 1 ? 'runs' : 'run'}`,
    ...(grave.length === 0 ? [] : [`${countText(grave.length, 'pod')} not`]),
    ...(light.length === 0 ? [] : [`${countText(light.length, 'pod')} starting or ended`]),
  ];
  return {
    ...base,
    state: grave.length > 0 ? 'warning' : light.length > 0 ? 'note' : 'well',
    summary: parts.join(', '),
    lines: [...groupLines(grave, pods.value), ...groupLines(light, pods.value)],
  };
}

function countRunning(troubles: readonly Trouble[]): number {
  return troubles.filter(({ pod }) => pod.phase === 'Running').length;
}

function troubleOf(pod: PodInventory, now: number): Trouble | undefined {
  if (pod.phase === 'Succeeded') return undefined;
  // Whoever made it makes another one: what is left of it tells the past.
  if (pod.phase === 'Failed') {
    return { pod, why: `Failed${reasonOf(pod.containers)}`, harmless: true };
  }
  const bad = pod.containers.find((container) => !isUp(container));
  if (pod.phase === 'Running' && bad === undefined) return undefined;
  const why = bad?.reason ?? (pod.phase === 'Running' ? 'not ready' : pod.phase);
  const where = bad === undefined ? '' : ` (${bad.name})`;
  const isStarting = [pod.createdAt, bad?.startedAt].some(
    (start) => start !== undefined && now - Date.parse(start) < STARTING_MS,
  );
  const harmless = isStarting && pod.phase !== 'Unknown' && !IS_ERROR.test(why);
  return { pod, why: `${why}${where}`, harmless };
}

/** Whether a pod was made before the restart, or has run before. */
function wasThere({ createdAt, containers }: PodInventory, since: string): boolean {
  return (
    Date.parse(createdAt) < Date.parse(since) ||
    containers.some(({ restartCount }) => restartCount > 0)
  );
}

/** An init container that has done its work is as it has to be; one that is at work is told by the phase. */
function isUp({ role, ready, state }: ContainerInventory): boolean {
  return role === 'init' ? ready || state === 'terminated' || state === 'unknown' : ready;
}

function reasonOf(containers: readonly ContainerInventory[]): string {
  const reason = containers.find(({ reason: why }) => why !== undefined)?.reason;
  return reason === undefined ? '' : `: ${reason}`;
}

/** One line for all pods of a workload that lack the same; the fullest group first. */
function groupLines(
  troubles: readonly Trouble[],
  pods: readonly PodInventory[],
): readonly string[] {
  const groups = new Map<string, Trouble[]>();
  for (const trouble of troubles) {
    const key = JSON.stringify([workloadText(trouble.pod), trouble.why]);
    groups.set(key, [...(groups.get(key) ?? []), trouble]);
  }
  return [...groups.values()]
    .sort((a, b) => b.length - a.length)
    .flatMap((group) => {
      const [first] = group;
      if (first === undefined) return [];
      const name = workloadText(first.pod);
      const all = pods.filter((pod) => workloadText(pod) === name).length;
      const nodes = [...new Set(group.flatMap(({ pod }) => pod.node ?? []))];
      const on = nodes.length === 1 ? ` on ${nodes[0] ?? ''}` : '';
      return [`${name}: ${String(group.length)} of ${countText(all, 'pod')}${on}: ${first.why}`];
    });
}

/** A pod's workload by kind and name. */
export function workloadText({ namespace, workload }: PodInventory): string {
  return `${workload.kind} ${namespace}/${workload.name}`;
}

/** Restarts and OOM kills since the last time. Only the last end of each container is known to the API. */
export function restartsItem({ picture: { pods }, since }: HealthFacts): HealthItem {
  const base = { id: 'restarts', title: 'Restarts' } as const;
  if (pods.state === 'absent') {
    return {
      ...base,
      state: 'unknown',
      summary: 'the pods could not be read',
      lines: [pods.detail],
    };
  }
  const from = Date.parse(since);
  const ends = pods.value.flatMap((pod) =>
    pod.containers.flatMap((container) => endOf(pod, container, from) ?? []),
  );
  const kills = ends.filter(({ reason }) => reason === 'OOMKilled');
  const others = ends.filter(({ reason }) => reason !== 'OOMKilled');
  const killed =
    kills.length === 0
      ? 'no OOM kill'
      : `${countText(kills.length, 'container')} killed for memory`;
  const again =
    others.length === 0 ? 'no restart' : `${countText(others.length, 'container')} restarted`;
  return {
    ...base,
    state: kills.length > 0 ? 'warning' : others.length > 0 ? 'note' : 'well',
    summary: `${killed} and ${again} since ${since}`,
    lines: [...kills, ...others].map(({ text }) => text),
  };
}

interface End {
  readonly reason: string | undefined;
  readonly text: string;
}

/** How a container ended since then; undefined when it did not, or is one that prepares a pod and is done. */
function endOf(pod: PodInventory, container: ContainerInventory, from: number): End | undefined {
  const { name, restartCount, lastTerminated, role, state } = container;
  const { finishedAt, reason, exitCode } = lastTerminated ?? {};
  if (finishedAt === undefined || Date.parse(finishedAt) < from) return undefined;
  const isDone = exitCode === 0 && (role === 'init' || state === 'terminated');
  if (isDone || pod.phase === 'Succeeded') return undefined;
  const how =
    reason === undefined
      ? `exit code ${String(exitCode)}`
      : `${reason}, exit code ${String(exitCode)}`;
  const limit = container.limits.memoryBytes;
  const limited =
    reason === 'OOMKilled' && limit !== undefined
      ? `, limit ${String(Math.round(limit / 2 ** 20))}Mi`
      : '';
  return {
    reason,
    text: `${pod.namespace}/${pod.name} (${name}): ${how} at ${finishedAt}${limited}, ${countText(restartCount, 'restart')} in all`,
  };
}
