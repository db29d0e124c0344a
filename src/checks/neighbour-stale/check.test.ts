// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import type { Neighbour } from '#model/kernel.ts';
import { HEALTHY_CLUSTERS } from '../../../testkit/healthy-clusters.ts';
import { type SnapshotBuilder, healthyCluster } from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

/** node2 with one more neighbour entry. */
function knowing(fields: Partial<Neighbour>): SnapshotBuilder {
  const added: Neighbour = {
    family: 4,
    address: '10.244.99.0',
    link: 'flannel.1',
    mac: '02:00:00:00:00:99',
    nud: 'permanent',
    ...fields,
  };
  return healthyCluster({ dualStack: true }).changeKernel('node2', 'neighbours', (neighbours) => [
    ...neighbours,
    added,
  ]);
}

testCheck(anyCheck(check), {
  passes: {
    ...HEALTHY_CLUSTERS,
    'an entry that the kernel resolved itself': knowing({ nud: 'reachable' }),
    'an entry of another vxlan link': knowing({ link: 'vxlan.calico' }),
  },
  fails: {
    'a node is gone, its entry is not': {
      snapshot: knowing({}),
      findings: [
        {
          node: 'node2',
          severity: 'info',
          breaks: 'none',
          object: 'neighbour 10.244.99.0',
          expected: 'nothing',
          observed: '10.244.99.0 dev flannel.1 lladdr 02:00:00:00:00:99 PERMANENT',
          message:
            'node2 still has a neighbour entry for 10.244.99.0, which belongs to no node. It harms nothing.',
        },
      ],
    },
    'an entry is about the node itself': {
      snapshot: knowing({ address: '10.244.2.0', mac: '02:00:00:00:00:02' }),
      findings: [
        {
          node: 'node2',
          severity: 'info',
          breaks: 'none',
          message:
            'node2 has a neighbour entry for its own address 10.244.2.0. The kernel never uses it, so it harms nothing.',
        },
      ],
    },
    'an IPv6 entry is left over': {
      snapshot: knowing({ family: 6, address: 'fd00:244:0:99::', link: 'flannel-v6.1' }),
      findings: [{ node: 'node2', severity: 'info', object: 'neighbour fd00:244:0:99::' }],
    },
  },
  skips: {
    'the backend is another one': {
      snapshot: healthyCluster().changeNetConf((netConf) => ({
        ...netConf,
        backendType: 'host-gw',
      })),
      node: 'node1',
      reason: 'The backend is host-gw, not vxlan.',
    },
    'the node runs Windows': {
      snapshot: healthyCluster({ windowsNodes: 1 }),
      node: 'win1',
      reason: 'The node runs windows; Linux kernel state does not exist there.',
    },
  },
});
