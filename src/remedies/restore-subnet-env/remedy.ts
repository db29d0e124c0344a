// SPDX-License-Identifier: Apache-2.0

import { masquerades } from '#expected/masquerade.ts';
import { findNode } from '#expected/node-objects.ts';
import { enabledFamilies } from '#expected/peer-plan.ts';
import { expectedPodMtu, SUBNET_ENV_PATH, subnetEnvLines } from '#expected/subnet-env.ts';
import type { SubnetEnv } from '#model/kernel.ts';
import { parseCidr } from '#model/net/cidr.ts';
import type { NodeRemedy, NodeRemedyView } from '#remedies/define-remedy.ts';

type View = NodeRemedyView<
  'nodes' | 'flannel' | 'netConf',
  'subnetEnv' | 'links' | 'addresses' | 'natRules' | 'routes'
>;

/** Checks after which the lines of the file would follow from what is itself wrong. */
const DOUBTFUL = new Set([
  'net-conf-drift',
  'pod-cidr-duplicate',
  'pod-cidr-missing',
  'pod-cidr-outside-network',
]);

/** Writes the file that flanneld writes once, at its start (flannel@v0.28.9:pkg/subnet/subnet.go, WriteSubnetFile). */
export const remedy: NodeRemedy<
  'nodes' | 'flannel' | 'netConf',
  'subnetEnv' | 'links' | 'addresses' | 'natRules' | 'routes'
> = {
  id: 'restore-subnet-env',
  title: "Write flannel's subnet file",
  scope: 'node',
  risk: 'none',
  disturbance: 'No pod is touched, and no flow is: only pods that start read the file.',
  invasiveness: 10,
  treats: ['subnet-env-mismatch', 'subnet-env-missing'],
  needs: {
    cluster: ['nodes', 'flannel', 'netConf'],
    node: ['subnetEnv', 'links', 'addresses', 'natRules', 'routes'],
  },
  plan(view) {
    const { findings, facts, node } = view;
    const after = linesFor(view);
    if ('declined' in after) return [{ kind: 'declined', findings, reason: after.declined }];
    const object = `file ${SUBNET_ENV_PATH}`;
    const { lines } = after;
    const before = facts.subnetEnv === null ? [] : linesOf(facts.subnetEnv);
    const title = `write ${SUBNET_ENV_PATH} with ${lines.join(' ')}`;
    return [
      {
        kind: 'steps',
        findings,
        steps: [{ kind: 'write-file', node, object, title, before, after: lines }],
      },
    ];
  },
};

/** All lines that the file has to have, in flannel's order; or why they cannot be told, one sentence. */
function linesFor({
  cluster,
  facts,
  node,
  everything,
}: View): { readonly lines: readonly string[] } | { readonly declined: string } {
  const { netConf, nodes, flannel } = cluster;
  if (flannel.kind === 'embedded') {
    return {
      declined:
        'Flannel is a part of another program on the nodes, so no container of its own is there to write from.',
    };
  }
  const doubt = everything.find(
    ({ check, node: on }) => DOUBTFUL.has(check) && (on === undefined || on === node),
  );
  if (doubt !== undefined) {
    return { declined: `The right lines cannot be told while ${doubt.check} is found.` };
  }
  const mtu = expectedPodMtu(cluster, node, facts);
  const expected = subnetEnvLines({}, findNode(nodes, node).object, netConf, mtu);
  if (mtu === undefined || expected.length !== enabledFamilies(netConf).length * 2 + 1) {
    return { declined: `Not every line of the file of ${node} can be told.` };
  }
  const network = parseCidr(netConf.network ?? '');
  // Without --ip-masq flanneld writes `false`, and no rule; rules may also be missing by a fault.
  const { nftables } = netConf;
  if (network === undefined || !masquerades(facts.natRules, facts.routes, { network, nftables })) {
    return { declined: `Whether flanneld masquerades on ${node} cannot be told from its rules.` };
  }
  const lines = expected.map(({ key, expected: value }) => `${key}=${value}`);
  return { lines: [...lines, 'FLANNEL_IPMASQ=true'] };
}

/** The file as flannel writes what was read of it; one that somebody wrote otherwise is then left alone. */
function linesOf(env: SubnetEnv): readonly string[] {
  const fields: readonly (readonly [string, string | number | boolean | undefined])[] = [
    ['FLANNEL_NETWORK', env.network],
    ['FLANNEL_SUBNET', env.subnet],
    ['FLANNEL_IPV6_NETWORK', env.ipv6Network],
    ['FLANNEL_IPV6_SUBNET', env.ipv6Subnet],
    ['FLANNEL_MTU', env.mtu],
    ['FLANNEL_IPMASQ', env.ipMasq],
  ];
  return fields.flatMap(([key, value]) => (value === undefined ? [] : `${key}=${String(value)}`));
}
