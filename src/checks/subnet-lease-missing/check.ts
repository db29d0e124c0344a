// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { maybeOutsideFlannel, outsideFlannel } from '#expected/flannel-scheduling.ts';
import { findNode } from '#expected/node-objects.ts';
import { enabledFamilies } from '#expected/peer-plan.ts';
import { familiesWithoutPodCidr } from '#expected/pod-cidrs.ts';
import { shortText } from '#expected/short-text.ts';
import { annotationKey, type LeaseProblem, leaseOfNode } from '#expected/subnet-leases.ts';
import { notFlannelNode } from '#expected/vxlan-applicability.ts';
import type { NetConf } from '#model/cluster.ts';
import { PASS, skip, verdictOf } from '#model/finding.ts';

/** What each annotation has to hold (flannel@v0.28.9:pkg/subnet/kube/kube.go, AcquireLease). */
const WANTED: Readonly<Record<string, (netConf: NetConf) => string>> = {
  'kube-subnet-manager': () => 'true',
  'backend-type': ({ backendType }) => backendType,
  'backend-data': ({ vni }) => `{"VNI":${String(vni)},"VtepMAC":"<MAC>"}`,
  'backend-v6-data': ({ vni }) => `{"VNI":${String(vni)},"VtepMAC":"<MAC>"}`,
  'public-ip': () => '<IPv4 address>',
  'public-ipv6': () => '<IPv6 address>',
};

/** Finds nodes whose lease annotations are not whole: flanneld writes them at its start only, and peers go by them. */
export const check: NodeCheck<'nodes' | 'flannel' | 'netConf', never, 'subnetEnv'> = {
  id: 'subnet-lease-missing',
  title: 'Subnet lease of a node is missing or unreadable',
  scope: 'node',
  stability: 'stable',
  severity: 'critical',
  needs: { cluster: ['nodes', 'flannel', 'netConf'], node: [], peers: ['subnetEnv'] },
  awaitsFlanneld: true,
  messages: {
    missing:
      "Flannel's annotations on {node} are not whole ({problems}), so no other node can learn from them where {node} is. Nodes that saw the Node object vanish, or whose flannel started since, send nothing to the pods of {node}; what others learnt before may still work there until they restart. Only the start of flanneld on {node} writes the annotations.",
  },
  notApplicable: ({ cluster, node }) => notFlannelNode(cluster.nodes, node),
  run({ cluster, node, atCluster, peerFacts }) {
    const { nodes, flannel, netConf } = cluster;
    // A node that lost all of its annotations looks like one without flannel: what flanneld left there tells them apart.
    const hasRun = (peerFacts(node).subnetEnv ?? null) !== null;
    const outside = outsideFlannel(cluster, node) ?? maybeOutsideFlannel(cluster, node);
    if (outside !== undefined && !hasRun) return skip(outside);
    const { object, index } = findNode(nodes, node);
    const [unassigned] = familiesWithoutPodCidr(netConf, object) ?? [];
    if (unassigned !== undefined) {
      return skip(`No IPv${String(unassigned)} pod range is assigned, so there is no lease.`);
    }
    const problems = (leaseOfNode(nodes, flannel, node)?.problems ?? []).filter((problem) =>
      concerns(problem, netConf),
    );
    const [first] = problems;
    if (first === undefined) return PASS;
    return verdictOf([
      {
        messageId: 'missing',
        data: {
          problems: problems.map(({ suffix, problem }) => `${suffix} ${problem}`).join(', '),
        },
        breaks: 'node',
        object: `annotations ${annotationKey(flannel.annotationPrefix, '*')}`,
        expected: listed(problems, ({ suffix }) => WANTED[suffix]?.(netConf) ?? 'a value'),
        observed: listed(problems, ({ value }) => value ?? 'nothing'),
        evidence: [
          atCluster('nodes', index, 'flannelAnnotations'),
          ...problems
            .filter(({ problem }) => problem === 'unreadable')
            .map(({ annotation }) => atCluster('nodes', index, 'flannelAnnotations', annotation)),
          atCluster('nodes', index, 'podCIDRs'),
        ],
      },
    ]);
  },
};

/**
 * Backends that write backend-type (LeaseAttrs in flannel@v0.28.9:pkg/backend); udp, alloc and tencent-vpc leave it
 * empty. A peer ignores a node of another type than its own.
 */
const TYPED_BACKENDS = ['vxlan', 'host-gw', 'wireguard', 'ipip', 'ipsec', 'extension'];

/** Only vxlan's backend-data is known here; a family that is off has no annotations. */
function concerns({ suffix, family }: LeaseProblem, { backendType, ...on }: NetConf): boolean {
  if (family !== undefined && !enabledFamilies(on).includes(family)) return false;
  if (suffix === 'backend-type') return TYPED_BACKENDS.includes(backendType);
  return backendType === 'vxlan' || !suffix.startsWith('backend-');
}

function listed(
  problems: readonly LeaseProblem[],
  textOf: (problem: LeaseProblem) => string,
): string {
  return problems.map((each) => `${each.suffix}: ${shortText(textOf(each))}`).join(', ');
}
