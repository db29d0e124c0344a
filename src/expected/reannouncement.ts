// SPDX-License-Identifier: Apache-2.0

import { peerDoubt } from '#expected/announcement-doubt.ts';
import { flannelPodOf } from '#expected/flannel-pod.ts';
import { memoiseByIdentity } from '#expected/memoise.ts';
import { nodeNamed } from '#expected/node-objects.ts';
import { enabledFamilies, type PlanInputs } from '#expected/peer-plan.ts';
import { annotationKey, leaseOfNode } from '#expected/subnet-leases.ts';
import type { PodObject } from '#model/cluster.ts';
import type { PatchNodeAnnotationStep, TreatableFinding } from '#model/plan.ts';

/** Longest text that the snapshot holds whole. */
const MOST_CHARACTERS = 4000;

/** From so many nodes on that lack the same peer, one announcement is less than a write on each of them. */
const MANY_NODES = 5;

/** Checks of entries about a peer, that flanneld writes anew when the peer's Node changes. */
export const ANNOUNCED_ENTRY_CHECKS: readonly string[] = [
  'fdb-entry-missing',
  'fdb-entry-wrong',
  'neighbour-missing',
  'neighbour-wrong',
  'route-missing',
  'route-wrong',
];

/** Checks that, failing on a node, mean that its flanneld hears nothing, or could not write what it hears. */
const DEAF_CHECKS: ReadonlySet<string> = new Set([
  'flannel-pod-missing',
  'flannel-pod-not-ready',
  'flannel-stalled',
  'link-down',
  'link-missing',
  'link-parameters-wrong',
  'node-not-ready',
]);

/** What tells whether an announcement serves. */
export interface AnnouncementFacts extends PlanInputs {
  readonly flannelPods: readonly PodObject[];
}

/** The step by which every node learns of a peer anew, or why it would not serve for the finding, one sentence. */
export function reannouncement(
  facts: AnnouncementFacts,
  about: TreatableFinding,
  everything: readonly TreatableFinding[],
): { readonly step: PatchNodeAnnotationStep } | { readonly declined: string } {
  const { node, finding } = about;
  const { peer } = finding;
  if (node === undefined || peer === undefined) {
    return { declined: 'The finding is about no other node that could be announced.' };
  }
  const declined = peerDoubt(about, everything) ?? deafness(facts, node, everything);
  return declined === undefined ? announcement(facts, peer) : { declined };
}

/** Why flanneld of a node does nothing when a peer is announced; undefined when it would. */
function deafness(
  { flannel, flannelPods }: AnnouncementFacts,
  node: string,
  everything: readonly TreatableFinding[],
): string | undefined {
  const cause = everything.find((each) => each.node === node && DEAF_CHECKS.has(each.check));
  if (cause !== undefined) {
    return `flanneld on ${node} would not hear of it or could not write it (${cause.check}).`;
  }
  const isReady = flannelPodOf(flannelPods, node)?.pod.ready === true;
  return flannel.kind === 'embedded' || isReady
    ? undefined
    : `No flannel pod of ${node} is Ready, so nothing there would hear of it.`;
}

function announcement(
  { nodes, flannel, netConf }: AnnouncementFacts,
  peer: string,
): { readonly step: PatchNodeAnnotationStep } | { readonly declined: string } {
  if (netConf.backendType !== 'vxlan') {
    return { declined: `The backend is ${netConf.backendType}, which announces no data.` };
  }
  const lease = leaseOfNode(nodes, flannel, peer);
  const texts = enabledFamilies(netConf).map((family) => {
    const suffix = family === 4 ? 'backend-data' : 'backend-v6-data';
    const key = annotationKey(flannel.annotationPrefix, suffix);
    return [key, nodeNamed(nodes, peer)?.object.flannelAnnotations[key] ?? ''] as const;
  });
  const isWhole =
    lease?.announced === true &&
    lease.problems.length === 0 &&
    lease.backendType === 'vxlan' &&
    texts.every(([, text]) => text !== '' && text.length < MOST_CHARACTERS);
  if (!isWhole) return { declined: `What ${peer} announces is not whole.` };
  return {
    step: {
      kind: 'patch-node-annotation',
      node: peer,
      object: `announcement of ${peer}`,
      title: `announce ${peer} anew: add a space to its backend-data, and take it away again`,
      annotations: Object.fromEntries(texts),
      restores: false,
    },
  };
}

/** Nodes that lack entries about a peer, by the peer. */
const missedOn = memoiseByIdentity(
  (everything: readonly TreatableFinding[]): ReadonlyMap<string, ReadonlySet<string>> => {
    const missed = new Map<string, Set<string>>();
    for (const { check, node, finding } of everything) {
      const { peer } = finding;
      if (node === undefined || peer === undefined) continue;
      if (!ANNOUNCED_ENTRY_CHECKS.includes(check)) continue;
      missed.set(peer, (missed.get(peer) ?? new Set()).add(node));
    }
    return missed;
  },
);

/**
 * Why entries about a finding's peer are not written one by one, one sentence: so many nodes lack them that one
 * announcement is the smaller change. Undefined when they are few, or where an announcement would not serve.
 */
export function widelyMissed(
  facts: AnnouncementFacts,
  about: TreatableFinding,
  everything: readonly TreatableFinding[],
): string | undefined {
  const { peer } = about.finding;
  if (peer === undefined || !ANNOUNCED_ENTRY_CHECKS.includes(about.check)) return undefined;
  const nodes = missedOn(everything).get(peer) ?? new Set();
  if (nodes.size < MANY_NODES || 'declined' in reannouncement(facts, about, everything)) {
    return undefined;
  }
  return `${String(nodes.size)} nodes lack entries about ${peer}: announcing it once mends them all.`;
}
