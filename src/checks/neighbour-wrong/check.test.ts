// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import type { Neighbour } from '#model/kernel.ts';
import { HEALTHY_CLUSTERS } from '../../../testkit/healthy-clusters.ts';
import { type SnapshotBuilder, healthyCluster } from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

/** node2 with its neighbour entry of node3 changed. */
function knowingBy(fields: Partial<Neighbour>): SnapshotBuilder {
  return healthyCluster().changeKernel('node2', 'neighbours', (neighbours) =>
    neighbours.map((each) => (each.address === '10.244.3.0' ? { ...each, ...fields } : each)),
  );
}

testCheck(anyCheck(check), {
  passes: {
    ...HEALTHY_CLUSTERS,
    'an entry that the kernel never resolves, and so never drops': knowingBy({ nud: 'noarp' }),
  },
  fails: {
    'the MAC is another one': {
      snapshot: knowingBy({ mac: '02:00:00:00:00:99' }),
      findings: [
        {
          node: 'node2',
          peer: 'node3',
          severity: 'critical',
          breaks: 'pair',
          object: 'neighbour 10.244.3.0',
          expected: '10.244.3.0 dev flannel.1 lladdr 02:00:00:00:00:03 PERMANENT',
          observed: '10.244.3.0 dev flannel.1 lladdr 02:00:00:00:00:99 PERMANENT',
          message:
            'node2 addresses frames for node3 to 02:00:00:00:00:99, which is not the MAC that node3 announces, so its pods reach no pod there.',
        },
      ],
    },
    'the entry is not permanent': {
      snapshot: knowingBy({ nud: 'stale' }),
      findings: [
        {
          node: 'node2',
          peer: 'node3',
          severity: 'critical',
          observed: '10.244.3.0 dev flannel.1 lladdr 02:00:00:00:00:03 STALE',
          message:
            'node2 has the right MAC of node3, but not as a permanent entry. The kernel may drop it at any time, and then its pods reach no pod there.',
        },
      ],
    },
    'a node announces a new MAC that one peer missed': {
      snapshot: healthyCluster()
        .changeNode('node3', (node) => ({
          ...node,
          flannelAnnotations: {
            ...node.flannelAnnotations,
            'flannel.alpha.coreos.com/backend-data': '{"VNI":1,"VtepMAC":"02:00:00:00:00:33"}',
          },
        }))
        .changeKernel('node1', 'neighbours', (neighbours) =>
          neighbours.map((each) =>
            each.address === '10.244.3.0' ? { ...each, mac: '02:00:00:00:00:33' } : each,
          ),
        ),
      findings: [{ node: 'node2', peer: 'node3' }],
    },
    'an IPv6 entry has another MAC': {
      snapshot: healthyCluster({ dualStack: true }).changeKernel(
        'node1',
        'neighbours',
        (neighbours) =>
          neighbours.map((each) =>
            each.address === 'fd00:244:0:2::' ? { ...each, mac: '02:00:00:00:00:99' } : each,
          ),
      ),
      findings: [{ node: 'node1', peer: 'node2', object: 'neighbour fd00:244:0:2::' }],
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
    'the link is gone': {
      snapshot: healthyCluster().changeKernel('node2', 'links', (links) =>
        links.filter(({ name }) => name !== 'flannel.1'),
      ),
      node: 'node2',
      reason: 'flannel.1 does not exist, so it holds no entries.',
    },
    'the link is down': {
      snapshot: healthyCluster().changeKernel('node2', 'links', (links) =>
        links.map((link) => (link.name === 'flannel.1' ? { ...link, up: false } : link)),
      ),
      node: 'node2',
      reason: 'flannel.1 is down, so the kernel dropped what it held.',
    },
    'the node runs Windows': {
      snapshot: healthyCluster({ windowsNodes: 1 }),
      node: 'win1',
      reason: 'The node runs windows; Linux kernel state does not exist there.',
    },
  },
});
