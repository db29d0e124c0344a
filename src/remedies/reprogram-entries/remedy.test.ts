// SPDX-License-Identifier: Apache-2.0

import { anyRemedy } from '#remedies/define-remedy.ts';
import { healthyCluster, type SnapshotBuilder } from '../../../testkit/snapshot-builder.ts';
import { testRemedy } from '../../../testkit/test-remedy.ts';
import { remedy } from './remedy.ts';

const TO_NODE3 =
  'unicast 10.244.3.0/24 via 10.244.3.0 dev flannel.1 proto boot scope global onlink';

/** Changes those routes of node2 that lead to node3. */
function routeToNode3(change: (route: { metric: number }) => object | undefined): SnapshotBuilder {
  return healthyCluster().changeKernel('node2', 'routes', (routes) =>
    routes.flatMap((route) => {
      if (route.dst !== '10.244.3.0/24') return [route];
      const changed = change(route);
      return changed === undefined ? [] : [{ ...route, ...changed }];
    }),
  );
}

function withLeftovers(builder: SnapshotBuilder): SnapshotBuilder {
  return builder
    .changeKernel('node2', 'routes', (routes) => [
      ...routes,
      ...routes
        .filter(({ dst }) => dst === '10.244.3.0/24')
        .map((route) => ({ ...route, dst: '10.244.99.0/24', gateway: '10.244.99.0' })),
    ])
    .changeKernel('node2', 'neighbours', (neighbours) => [
      ...neighbours,
      ...neighbours.slice(0, 1).map((each) => ({ ...each, address: '10.244.99.0' })),
    ])
    .changeKernel('node2', 'fdb', (fdb) => [
      ...fdb,
      ...fdb.slice(0, 1).map((each) => ({ ...each, mac: '0e:00:00:00:00:99' })),
    ]);
}

/** node3 announces a MAC that its link does not have. The peers follow it, as flanneld does. */
function wrongMac(builder: SnapshotBuilder): SnapshotBuilder {
  return builder.changeKernel('node3', 'links', (links) =>
    links.map((link) => (link.name === 'flannel.1' ? { ...link, mac: '0e:00:00:00:00:33' } : link)),
  );
}

testRemedy(anyRemedy(remedy), {
  treats: {
    'one route is gone': {
      snapshot: routeToNode3(() => undefined),
      steps: [
        {
          kind: 'write-route',
          node: 'node2',
          object: 'route 10.244.3.0/24',
          title: 'add route 10.244.3.0/24 via 10.244.3.0 dev flannel.1 onlink',
          before: [],
          after: [TO_NODE3],
        },
      ],
    },
    'a route leads to another next hop': {
      snapshot: routeToNode3(() => ({ gateway: '10.244.9.0' })),
      steps: [
        {
          before: [TO_NODE3.replace('via 10.244.3.0', 'via 10.244.9.0')],
          after: [TO_NODE3],
        },
      ],
    },
    'a wrong route outranks the right one': {
      snapshot: healthyCluster().changeKernel('node2', 'routes', (routes) =>
        routes.flatMap((route) =>
          route.dst === '10.244.3.0/24'
            ? [
                { ...route, metric: 100 },
                { ...route, gateway: '10.244.9.0' },
              ]
            : [route],
        ),
      ),
      steps: [
        {
          before: [
            TO_NODE3.replace(' onlink', ' metric 100 onlink'),
            TO_NODE3.replace('via 10.244.3.0', 'via 10.244.9.0'),
          ],
          after: [TO_NODE3.replace(' onlink', ' metric 100 onlink'), TO_NODE3],
        },
      ],
    },
    'neighbour and FDB entry are gone, the route is last': {
      snapshot: routeToNode3(() => undefined)
        .changeKernel('node2', 'neighbours', (all) =>
          all.filter(({ address }) => address !== '10.244.3.0'),
        )
        .changeKernel('node2', 'fdb', (all) => all.slice(0, 1)),
      steps: [
        { kind: 'write-fdb-entry', before: [] },
        { kind: 'write-neighbour', before: [] },
        { kind: 'write-route', before: [] },
      ],
    },
    'neighbour and FDB entry are wrong': {
      snapshot: healthyCluster()
        .changeKernel('node2', 'neighbours', (all) =>
          all.map((each) =>
            each.address === '10.244.3.0' ? { ...each, mac: '0e:00:00:00:00:99' } : each,
          ),
        )
        .changeKernel('node2', 'fdb', (all) =>
          all.map((each, index) => (index === 0 ? { ...each, dst: '192.0.2.99' } : each)),
        ),
      steps: [
        { kind: 'write-fdb-entry' },
        { kind: 'write-neighbour', before: ['10.244.3.0 lladdr 0e:00:00:00:00:99 PERMANENT'] },
      ],
    },
    'a neighbour that may age out counts as none': {
      snapshot: healthyCluster().changeKernel('node2', 'neighbours', (all) =>
        all.map((each) => (each.address === '10.244.3.0' ? { ...each, nud: 'stale' } : each)),
      ),
      steps: [{ kind: 'write-neighbour', before: [] }],
    },
    'leftovers of a node that is gone': {
      snapshot: withLeftovers(healthyCluster()),
      steps: [
        { kind: 'write-fdb-entry', object: 'fdb 0e:00:00:00:00:99', after: [] },
        { kind: 'write-neighbour', object: 'neighbour 10.244.99.0', after: [] },
        { kind: 'write-route', object: 'route 10.244.99.0/24', after: [] },
      ],
    },
    'an IPv6 route is gone': {
      snapshot: healthyCluster({ dualStack: true }).changeKernel('node1', 'routes', (routes) =>
        routes.filter(({ dst }) => dst !== 'fd00:244:0:2::/64'),
      ),
      steps: [
        {
          after: [
            'unicast fd00:244:0:2::/64 via fd00:244:0:2:: dev flannel-v6.1 proto boot scope global metric 1024 onlink pref medium',
          ],
        },
      ],
    },
    'a direct route is gone where peers share a segment': {
      snapshot: healthyCluster({ nodes: 4, directRouting: true }).changeKernel(
        'node1',
        'routes',
        (routes) => routes.filter(({ dst }) => dst !== '10.244.3.0/24'),
      ),
      steps: [{ after: ['unicast 10.244.3.0/24 via 192.0.2.3 dev eth0 proto boot scope global'] }],
    },
    'a route of host-gw is gone': {
      snapshot: healthyCluster({ backend: 'host-gw' }).changeKernel('node2', 'routes', (routes) =>
        routes.filter(({ dst }) => dst !== '10.244.3.0/24'),
      ),
      steps: [{ after: ['unicast 10.244.3.0/24 via 192.0.2.3 dev eth0 proto boot scope global'] }],
    },
  },
  declines: {
    'flannel is a part of another program': {
      snapshot: healthyCluster()
        .changeKernel('node2', 'routes', (all) => all.filter(({ dst }) => dst !== '10.244.3.0/24'))
        .changeCluster('flannel', ({ annotationPrefix }) => ({
          kind: 'embedded',
          annotationPrefix,
        })),
      reason: /part of another program/,
    },
    'leftovers, while a node has lost its lease': {
      snapshot: withLeftovers(healthyCluster()).changeNode('node3', (node) => ({
        ...node,
        flannelAnnotations: {},
      })),
      reason: /^What node3 announces is wrong \(subnet-lease-missing\)/,
    },
    'leftovers, while a node has just joined': {
      snapshot: withLeftovers(healthyCluster()).changeCluster('nodes', (nodes) =>
        nodes.map((node) =>
          node.name === 'node3' ? { ...node, createdAt: '2026-11-24T11:55:00Z' } : node,
        ),
      ),
      reason: /^node3 joined less than 10 minutes ago/,
    },
    'leftovers, while a node announces a MAC that is not its own': {
      snapshot: wrongMac(withLeftovers(healthyCluster())),
      reason: /^What node3 announces is wrong \(vtep-mac-mismatch\)/,
    },
    'an entry towards a peer that announces a wrong MAC': {
      snapshot: wrongMac(routeToNode3(() => undefined)),
      reason: /^What node3 announces is wrong/,
    },
    'host-gw has no route to a peer behind a router': {
      snapshot: healthyCluster({ backend: 'host-gw', nodes: 2 })
        .changeNode('node2', (node) => ({
          ...node,
          internalIPs: ['203.0.113.2'],
          flannelAnnotations: {
            ...node.flannelAnnotations,
            'flannel.alpha.coreos.com/public-ip': '203.0.113.2',
          },
        }))
        .changeKernel('node2', 'addresses', (addresses) =>
          addresses.map((each) =>
            each.address === '192.0.2.2' ? { ...each, address: '203.0.113.2' } : each,
          ),
        )
        .changeKernel('node1', 'routes', (routes) =>
          routes.filter(({ dst }) => dst !== '10.244.2.0/24'),
        ),
      reason: /through a router only/,
    },
    'more entries than are written one by one': {
      snapshot: healthyCluster({ nodes: 502 }).changeKernel('node2', 'routes', (routes) =>
        routes.filter(({ link }) => link !== 'flannel.1'),
      ),
      reason: /^501 entries of node2 are wrong/,
    },
  },
});
