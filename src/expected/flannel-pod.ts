// SPDX-License-Identifier: Apache-2.0

import { memoiseByIdentity } from '#expected/memoise.ts';
import { notFlannelNode } from '#expected/vxlan-applicability.ts';
import type { FlannelWorkload, NodeObject, PodObject } from '#model/cluster.ts';

/** A flannel pod and its position in the `flannelPods` fact, for evidence. */
export interface LocatedPod {
  readonly pod: PodObject;
  readonly index: number;
}

const byNode = memoiseByIdentity(
  (pods: readonly PodObject[]): ReadonlyMap<string, readonly LocatedPod[]> => {
    const located = new Map<string, LocatedPod[]>();
    for (const [index, pod] of pods.entries()) {
      if (pod.nodeName === undefined) continue;
      const known = located.get(pod.nodeName);
      if (known === undefined) located.set(pod.nodeName, [{ pod, index }]);
      else known.push({ pod, index });
    }
    return located;
  },
);

/**
 * The flannel pod that serves a node; undefined when there is none. One that goes on wins over one that is being
 * deleted or has ended (evicted), then the newest.
 */
export function flannelPodOf(pods: readonly PodObject[], node: string): LocatedPod | undefined {
  const [first] = [...(byNode(pods).get(node) ?? [])].sort(
    (a, b) =>
      rank(a.pod) - rank(b.pod) || Date.parse(b.pod.createdAt) - Date.parse(a.pod.createdAt),
  );
  return first;
}

/** Why no flannel pod has to run on a node; undefined when one may. One plain sentence. */
export function noFlannelPod(
  { nodes, flannel }: { readonly nodes: readonly NodeObject[]; readonly flannel: FlannelWorkload },
  node: string,
): string | undefined {
  return flannel.kind === 'embedded'
    ? 'Flannel runs outside pods in this cluster.'
    : notFlannelNode(nodes, node);
}

function rank({ deletingSince, phase }: PodObject): number {
  if (deletingSince !== undefined) return 2;
  return phase === 'Failed' || phase === 'Succeeded' ? 1 : 0;
}
