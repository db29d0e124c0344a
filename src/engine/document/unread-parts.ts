// SPDX-License-Identifier: Apache-2.0

import type { DocumentFacts } from '#engine/document/document-facts.ts';
import type { ClusterFactName } from '#model/snapshot.ts';
import type { DocumentGap } from '#report/cluster-document.ts';

/** What a page takes from each fact; the others are not part of it. */
const PARTS: Partial<Readonly<Record<ClusterFactName, string>>> = {
  identity: "the cluster's version and UID",
  nodes: 'the nodes',
  flannel: 'where Flannel runs',
  netConf: "Flannel's settings",
  flannelPods: "Flannel's pods",
  coreDns: "the cluster's DNS",
  kubeProxyPods: "kube-proxy's pods",
};

/** What could not be read, and why. */
export function gapsOf({ snapshot, pods, changes }: DocumentFacts): readonly DocumentGap[] {
  const { cluster } = snapshot;
  const names = Object.keys(PARTS) as readonly ClusterFactName[];
  const ofCluster = names.flatMap((name): readonly DocumentGap[] => {
    const fact = cluster[name];
    return fact.state === 'absent' ? [{ what: PARTS[name] ?? name, why: fact.detail }] : [];
  });
  return [
    ...ofCluster,
    ...(cluster.identity.state === 'observed' && cluster.identity.value.uid === undefined
      ? [{ what: "the cluster's UID", why: 'The namespace kube-system may not be read.' }]
      : []),
    ...unownedFlannel(snapshot.cluster.flannel),
    ...bootGaps(snapshot),
    ...(pods.state === 'absent' ? [{ what: 'resource settings of pods', why: pods.detail }] : []),
    ...('why' in changes ? [{ what: 'the record of changes', why: changes.why }] : []),
  ];
}

function unownedFlannel(
  flannel: DocumentFacts['snapshot']['cluster']['flannel'],
): readonly DocumentGap[] {
  if (flannel.state === 'absent' || flannel.value.kind === 'embedded') return [];
  return flannel.value.management === undefined
    ? [{ what: "the owner of Flannel's DaemonSet", why: 'The DaemonSet may not be read.' }]
    : [];
}

/** Nodes whose start is not known, together where the reason is the same. */
function bootGaps({ nodes }: DocumentFacts['snapshot']): readonly DocumentGap[] {
  const byReason = new Map<string, string[]>();
  for (const [name, { boot }] of Object.entries(nodes)) {
    if (boot.state === 'observed') continue;
    byReason.set(boot.detail, [...(byReason.get(boot.detail) ?? []), name]);
  }
  return [...byReason].map(([why, names]) => ({
    what: `the start of ${names.join(', ')}`,
    why,
  }));
}
