// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import type { Route, Sysctls } from '#model/kernel.ts';
import { healthyCluster } from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

const ALL = 'net.ipv4.conf.all.rp_filter';
const OWN = 'net.ipv4.conf.flannel/1.rp_filter';

function filters(all: number, own: number): (sysctls: Sysctls) => Sysctls {
  return (sysctls) => ({ ...sysctls, [ALL]: all, [OWN]: own });
}

/** What a second tunnel beside flannel does: it takes the way to a pod range over. */
function ledOver(link: string, ...podCidrs: readonly string[]) {
  return (routes: readonly Route[]): readonly Route[] =>
    routes.map((route) => {
      if (!podCidrs.includes(route.dst)) return route;
      return { ...route, link, gateway: '172.16.0.9', onlink: false };
    });
}

testCheck(anyCheck(check), {
  passes: {
    'three healthy nodes': healthyCluster(),
    'one node alone': healthyCluster({ nodes: 1 }),
    'both address families': healthyCluster({ dualStack: true }),
    'a custom VNI, port and MTU': healthyCluster({ vni: 4096, port: 4789, underlayMtu: 9000 }),
    'an annotation prefix of its own': healthyCluster({ annotationPrefix: 'example.com/net' }),
    'a strict filter where the way back is the tunnel': healthyCluster().changeKernel(
      'node2',
      'sysctls',
      filters(1, 1),
    ),
    'a strict filter with DirectRouting': healthyCluster({
      nodes: 4,
      directRouting: true,
    }).changeKernel('node1', 'sysctls', filters(1, 1)),
    'a strict filter where a route is missing': healthyCluster()
      .changeKernel('node2', 'sysctls', filters(1, 0))
      .changeKernel('node2', 'routes', (routes) =>
        routes.filter(({ dst }) => dst !== '10.244.3.0/24'),
      ),
    'another way back with a loose filter on the link': healthyCluster()
      .changeKernel('node2', 'sysctls', filters(1, 2))
      .changeKernel('node2', 'routes', ledOver('vx-submariner', '10.244.3.0/24')),
    'another way back without a filter': healthyCluster().changeKernel(
      'node2',
      'routes',
      ledOver('vx-submariner', '10.244.3.0/24'),
    ),
  },
  fails: {
    'another tunnel has the way back to one node': {
      snapshot: healthyCluster()
        .changeKernel('node2', 'sysctls', filters(1, 0))
        .changeKernel('node2', 'routes', ledOver('vx-submariner', '10.244.3.0/24')),
      findings: [
        {
          node: 'node2',
          severity: 'warning',
          breaks: 'none',
          expected: 'rp_filter = 2 (loose) or 0 on flannel.1',
          observed: 'rp_filter = 1 (strict) on flannel.1; 10.244.3.0/24 dev vx-submariner',
          message:
            'node2 filters flannel.1 by strict reverse path (rp_filter is 1) and has its way back to node3 on another link. It drops what pods there send to pods on node2 through the tunnel, without a trace.',
        },
      ],
    },
    'another tunnel has the way back to all, and only the link is strict': {
      snapshot: healthyCluster()
        .changeKernel('node2', 'sysctls', filters(0, 1))
        .changeKernel('node2', 'routes', ledOver('raven0', '10.244.1.0/24', '10.244.3.0/24')),
      findings: [
        {
          node: 'node2',
          message:
            'node2 filters flannel.1 by strict reverse path (rp_filter is 1) and has its way back to 2 nodes on another link. It drops what pods there send to pods on node2 through the tunnel, without a trace.',
        },
      ],
    },
  },
  skips: {
    'the node runs Windows': {
      snapshot: healthyCluster({ windowsNodes: 1 }),
      node: 'win1',
      reason: 'The node runs windows; Linux kernel state does not exist there.',
    },
    'the backend is another': {
      snapshot: healthyCluster().changeNetConf((netConf) => ({
        ...netConf,
        backendType: 'host-gw',
      })),
      node: 'node2',
      reason: 'The backend is host-gw, not vxlan.',
    },
    'IPv4 is off': {
      snapshot: healthyCluster({ dualStack: true }).changeNetConf((netConf) => ({
        ...netConf,
        ipv4: false,
      })),
      node: 'node2',
      reason: 'The kernel has a reverse path filter for IPv4 only.',
    },
    'the link is gone': {
      snapshot: healthyCluster().changeKernel('node2', 'links', (links) =>
        links.filter(({ name }) => name !== 'flannel.1'),
      ),
      node: 'node2',
      reason: 'flannel.1 does not exist, so it holds no entries.',
    },
    'the setting could not be read': {
      snapshot: healthyCluster().changeKernel('node2', 'sysctls', () => ({ [ALL]: 1 })),
      node: 'node2',
      reason:
        'The node gave no value of net.ipv4.conf.all.rp_filter or net.ipv4.conf.flannel/1.rp_filter.',
    },
  },
});
