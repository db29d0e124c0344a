// SPDX-License-Identifier: Apache-2.0

import { countText, shortText } from '#expected/short-text.ts';
import type { ContainerStatus, PodObject } from '#model/cluster.ts';

/** What a container does, e.g. `kube-flannel CrashLoopBackOff, 3 restarts, last exit code 137 (OOMKilled)`. */
export function containerStateText(container: ContainerStatus): string {
  const { name, state, restartCount, lastTerminated } = container;
  const parts = [`${name} ${stateText(container)}`];
  if (restartCount > 0) parts.push(countText(restartCount, 'restart'));
  if (state !== 'terminated' && lastTerminated !== undefined) {
    parts.push(`last exit code ${String(lastTerminated.exitCode)}${reasonText(lastTerminated)}`);
  }
  return parts.join(', ');
}

function stateText({ state, reason, ready, terminated }: ContainerStatus): string {
  if (state === 'running') return ready ? 'running' : 'running, not ready';
  if (terminated !== undefined && state === 'terminated') {
    return `ended with exit code ${String(terminated.exitCode)}${reasonText(terminated)}`;
  }
  return reason === undefined ? state : shortText(reason);
}

function reasonText({ reason }: { readonly reason?: string }): string {
  return reason === undefined || reason === 'Error' ? '' : ` (${shortText(reason)})`;
}

/** What a pod does: its containers that are not ready, else its phase, after the pod's own name. */
export function podStateText(pod: PodObject): string {
  if (pod.deletingSince !== undefined) {
    return `${pod.name} being deleted since ${pod.deletingSince}`;
  }
  const waiting = pod.containers.filter(({ ready }) => !ready).map(containerStateText);
  if (waiting.length > 0) return `${pod.name}: ${waiting.join('; ')}`;
  if (pod.nodeName === undefined) return `${pod.name} ${pod.phase}, on no node yet`;
  return pod.ready ? `${pod.name} Ready` : `${pod.name} ${pod.phase}, not Ready`;
}

/** Whether the pod is Ready with all of its containers. */
export function isPodReady({ ready, containers }: PodObject): boolean {
  return ready && containers.every((container) => container.ready);
}

/** Whether the pod is on its way up for the first time: nothing in it has ended or failed so far. */
export function isOnlyStarting(pod: PodObject): boolean {
  return pod.containers.every(
    ({ state, reason, restartCount, lastTerminated }) =>
      state !== 'terminated' &&
      lastTerminated === undefined &&
      restartCount === 0 &&
      (reason === undefined || reason === 'ContainerCreating' || reason === 'PodInitializing'),
  );
}
