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
      snapshot: healthyCluster().changeKernel('node2', 'fdb', (fdb) =>
        fdb.filter(({ dst }) => dst !== '192.0.2.3'),
      ),
      findings: [
        {
          node: 'node2',
          peer: 'node3',
          severity: 'critical',
          breaks: 'pair',
          object: 'fdb 02:00:00:00:00:03',
          expected: '02:00:00:00:00:03 dev flannel.1 dst 192.0.2.3 self permanent',
          observed: 'nothing',
          message:
            'node2 does not know where to send frames for 02:00:00:00:00:03, the MAC of node3, and drops them, so its pods reach no pod there.',
        },
      ],
    },
    'all entries of a node are gone, as after the link was made anew': {
      snapshot: healthyCluster().changeKernel('node2', 'fdb', () => []),
      findings: [
        { node: 'node2', peer: 'node1' },
        { node: 'node2', peer: 'node3' },
      ],
    },
    'peers on the same segment need none': {
      snapshot: healthyCluster({ nodes: 4, directRouting: true }).changeKernel(
        'node1',
        'fdb',
        () => [],
      ),
      findings: [
        { node: 'node1', peer: 'node2' },
        { node: 'node1', peer: 'node4' },
      ],
    },
    'one IPv6 entry is gone': {
      snapshot: healthyCluster({ dualStack: true }).changeKernel('node1', 'fdb', (fdb) =>
        fdb.filter(({ dst }) => dst !== '2001:db8::2'),
      ),
      findings: [{ node: 'node1', peer: 'node2', object: 'fdb 02:00:00:06:00:02' }],
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
    'the backend is wireguard, whose peers cannot be read': {
      snapshot: healthyCluster({ backend: 'wireguard' }),
      node: 'node1',
      reason:
        'The backend is wireguard, not vxlan. Its peers, keys and handshakes cannot be read, so no pair of nodes is judged whole.',
    },
    'the node runs Windows': {
      snapshot: healthyCluster({ windowsNodes: 1 }),
      node: 'win1',
      reason: 'The node runs windows; Linux kernel state does not exist there.',
    },
  },
});
