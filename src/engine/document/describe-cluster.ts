// SPDX-License-Identifier: Apache-2.0

import type { AuditEntry } from '#audit/audit-record.ts';
import type { DocumentFacts } from '#engine/document/document-facts.ts';
import { clusterRestart, nodeBoots } from '#engine/document/node-boots.ts';
import { knownWorkloads, purposesOf } from '#engine/document/known-workloads.ts';
import { gapsOf } from '#engine/document/unread-parts.ts';
import { versionsOf } from '#engine/document/versions.ts';
import { workloadOwners } from '#expected/workload-owners.ts';
import type { FlannelDaemonSet, FlannelWorkload, NetConf, NodeObject } from '#model/cluster.ts';
import { definedFields } from '#model/defined-fields.ts';
import { absent } from '#model/fact.ts';
import type { Snapshot } from '#model/snapshot.ts';
import type {
  DocumentBoot,
  DocumentChange,
  DocumentContent,
  DocumentFlannel,
  DocumentNode,
  DocumentSetting,
} from '#report/cluster-document.ts';

/** What is known of a cluster, without anything that differs from one run to the next. Pure. */
export function describeCluster(facts: DocumentFacts): DocumentContent {
  const { snapshot, pods, changes, accepted } = facts;
  const { identity, nodes, flannel, netConf } = snapshot.cluster;
  const objects = nodes.state === 'observed' ? nodes.value : [];
  const traces = objects.map((node) => ({ node, boot: bootFact(snapshot, node.name) }));
  const boots = nodeBoots(traces, pods);
  const purposes = purposesOf(snapshot.cluster, pods.state === 'observed' ? pods.value : []);
  const workloads = knownWorkloads(purposes);
  const { uid, version } = identity.state === 'observed' ? identity.value : {};
  return definedFields({
    cluster: definedFields({ uid, version }),
    nodes: objects.map((node) => describeNode(node, boots.get(node.name) ?? NO_BOOT)),
    restart: clusterRestart(boots),
    flannel: flannel.state === 'observed' ? describeFlannel(flannel.value, objects) : undefined,
    netConf: netConf.state === 'observed' ? netConfSettings(netConf.value) : [],
    workloads,
    versions: versionsOf(version, objects, workloads),
    changes: 'why' in changes ? [] : changes.map(describeChange),
    accepted,
    unread: gapsOf(facts),
  });
}

const NO_BOOT: DocumentBoot = { sharedWith: [], evidence: 'Nothing tells when it started.' };

function bootFact({ nodes }: Snapshot, name: string): Snapshot['nodes'][string]['boot'] {
  return nodes[name]?.boot ?? absent('not-collected', 'The node was not read.');
}

const ROLE_LABEL = 'node-role.kubernetes.io/';

function describeNode(node: NodeObject, boot: DocumentBoot): DocumentNode {
  const ready = node.conditions.find(({ type }) => type === 'Ready');
  return definedFields({
    name: node.name,
    roles: Object.keys(node.labels)
      .filter((label) => label.startsWith(ROLE_LABEL))
      .map((label) => label.slice(ROLE_LABEL.length))
      .sort(),
    internalIPs: node.internalIPs,
    externalIPs: node.externalIPs,
    podCIDRs: node.podCIDRs,
    os: node.os,
    osImage: node.osImage,
    kernel: node.kernelVersion,
    kubelet: node.kubeletVersion,
    runtime: node.containerRuntimeVersion,
    createdAt: node.createdAt,
    ready: ready && definedFields({ status: ready.status, since: ready.lastTransitionAt }),
    boot,
  });
}

function describeFlannel(flannel: FlannelWorkload, nodes: readonly NodeObject[]): DocumentFlannel {
  const { kind, annotationPrefix } = flannel;
  return flannel.kind === 'embedded'
    ? { kind, annotationPrefix }
    : describeDaemonSet(flannel, nodes);
}

function describeDaemonSet(
  flannel: FlannelDaemonSet,
  nodes: readonly NodeObject[],
): DocumentFlannel {
  const { kind, namespace, name, image, version, annotationPrefix, configMap } = flannel;
  const owners = workloadOwners({ flannel, nodes });
  const strategy = flannel.updateStrategy;
  return definedFields({
    kind,
    namespace,
    name,
    image,
    version,
    annotationPrefix,
    configMap,
    requests: flannel.resources?.requests,
    limits: flannel.resources?.limits,
    updateStrategy:
      strategy &&
      [
        strategy.type,
        ...(strategy.maxUnavailable === undefined
          ? []
          : [`at most ${strategy.maxUnavailable} unavailable`]),
        ...(strategy.maxSurge === undefined ? [] : [`at most ${strategy.maxSurge} more`]),
      ].join(', '),
    owners: owners?.map(({ name: owner, evidence }) => ({ name: owner, evidence })),
  });
}

/** The settings by their names in net-conf.json; what only the code sets is there with its default. */
function netConfSettings(conf: NetConf): readonly DocumentSetting[] {
  const isVxlan = conf.backendType === 'vxlan';
  const settings: readonly (readonly [string, string | number | boolean | undefined])[] = [
    ['Network', conf.network],
    ['IPv6Network', conf.ipv6Network],
    ['EnableIPv4', conf.ipv4],
    ['EnableIPv6', conf.ipv6],
    ['EnableNFTables', conf.nftables],
    ['Backend.Type', conf.backendType],
    ['Backend.VNI', isVxlan ? conf.vni : undefined],
    ['Backend.Port', isVxlan ? (conf.port ?? "the kernel's (8472)") : conf.port],
    ['Backend.MTU', conf.mtu ?? "from the link's"],
    ['Backend.DirectRouting', isVxlan ? conf.directRouting : undefined],
    ['Backend.Learning', isVxlan ? conf.learning : undefined],
    ['Backend.GBP', isVxlan ? conf.gbp : undefined],
    ['Backend.Mode', conf.mode],
  ];
  return settings.flatMap(([name, value]) =>
    value === undefined ? [] : [{ name, value: String(value) }],
  );
}

function describeChange({ intent, outcome, verdict, undoneBy }: AuditEntry): DocumentChange {
  const { id, at, who, step, remedy } = intent;
  return definedFields({
    id,
    at,
    user: who.user,
    node: step.node,
    what: step.title,
    remedy,
    outcome: outcome?.outcome ?? 'no end is recorded',
    verdict: verdict?.verdict,
    undoneBy,
  });
}
