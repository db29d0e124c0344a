// SPDX-License-Identifier: Apache-2.0

import { isRecent } from '#expected/elapsed-time.ts';
import { flannelPodOf } from '#expected/flannel-pod.ts';
import type { NodeObject, PodObject } from '#model/cluster.ts';

/** Time from the registration of a node in which its flanneld may still be about to start, seconds. */
const JOIN_SECONDS = 120;

/** Time in which a flanneld that runs may still be writing its entries, and the others theirs for it, seconds. */
const PROGRAM_SECONDS = 10;

/** What tells whether nodes are just joining. */
export interface JoiningInputs {
  readonly nodes: readonly NodeObject[];
  /** Absent when the pods could not be read, or when flannel runs in none: then the age of a node alone decides. */
  readonly flannelPods?: readonly PodObject[];
  /** ISO-8601. */
  readonly now: string;
}

/**
 * Nodes whose flanneld has not had the time to do its work: the Node object is younger than two minutes, and its
 * flannel pod is not there yet, not Ready yet, or has run for less than 10 seconds. A Node object that was only made
 * anew has an older pod: what is missing then stays missing, and it is not among them.
 */
export function joiningNodes({ nodes, flannelPods, now }: JoiningInputs): ReadonlySet<string> {
  const joining = nodes.filter(
    (node) =>
      isRecent(now, node.createdAt, JOIN_SECONDS) &&
      (flannelPods === undefined || isStarting(flannelPods, node.name, now)),
  );
  return new Set(joining.map(({ name }) => name));
}

function isStarting(pods: readonly PodObject[], node: string, now: string): boolean {
  const pod = flannelPodOf(pods, node)?.pod;
  if (pod === undefined) return true;
  if (!isRecent(now, pod.createdAt, JOIN_SECONDS)) return false;
  return pod.containers.some(
    ({ ready, startedAt }) =>
      !ready || startedAt === undefined || isRecent(now, startedAt, PROGRAM_SECONDS),
  );
}
