// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { type SharedClaim, sharedClaims } from '#expected/lease-claims.ts';
import { findNode, isReady } from '#expected/node-objects.ts';
import { announcedPublicIps, statusAddresses } from '#expected/public-ips.ts';
import { namesText } from '#expected/short-text.ts';
import { leaseOfNode } from '#expected/subnet-leases.ts';
import { notFlannelNode } from '#expected/vxlan-applicability.ts';
import type { FlannelWorkload, NetConf, NodeObject } from '#model/cluster.ts';
import { type Finding, skip, verdictOf } from '#model/finding.ts';
import { sameAddress } from '#model/net/address.ts';

/** Backends that send to a node by its public IP alone. wireguard nodes behind one address differ by their port. */
const BY_PUBLIC_IP: readonly string[] = ['vxlan', 'host-gw', 'ipip', 'ipsec', 'udp'];

interface Facts {
  readonly nodes: readonly NodeObject[];
  readonly flannel: FlannelWorkload;
  readonly netConf: NetConf;
}

function owns(facts: Facts, node: string, { own, value }: SharedClaim): boolean {
  const { object } = findNode(facts.nodes, node);
  return statusAddresses(object, own.part.family).some((address) => sameAddress(address, value));
}

/** Whether an administrator chose the public IP; then nobody else holds it against the node's addresses. */
function isChosen(facts: Facts, node: string, { own }: SharedClaim): boolean {
  const { flannel } = facts;
  if (flannel.kind === 'daemonset' && flannel.publicIpFlag) return true;
  return announcedPublicIps(facts, node).some(
    ({ family, setByHand }) => family === own.part.family && setByHand,
  );
}

type Judgement = Pick<Finding, 'messageId' | 'severity' | 'breaks'>;

/** Undefined when the node itself is not what is wrong. */
function judge(facts: Facts, node: string, shared: SharedClaim): Judgement | undefined {
  const isLive = (each: string): boolean => isReady(findNode(facts.nodes, each).object);
  const live = shared.others.map(({ lease }) => lease.node).filter(isLive);
  if (!isLive(node)) {
    return live.length === 0 ? SHARED : { messageId: 'leftover', severity: 'info', breaks: 'none' };
  }
  if (live.length === 0) return undefined;
  const owners = [node, ...live].filter((each) => owns(facts, each, shared));
  if (owners.length !== 1) return SHARED;
  return owners[0] === node || !isChosen(facts, node, shared) ? undefined : SHARED;
}

const SHARED: Judgement = { messageId: 'shared', severity: 'critical', breaks: 'node' };

/** Finds nodes that announce the public IP of another node: outer packets for both go to one machine. */
export const check: NodeCheck<'nodes' | 'flannel' | 'netConf'> = {
  id: 'public-ip-duplicate',
  title: 'Public IP shared by two nodes',
  scope: 'node',
  stability: 'stable',
  severity: 'critical',
  needs: { cluster: ['nodes', 'flannel', 'netConf'], node: [] },
  messages: {
    shared:
      '{node} announces the public IP {publicIp}, as do {others}. Packets for the pods of these nodes all go to one address, so they do not reach each other, and other nodes reach one of them at best.',
    leftover:
      '{node}, which is not Ready, announces the public IP {publicIp} of {others}. It looks like a Node object that was left behind; the others are not harmed.',
  },
  notApplicable({ cluster, node }) {
    const { backendType } = cluster.netConf;
    if (!BY_PUBLIC_IP.includes(backendType)) {
      return `With the backend ${backendType} the public IP alone does not say where packets go.`;
    }
    return notFlannelNode(cluster.nodes, node);
  },
  run({ cluster, node, atCluster }) {
    const lease = leaseOfNode(cluster.nodes, cluster.flannel, node);
    if (lease?.announced !== true) return skip('The node announces no lease.');
    return verdictOf(
      sharedClaims(cluster, lease, 'publicIp').flatMap((shared): readonly Finding[] => {
        const judgement = judge(cluster, node, shared);
        if (judgement === undefined) return [];
        const { value: publicIp, others } = shared;
        const named = namesText(others.map((each) => each.lease.node));
        return [
          {
            ...judgement,
            data: { publicIp, others: named },
            object: `public IP ${publicIp}`,
            expected: `${publicIp} on one node`,
            observed: `${publicIp} on ${node}, ${named}`,
            evidence: [lease, ...others.slice(0, 5).map((each) => each.lease)].map(({ index }) =>
              atCluster('nodes', index, 'flannelAnnotations'),
            ),
          },
        ];
      }),
    );
  },
};
