// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { SUBNET_ENV_PATH } from '#expected/subnet-env.ts';
import { notFlannelNode } from '#expected/vxlan-applicability.ts';
import { PASS, verdictOf } from '#model/finding.ts';

/** Finds nodes without subnet.env: flanneld writes it once at its start, and the CNI plugin cannot do without. */
export const check: NodeCheck<'nodes', 'subnetEnv'> = {
  id: 'subnet-env-missing',
  title: 'Subnet file is missing',
  scope: 'node',
  stability: 'stable',
  severity: 'critical',
  needs: { cluster: ['nodes'], node: ['subnetEnv'] },
  awaitsFlanneld: true,
  messages: {
    missing:
      '{path} is missing on {node}, so no new pod can start there. Pods that run already go on, and their traffic is not touched.',
  },
  notApplicable: ({ cluster, node }) => notFlannelNode(cluster.nodes, node),
  run({ facts, atNode }) {
    if (facts.subnetEnv !== null) return PASS;
    return verdictOf([
      {
        messageId: 'missing',
        data: { path: SUBNET_ENV_PATH },
        breaks: 'none',
        object: `file ${SUBNET_ENV_PATH}`,
        expected: SUBNET_ENV_PATH,
        observed: 'nothing',
        evidence: [atNode('subnetEnv')],
      },
    ]);
  },
};
