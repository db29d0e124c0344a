// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import type { Route } from '#model/kernel.ts';
import { type SnapshotBuilder, healthyCluster } from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

function tunnelRoute(dst: string, gateway: string, metric = 0): Route {
  return {
    family: dst.includes(':') ? 6 : 4,
    dst,
    gateway,
    link: dst.includes(':') ? 'flannel-v6.1' : 'flannel.1',
    type: 'unicast',
    protocol: 'boot',
    scope: 'global',
    metric,
    onlink: true,
  };
}

/** node2 with further routes. */
function withRoutes(...added: readonly Route[]): SnapshotBuilder {
  return healthyCluster().changeKernel('node2', 'routes', (routes) => [...routes, ...added]);
}

function hostGwRoute(dst: string, gateway: string, fields: Partial<Route> = {}): Route {
  return { ...tunnelRoute(dst, gateway), link: 'eth0', onlink: false, ...fields };
}

/** node2 of a host-gw cluster with further routes. */
function hostGwWith(...added: readonly Route[]): SnapshotBuilder {
  return healthyCluster({ backend: 'host-gw', dualStack: true }).changeKernel(
    'node2',
    'routes',
    (routes) => [...routes, ...added],
  );
}

function ipipWith(dst: string): SnapshotBuilder {
  return healthyCluster({ backend: 'ipip' }).changeKernel('node2', 'routes', (routes) => [
    ...routes,
    {
      family: 4,
      dst,
      gateway: '192.0.2.9',
      link: 'flannel.ipip',
      type: 'unicast',
      protocol: 'boot',
      scope: 'global',
      metric: 0,
      onlink: true,
    },
  ]);
}

testCheck(anyCheck(check), {
  passes: {
    'a route to a VPN behind a node, with ipip': ipipWith('172.16.0.0/12'),
    'three healthy nodes': healthyCluster(),
    'one node alone': healthyCluster({ nodes: 1 }),
    'direct routes to peers on the same segment': healthyCluster({ nodes: 4, directRouting: true }),
    'both address families': healthyCluster({ dualStack: true }),
    'host-gw': healthyCluster({ backend: 'host-gw' }),
    'host-gw with both address families': healthyCluster({ backend: 'host-gw', dualStack: true }),
    'host-gw on two hundred nodes': healthyCluster({ backend: 'host-gw', nodes: 200 }),
    'a custom VNI': healthyCluster({ vni: 4096, port: 4789 }),
    'an annotation prefix with a slash': healthyCluster({ annotationPrefix: 'example.com/net' }),
    'host-gw beside routes of an administrator': hostGwWith(
      hostGwRoute('10.99.0.0/24', '192.0.2.254'),
      hostGwRoute('10.244.99.0/24', '192.0.2.254', { protocol: 'static' }),
      hostGwRoute('10.244.128.0/20', '192.0.2.254'),
      hostGwRoute('10.244.99.7/32', '192.0.2.254'),
    ),
    'host-gw where the tools tell no protocols': healthyCluster({
      backend: 'host-gw',
    }).changeKernel('node2', 'routes', (routes) =>
      routes.map(({ protocol: _, ...route }) => route),
    ),
    'a route to a VPN behind a peer through the tunnel': withRoutes(
      tunnelRoute('10.8.0.0/24', '10.244.3.0'),
    ),
    'a foreign route by another link': withRoutes({
      ...tunnelRoute('10.99.0.0/16', '192.0.2.254'),
      link: 'eth0',
    }),
  },
  fails: {
    'a node is gone, its route is not': {
      snapshot: withRoutes(tunnelRoute('10.244.99.0/24', '10.244.99.0')),
      findings: [
        {
          node: 'node2',
          severity: 'info',
          breaks: 'none',
          object: 'route 10.244.99.0/24',
          expected: 'nothing',
          observed: '10.244.99.0/24 via 10.244.99.0 dev flannel.1 onlink',
          message:
            'node2 still has a route to 10.244.99.0/24, which is the pod range of no node. It leads nowhere and harms nothing today.',
        },
      ],
    },
    'a leftover covers all pod ranges, whose own routes are longer': {
      snapshot: withRoutes(tunnelRoute('10.244.0.0/16', '10.244.0.0')),
      findings: [{ node: 'node2', severity: 'info', breaks: 'none' }],
    },
    'a leftover takes the pod range of the node itself': {
      snapshot: withRoutes(tunnelRoute('10.244.2.0/24', '10.244.2.0')),
      findings: [
        {
          node: 'node2',
          severity: 'critical',
          breaks: 'node',
          object: 'route 10.244.2.0/24',
          message:
            'node2 sends what is for its own pods in 10.244.2.0/24 into the tunnel, so nothing reaches them.',
        },
      ],
    },
    'a leftover takes half of the pod range of the node itself': {
      snapshot: withRoutes(tunnelRoute('10.244.2.128/25', '10.244.2.128')),
      findings: [{ node: 'node2', severity: 'critical', breaks: 'node' }],
    },
    'a leftover for the node itself is outranked by the bridge': {
      snapshot: withRoutes(tunnelRoute('10.244.2.0/24', '10.244.2.0', 1024)),
      findings: [
        {
          node: 'node2',
          severity: 'info',
          breaks: 'none',
          message:
            'node2 has a leftover route to 10.244.2.0/24. The kernel prefers another one, so it harms nothing today.',
        },
      ],
    },
    'a leftover diverts a part of the range of a peer': {
      snapshot: withRoutes(tunnelRoute('10.244.3.128/25', '10.244.3.128')),
      findings: [
        {
          node: 'node2',
          peer: 'node3',
          severity: 'critical',
          breaks: 'pair',
          message:
            'node2 sends what is for 10.244.3.128/25, a part of the pod range of node3, another way, so its pods do not reach the pods there.',
        },
      ],
    },
    'a longer route leads to the same peer': {
      snapshot: withRoutes(tunnelRoute('10.244.3.128/25', '10.244.3.0')),
      findings: [
        {
          node: 'node2',
          peer: 'node3',
          severity: 'info',
          breaks: 'none',
          message:
            'node2 has a second route to 10.244.3.128/25, a part of the pod range of node3. It takes the same way as the right one and harms nothing.',
        },
      ],
    },
    'two leftovers have one destination, and the kernel takes the harmful one': {
      snapshot: withRoutes(
        tunnelRoute('10.244.3.128/25', '10.244.3.0', 200),
        tunnelRoute('10.244.3.128/25', '10.244.3.128', 100),
      ),
      findings: [
        {
          node: 'node2',
          peer: 'node3',
          severity: 'critical',
          observed:
            '10.244.3.128/25 via 10.244.3.0 dev flannel.1 metric 200 onlink; 10.244.3.128/25 via 10.244.3.128 dev flannel.1 metric 100 onlink',
        },
      ],
    },
    'a node of host-gw is gone, its routes are not': {
      snapshot: hostGwWith(
        hostGwRoute('10.244.99.0/24', '192.0.2.99'),
        hostGwRoute('fd00:244:0:99::/64', '2001:db8::99', { metric: 1024 }),
      ),
      findings: [
        {
          node: 'node2',
          severity: 'info',
          breaks: 'none',
          object: 'route 10.244.99.0/24',
          expected: 'nothing',
          observed: '10.244.99.0/24 via 192.0.2.99 dev eth0',
        },
        { node: 'node2', severity: 'info', object: 'route fd00:244:0:99::/64' },
      ],
    },
    'host-gw sends the pod range of the node itself away': {
      snapshot: hostGwWith(hostGwRoute('10.244.2.0/24', '192.0.2.99')),
      findings: [
        {
          node: 'node2',
          severity: 'critical',
          breaks: 'node',
          message:
            'node2 sends what is for its own pods in 10.244.2.0/24 to 192.0.2.99, so nothing reaches them.',
        },
      ],
    },
    'host-gw diverts a part of the range of a peer': {
      snapshot: hostGwWith(hostGwRoute('10.244.3.128/25', '192.0.2.1')),
      findings: [{ node: 'node2', peer: 'node3', severity: 'critical', breaks: 'pair' }],
    },
    'a longer route of host-gw leads to the same peer': {
      snapshot: hostGwWith(hostGwRoute('10.244.3.128/25', '192.0.2.3')),
      findings: [{ node: 'node2', peer: 'node3', severity: 'info', breaks: 'none' }],
    },
    'an IPv6 route is left over': {
      snapshot: healthyCluster({ dualStack: true }).changeKernel('node2', 'routes', (routes) => [
        ...routes,
        tunnelRoute('fd00:244:0:99::/64', 'fd00:244:0:99::', 1024),
      ]),
      findings: [{ node: 'node2', severity: 'info', object: 'route fd00:244:0:99::/64' }],
    },
    'a leftover of a node that is gone, with ipip': {
      snapshot: ipipWith('10.244.9.0/24'),
      findings: [
        { node: 'node2', severity: 'info', breaks: 'none', object: 'route 10.244.9.0/24' },
      ],
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
    'the tools of the node tell no protocols, and a route may be host-gw’s': {
      snapshot: healthyCluster({ backend: 'host-gw' }).changeKernel('node1', 'routes', (routes) =>
        [...routes, hostGwRoute('10.244.99.0/24', '192.0.2.254')].map(
          ({ protocol: _, ...route }) => route,
        ),
      ),
      node: 'node1',
      reason:
        'The tools of the node do not tell who made a route, so leftovers look like any other.',
    },
    'wireguard has one route for all': {
      snapshot: healthyCluster({ backend: 'wireguard' }),
      node: 'node1',
      reason: 'With wireguard, flannel has one route for all nodes and none per peer.',
    },
    'the node runs Windows': {
      snapshot: healthyCluster({ windowsNodes: 1 }),
      node: 'win1',
      reason: 'The node runs windows; Linux kernel state does not exist there.',
    },
  },
});
