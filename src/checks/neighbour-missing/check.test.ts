// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import { HEALTHY_CLUSTERS } from '../../../testkit/healthy-clusters.ts';
import { healthyCluster } from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

testCheck(anyCheck(check), {
  passes: {
    ...HEALTHY_CLUSTERS,
  },
  fails: {
    'one entry is gone': {
      snapshot: healthyCluster().changeKernel('node2', 'neighbours', (neighbours) =>
        neighbours.filter(({ address }) => address !== '10.244.3.0'),
      ),
      findings: [
        {
          node: 'node2',
          peer: 'node3',
          severity: 'critical',
          breaks: 'pair',
          object: 'neighbour 10.244.3.0',
          expected: '10.244.3.0 dev flannel.1 lladdr 02:00:00:00:00:03 PERMANENT',
          observed: 'nothing',
          message:
            'node2 does not know the MAC behind 10.244.3.0, so it can address no frame to node3 and its pods reach no pod there.',
        },
      ],
    },
    'the kernel tried to resolve the address in vain': {
      snapshot: healthyCluster().changeKernel('node2', 'neighbours', (neighbours) =>
        neighbours.map((neighbour) => {
          if (neighbour.address !== '10.244.3.0') return neighbour;
          const { mac: _, ...rest } = neighbour;
          return { ...rest, nud: 'failed' };
        }),
      ),
      findings: [{ node: 'node2', peer: 'node3' }],
    },
    'all entries of a node are gone, as after a link bounce': {
      snapshot: healthyCluster().changeKernel('node2', 'neighbours', () => []),
      findings: [
        { node: 'node2', peer: 'node1' },
        { node: 'node2', peer: 'node3' },
      ],
    },
    'peers on the same segment need none': {
      snapshot: healthyCluster({ nodes: 4, directRouting: true }).changeKernel(
        'node1',
        'neighbours',
        () => [],
      ),
      findings: [
        { node: 'node1', peer: 'node2' },
        { node: 'node1', peer: 'node4' },
      ],
    },
    'one IPv6 entry is gone': {
      snapshot: healthyCluster({ dualStack: true }).changeKernel(
        'node1',
        'neighbours',
        (neighbours) => neighbours.filter(({ address }) => address !== 'fd00:244:0:2::'),
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
