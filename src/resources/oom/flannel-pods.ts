// SPDX-License-Identifier: Apache-2.0

import type { OomContainer, OomNode, OomPicture, OomPod } from '#model/oom.ts';

/** Flannel's container on a node, with what was read there. */
export interface FlannelSite {
  readonly node: string;
  readonly pod: OomPod;
  readonly container: OomContainer;
  /** Absent: the node is not known, or was not asked for. */
  readonly signs?: OomNode;
}

/** Flannel's containers, by node. */
export function flannelSites({ pods, flannel, nodes }: OomPicture): readonly FlannelSite[] {
  if (pods.state === 'absent' || flannel.state === 'absent') return [];
  const uids = new Set(flannel.value.podUids);
  return pods.value.flatMap((pod): readonly FlannelSite[] => {
    const { node } = pod;
    const container = pod.containers.find(({ name }) => name === flannel.value.container);
    if (!uids.has(pod.uid) || node === undefined || container === undefined) return [];
    const signs = nodes.find(({ name }) => name === node);
    return [{ node, pod, container, ...(signs !== undefined && { signs }) }];
  });
}

/** Whether the kernel's log tells of all kills since the pod was made. */
export function logCovers({ pod, signs }: FlannelSite): boolean {
  const log = signs?.kernelLog;
  if (log?.state !== 'observed') return false;
  const { completeSince } = log.value;
  return completeSince !== undefined && completeSince <= pod.createdAt;
}

/** From when on a site's log tells of all kills; undefined when it cannot be read. */
export function logSince({ signs }: FlannelSite): string | undefined {
  return signs?.kernelLog.state === 'observed' ? signs.kernelLog.value.completeSince : undefined;
}

/** Runs of the container of whose end nothing is known any more. */
export function forgottenRuns({ container }: FlannelSite): number {
  const { restartCount, state, ends } = container;
  // A container that has ended but not started again has one end more than restarts.
  const past = state === 'running' ? restartCount : restartCount + (ends.length > 0 ? 1 : 0);
  return Math.max(0, past - ends.length);
}
