// SPDX-License-Identifier: Apache-2.0

import type { ContainerStatus, PodObject } from '#model/cluster.ts';
import { SourceError } from '#sources/source-error.ts';

/**
 * The flannel pod of a node to exec into: not being deleted, its flannel container running; a ready one before
 * others, then by name.
 *
 * @throws SourceError `no-flannel-pod`, `container-not-running` with the state that the API gives
 */
export function chooseFlannelPod(
  pods: readonly PodObject[],
  node: string,
  container: string,
): PodObject {
  const onNode = pods.filter((pod) => pod.nodeName === node);
  const usable = onNode
    .filter((pod) => pod.deletingSince === undefined && isRunning(containerOf(pod, container)))
    .sort((a, b) => Number(b.ready) - Number(a.ready) || (a.name < b.name ? -1 : 1));
  const [best] = usable;
  if (best !== undefined) return best;
  const [unusable] = onNode;
  if (unusable === undefined) {
    throw new SourceError('no-flannel-pod', { operation: 'exec', target: `node ${node}` });
  }
  throw new SourceError('container-not-running', {
    operation: 'exec',
    target: `pod ${unusable.namespace}/${unusable.name}`,
    detail: stateOf(unusable, container),
  });
}

function containerOf(pod: PodObject, name: string): ContainerStatus | undefined {
  return pod.containers.find((candidate) => candidate.name === name);
}

function isRunning(status: ContainerStatus | undefined): boolean {
  return status?.state === 'running';
}

function stateOf(pod: PodObject, name: string): string {
  if (pod.deletingSince !== undefined) return 'the flannel pod is being deleted';
  const status = containerOf(pod, name);
  const state = status?.reason ?? (status?.state === 'unknown' ? pod.phase : status?.state);
  return `the flannel pod is ${state ?? pod.phase}`;
}
