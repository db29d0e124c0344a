// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { findNode } from '#expected/node-objects.ts';
import { shortText } from '#expected/short-text.ts';
import {
  expectedPodMtu,
  SUBNET_ENV_PATH,
  type SubnetEnvLine,
  subnetEnvLines,
} from '#expected/subnet-env.ts';
import { notFlannelNode } from '#expected/vxlan-applicability.ts';
import { type Finding, PASS, skip, verdictOf } from '#model/finding.ts';

/** Finds nodes whose subnet.env disagrees with their pod range or net-conf: new pods get what the file says. */
export const check: NodeCheck<
  'nodes' | 'flannel' | 'netConf',
  'subnetEnv' | 'links' | 'addresses'
> = {
  id: 'subnet-env-mismatch',
  title: 'Subnet file disagrees with the cluster',
  scope: 'node',
  stability: 'stable',
  severity: 'critical',
  needs: {
    cluster: ['nodes', 'flannel', 'netConf'],
    node: ['subnetEnv', 'links', 'addresses'],
  },
  messages: {
    differs:
      '{path} on {node} has another {keys} than the cluster asks for. New pods on {node} are set up by the file: they get addresses that no other node sends to {node}, or packets of the wrong size.',
    smaller:
      '{path} on {node} has a smaller {keys} than the link below asks for, as after its MTU was raised. Traffic flows, but new pods on {node} send smaller packets than they could.',
  },
  notApplicable: ({ cluster, node }) => notFlannelNode(cluster.nodes, node),
  run({ cluster, facts, node, atCluster, atNode }) {
    if (facts.subnetEnv === null) return skip(`${SUBNET_ENV_PATH} does not exist.`);
    const { object, index } = findNode(cluster.nodes, node);
    const mtu = expectedPodMtu(cluster, node, facts);
    const wrong = subnetEnvLines(facts.subnetEnv, object, cluster.netConf, mtu).filter(
      ({ expected, observed }) => observed !== expected,
    );
    if (wrong.length === 0) return PASS;
    return verdictOf([
      {
        ...judgement(wrong),
        data: { path: SUBNET_ENV_PATH, keys: wrong.map(({ key }) => key).join(', ') },
        breaks: 'none',
        object: `file ${SUBNET_ENV_PATH}`,
        expected: wrong.map(({ key, expected }) => `${key}=${expected}`).join(' '),
        observed: wrong
          .map(({ key, observed }) =>
            observed === undefined ? `no ${key}` : `${key}=${shortText(observed)}`,
          )
          .join(' '),
        evidence: [
          atNode('subnetEnv'),
          atCluster('nodes', index, 'podCIDRs'),
          atCluster('netConf'),
          atNode('links'),
        ],
      },
    ]);
  },
};

type Judgement = Pick<Finding, 'messageId' | 'severity'>;

/** Smaller packets than could be sent do no harm, and everything else does. */
function judgement(wrong: readonly SubnetEnvLine[]): Judgement {
  const isSmaller = wrong.every(
    ({ key, expected, observed }) =>
      key === 'FLANNEL_MTU' && observed !== undefined && Number(observed) < Number(expected),
  );
  return isSmaller ? { messageId: 'smaller', severity: 'warning' } : { messageId: 'differs' };
}
