// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import { healthyCluster } from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

testCheck(anyCheck(check), {
  passes: {
    'three healthy nodes': healthyCluster(),
    wireguard: healthyCluster({ backend: 'wireguard' }),
    'one node alone with wireguard': healthyCluster({ backend: 'wireguard', nodes: 1 }),
    'wireguard with one link for both families': healthyCluster({
      backend: 'wireguard',
      dualStack: true,
      wireguardMode: 'auto',
    }),
    ipip: healthyCluster({ backend: 'ipip' }),
    'ipip with direct routes': healthyCluster({ backend: 'ipip', nodes: 4, directRouting: true }),
    'one node alone': healthyCluster({ nodes: 1 }),
    'direct routes to peers on the same segment': healthyCluster({ nodes: 4, directRouting: true }),
    'both address families': healthyCluster({ dualStack: true }),
    'host-gw': healthyCluster({ backend: 'host-gw' }),
    'host-gw with both address families': healthyCluster({ backend: 'host-gw', dualStack: true }),
    'host-gw on two hundred nodes': healthyCluster({ backend: 'host-gw', nodes: 200 }),
    'a custom VNI': healthyCluster({ vni: 4096 }),
  },
  fails: {
    'one route is gone': {
      snapshot: healthyCluster().changeKernel('node2', 'routes', (routes) =>
        routes.filter(({ dst }) => dst !== '10.244.3.0/24'),
      ),
      findings: [
        {
          node: 'node2',
          peer: 'node3',
          severity: 'critical',
          breaks: 'pair',
          object: 'route 10.244.3.0/24',
          expected: '10.244.3.0/24 via 10.244.3.0 dev flannel.1 onlink',
          observed: 'nothing',
          message:
            'node2 has no route to 10.244.3.0/24, so its pods reach no pod on node3 and answer none from there.',
        },
      ],
    },
    'every route of one node is gone, as after a link bounce': {
      snapshot: healthyCluster().changeKernel('node2', 'routes', (routes) =>
        routes.filter(({ link }) => link !== 'flannel.1'),
      ),
      findings: [
        { node: 'node2', peer: 'node1' },
        { node: 'node2', peer: 'node3' },
      ],
    },
    'a direct route is gone where peers share a segment': {
      snapshot: healthyCluster({ nodes: 4, directRouting: true }).changeKernel(
        'node1',
        'routes',
        (routes) => routes.filter(({ dst }) => dst !== '10.244.3.0/24'),
      ),
      findings: [{ node: 'node1', peer: 'node3', expected: '10.244.3.0/24 via 192.0.2.3' }],
    },
    'one IPv6 route is gone': {
      snapshot: healthyCluster({ dualStack: true }).changeKernel('node1', 'routes', (routes) =>
        routes.filter(({ dst }) => dst !== 'fd00:244:0:2::/64'),
      ),
      findings: [{ node: 'node1', peer: 'node2', object: 'route fd00:244:0:2::/64' }],
    },
    'a route of host-gw is gone, which flanneld writes again': {
      snapshot: healthyCluster({ backend: 'host-gw' }).changeKernel('node2', 'routes', (routes) =>
        routes.filter(({ dst }) => dst !== '10.244.3.0/24'),
      ),
      findings: [
        {
          node: 'node2',
          peer: 'node3',
          severity: 'critical',
          breaks: 'pair',
          object: 'route 10.244.3.0/24',
          expected: '10.244.3.0/24 via 192.0.2.3 dev eth0',
          observed: 'nothing',
          message:
            'node2 has no route to 10.244.3.0/24, so its pods reach no pod on node3 and answer none from there. With host-gw, flanneld writes a missing route again within 10 seconds and logs "Route recovered": run the check again to see whether it stays away.',
        },
      ],
    },
    'an IPv6 route of host-gw is gone': {
      snapshot: healthyCluster({ backend: 'host-gw', dualStack: true }).changeKernel(
        'node1',
        'routes',
        (routes) => routes.filter(({ dst }) => dst !== 'fd00:244:0:2::/64'),
      ),
      findings: [
        {
          node: 'node1',
          peer: 'node2',
          expected: 'fd00:244:0:2::/64 via 2001:db8::2 dev eth0',
        },
      ],
    },
    'host-gw has no route to a peer behind a router': {
      snapshot: healthyCluster({ backend: 'host-gw', nodes: 2 })
        .changeNode('node2', (node) => ({
          ...node,
          flannelAnnotations: {
            ...node.flannelAnnotations,
            'flannel.alpha.coreos.com/public-ip': '203.0.113.2',
          },
        }))
        .changeKernel('node1', 'routes', (routes) =>
          routes.filter(({ dst }) => dst !== '10.244.2.0/24'),
        ),
      findings: [
        {
          node: 'node1',
          peer: 'node2',
          expected: '10.244.2.0/24 via 203.0.113.2',
          message:
            'node1 has no route to 10.244.2.0/24, so its pods reach no pod on node2 and answer none from there. node1 reaches 203.0.113.2 through a router only, and host-gw works on one segment, so flanneld cannot write the route.',
        },
      ],
    },
    'a route of ipip is gone, which flanneld writes again': {
      snapshot: healthyCluster({ backend: 'ipip' }).changeKernel('node2', 'routes', (routes) =>
        routes.filter(({ dst }) => dst !== '10.244.3.0/24'),
      ),
      findings: [
        {
          node: 'node2',
          peer: 'node3',
          breaks: 'pair',
          expected: '10.244.3.0/24 via 192.0.2.3 dev flannel.ipip onlink',
          message:
            'node2 has no route to 10.244.3.0/24, so its pods reach no pod on node3 and answer none from there. With ipip, flanneld writes a missing route again within 10 seconds and logs "Route recovered": run the check again to see whether it stays away.',
        },
      ],
    },
    'a direct route of ipip is gone': {
      snapshot: healthyCluster({ backend: 'ipip', nodes: 4, directRouting: true }).changeKernel(
        'node1',
        'routes',
        (routes) => routes.filter(({ dst }) => dst !== '10.244.3.0/24'),
      ),
      findings: [
        {
          node: 'node1',
          peer: 'node3',
          expected: '10.244.3.0/24 via 192.0.2.3 dev eth0 onlink',
        },
      ],
    },
    'the one route of wireguard is gone': {
      snapshot: healthyCluster({ backend: 'wireguard' }).changeKernel('node2', 'routes', (routes) =>
        routes.filter(({ link }) => link !== 'flannel-wg'),
      ),
      findings: [
        {
          node: 'node2',
          breaks: 'node',
          object: 'route 10.244.0.0/15',
          expected: '10.244.0.0/15 dev flannel-wg scope link',
          observed: 'nothing',
          message:
            'node2 has no route to 10.244.0.0/15 through flannel-wg, so its pods reach no pod on another node over IPv4. With wireguard, flanneld writes it only when it starts or another node changes its annotations.',
        },
      ],
    },
    'the IPv6 route of wireguard is gone': {
      snapshot: healthyCluster({ backend: 'wireguard', dualStack: true }).changeKernel(
        'node2',
        'routes',
        (routes) => routes.filter(({ link }) => link !== 'flannel-wg-v6'),
      ),
      findings: [{ node: 'node2', expected: 'fd00:244::/48 dev flannel-wg-v6' }],
    },
  },
  skips: {
    'the backend is one that is not judged': {
      snapshot: healthyCluster().changeNetConf((netConf) => ({
        ...netConf,
        backendType: 'udp',
      })),
      node: 'node1',
      reason: 'The backend is udp, whose routes are not judged.',
    },
    'the link is gone': {
      snapshot: healthyCluster().changeKernel('node2', 'links', (links) =>
        links.filter(({ name }) => name !== 'flannel.1'),
      ),
      node: 'node2',
      reason: 'flannel.1 does not exist, so it holds no entries.',
    },
    'the node runs Windows': {
      snapshot: healthyCluster({ windowsNodes: 1 }),
      node: 'win1',
      reason: 'The node runs windows; Linux kernel state does not exist there.',
    },
  },
});
