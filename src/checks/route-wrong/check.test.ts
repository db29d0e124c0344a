// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import type { Route } from '#model/kernel.ts';
import { type SnapshotBuilder, healthyCluster } from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

/** node2 with its route to the pods of node3 replaced. */
function routedBy(fields: Partial<Route>): SnapshotBuilder {
  return healthyCluster().changeKernel('node2', 'routes', (routes) =>
    routes.map((route) => (route.dst === '10.244.3.0/24' ? { ...route, ...fields } : route)),
  );
}

const peerRoute: Route = {
  family: 4,
  dst: '10.244.3.0/24',
  gateway: '192.0.2.254',
  link: 'eth0',
  type: 'unicast',
  protocol: 'static',
  scope: 'global',
  metric: 0,
  onlink: false,
};

const blackhole: Route = {
  family: 4,
  dst: '10.244.3.0/24',
  type: 'blackhole',
  protocol: 'static',
  scope: 'global',
  metric: 0,
  onlink: false,
};

/**
 * host-gw on three nodes: node2 with its route to the pods of node3 replaced, and routes to links of its own.
 * node3 announces `publicIp`.
 */
function hostGwRoutedBy(
  fields: Partial<Route>,
  onLink: readonly Route[] = [],
  publicIp = '192.0.2.3',
): SnapshotBuilder {
  return healthyCluster({ backend: 'host-gw' })
    .changeNode('node3', (node) => ({
      ...node,
      flannelAnnotations: {
        ...node.flannelAnnotations,
        'flannel.alpha.coreos.com/public-ip': publicIp,
      },
    }))
    .changeKernel('node1', 'routes', (routes) =>
      routes.map((route) =>
        route.dst === '10.244.3.0/24' ? { ...route, gateway: publicIp } : route,
      ),
    )
    .changeKernel('node2', 'routes', (routes) => [
      ...onLink.map(({ gateway, ...route }) => {
        if (gateway === undefined) throw new Error('the route has no next hop to take away');
        return route;
      }),
      ...routes.map((route) => (route.dst === '10.244.3.0/24' ? { ...route, ...fields } : route)),
    ]);
}

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
    'a custom VNI': healthyCluster({ vni: 4096, port: 4789 }),
    'an annotation prefix with a slash': healthyCluster({ annotationPrefix: 'example.com/net' }),
    'host-gw over one of two links to the same segment': hostGwRoutedBy({ link: 'eth1' }, [
      { ...peerRoute, dst: '192.0.2.0/24', link: 'eth1' },
    ]),
    'host-gw over a link whose segment another table names': hostGwRoutedBy(
      { link: 'eth1', gateway: '203.0.113.3' },
      [],
      '203.0.113.3',
    ),
    'a second route that the kernel never takes': healthyCluster().changeKernel(
      'node2',
      'routes',
      (routes) => [...routes, { ...peerRoute, metric: 100 }],
    ),
  },
  fails: {
    'the next hop is another node': {
      snapshot: routedBy({ gateway: '10.244.1.0' }),
      findings: [
        {
          node: 'node2',
          peer: 'node3',
          severity: 'critical',
          breaks: 'pair',
          object: 'route 10.244.3.0/24',
          expected: '10.244.3.0/24 via 10.244.3.0 dev flannel.1 onlink',
          observed: '10.244.3.0/24 via 10.244.1.0 dev flannel.1 onlink',
          message:
            'node2 has a wrong route to 10.244.3.0/24, so what its pods send to pods on node3 goes astray.',
        },
      ],
    },
    'the route bypasses the tunnel without DirectRouting': {
      snapshot: routedBy({ gateway: '192.0.2.3', link: 'eth0', onlink: false }),
      findings: [
        { node: 'node2', peer: 'node3', observed: '10.244.3.0/24 via 192.0.2.3 dev eth0' },
      ],
    },
    'a blackhole and a route by another link stand where the route has to be': {
      snapshot: healthyCluster().changeKernel('node2', 'routes', (routes) => [
        ...routes.filter(({ dst }) => dst !== '10.244.3.0/24'),
        blackhole,
        { ...peerRoute, metric: 100 },
      ]),
      findings: [
        {
          node: 'node2',
          peer: 'node3',
          observed: 'blackhole 10.244.3.0/24; 10.244.3.0/24 via 192.0.2.254 dev eth0 metric 100',
        },
      ],
    },
    'host-gw routes to another node': {
      snapshot: hostGwRoutedBy({ gateway: '192.0.2.1' }),
      findings: [
        {
          node: 'node2',
          peer: 'node3',
          severity: 'critical',
          breaks: 'pair',
          object: 'route 10.244.3.0/24',
          expected: '10.244.3.0/24 via 192.0.2.3 dev eth0',
          observed: '10.244.3.0/24 via 192.0.2.1 dev eth0',
        },
      ],
    },
    'a vxlan link that host-gw succeeded still holds the route': {
      snapshot: hostGwRoutedBy({ gateway: '10.244.3.0', link: 'flannel.1', onlink: true }),
      findings: [
        {
          node: 'node2',
          peer: 'node3',
          observed: '10.244.3.0/24 via 10.244.3.0 dev flannel.1 onlink',
        },
      ],
    },
    'host-gw routes by a link that is not on the segment': {
      snapshot: hostGwRoutedBy({ link: 'wg0', onlink: true }),
      findings: [
        { node: 'node2', peer: 'node3', observed: '10.244.3.0/24 via 192.0.2.3 dev wg0 onlink' },
      ],
    },
    'a blackhole stands where host-gw has its route': {
      snapshot: healthyCluster({ backend: 'host-gw' }).changeKernel('node2', 'routes', (routes) => [
        ...routes.filter(({ dst }) => dst !== '10.244.3.0/24'),
        blackhole,
      ]),
      findings: [{ node: 'node2', peer: 'node3', observed: 'blackhole 10.244.3.0/24' }],
    },
    'a direct route leads to another peer': {
      snapshot: healthyCluster({ nodes: 4, directRouting: true }).changeKernel(
        'node1',
        'routes',
        (routes) =>
          routes.map((route) =>
            route.dst === '10.244.3.0/24' ? { ...route, gateway: '192.0.2.9' } : route,
          ),
      ),
      findings: [{ node: 'node1', peer: 'node3', expected: '10.244.3.0/24 via 192.0.2.3' }],
    },
    'an IPv6 route has the wrong next hop': {
      snapshot: healthyCluster({ dualStack: true }).changeKernel('node1', 'routes', (routes) =>
        routes.map((route) =>
          route.dst === 'fd00:244:0:2::/64' ? { ...route, gateway: 'fd00:244:0:3::' } : route,
        ),
      ),
      findings: [{ node: 'node1', peer: 'node2', object: 'route fd00:244:0:2::/64' }],
    },
    'a leftover of vxlan takes the packets of a peer from wireguard': {
      snapshot: healthyCluster({ backend: 'wireguard' }).changeKernel(
        'node2',
        'routes',
        (routes) => [
          ...routes,
          {
            family: 4,
            dst: '10.244.3.0/24',
            gateway: '10.244.3.0',
            link: 'flannel.1',
            type: 'unicast',
            protocol: 'boot',
            scope: 'global',
            metric: 0,
            onlink: true,
          },
        ],
      ),
      findings: [
        {
          node: 'node2',
          peer: 'node3',
          breaks: 'pair',
          object: 'route 10.244.3.0/24',
          expected: '10.244.0.0/15 dev flannel-wg scope link',
          observed: '10.244.3.0/24 via 10.244.3.0 dev flannel.1 onlink',
        },
      ],
    },
    'a direct route of ipip without DirectRouting': {
      snapshot: healthyCluster({ backend: 'ipip' }).changeKernel('node2', 'routes', (routes) =>
        routes.map((route) => (route.dst === '10.244.3.0/24' ? { ...route, link: 'eth0' } : route)),
      ),
      findings: [
        {
          node: 'node2',
          peer: 'node3',
          expected: '10.244.3.0/24 via 192.0.2.3 dev flannel.ipip onlink',
          observed: '10.244.3.0/24 via 192.0.2.3 dev eth0 onlink',
        },
      ],
    },
    'the next hop of ipip is another node': {
      snapshot: healthyCluster({ backend: 'ipip' }).changeKernel('node2', 'routes', (routes) =>
        routes.map((route) =>
          route.dst === '10.244.3.0/24' ? { ...route, gateway: '192.0.2.1' } : route,
        ),
      ),
      findings: [{ node: 'node2', peer: 'node3' }],
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
