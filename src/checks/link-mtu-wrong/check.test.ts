// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import { asBusyBoxShows } from '../../../testkit/healthy-kernel.ts';
import type { HealthyOptions } from '../../../testkit/healthy-node.ts';
import { type SnapshotBuilder, healthyCluster } from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

/** node2 with another MTU on one of its links. */
function withMtu(name: string, mtu: number, options: HealthyOptions = {}): SnapshotBuilder {
  return healthyCluster(options).changeKernel('node2', 'links', (links) =>
    links.map((link) => (link.name === name ? { ...link, mtu } : link)),
  );
}

/** node2 as BusyBox shows it: which link is a vxlan one, and what carries it, is not told. */
function withBusyBox(builder: SnapshotBuilder): SnapshotBuilder {
  return builder.changeKernel('node2', 'links', asBusyBoxShows);
}

testCheck(anyCheck(check), {
  passes: {
    'three healthy nodes': healthyCluster(),
    wireguard: healthyCluster({ backend: 'wireguard' }),
    'wireguard with both address families': healthyCluster({
      backend: 'wireguard',
      dualStack: true,
    }),
    'wireguard with one link for both families': healthyCluster({
      backend: 'wireguard',
      dualStack: true,
      wireguardMode: 'auto',
    }),
    ipip: healthyCluster({ backend: 'ipip' }),
    'one node alone': healthyCluster({ nodes: 1 }),
    'direct routes to peers on the same segment': healthyCluster({ nodes: 4, directRouting: true }),
    'both address families': healthyCluster({ dualStack: true }),
    'a custom VNI': healthyCluster({ vni: 4096, port: 4789 }),
    'an annotation prefix with a slash': healthyCluster({ annotationPrefix: 'example.com/net' }),
    'jumbo frames': healthyCluster({ underlayMtu: 9000 }),
    'jumbo frames and both families': healthyCluster({ underlayMtu: 9000, dualStack: true }),
    'a fixed MTU': healthyCluster({ backendMtu: 1400 }),
    'a fixed MTU and both families': healthyCluster({ backendMtu: 1400, dualStack: true }),
    'a fixed MTU that the kernel cuts': healthyCluster({ backendMtu: 9000, dualStack: true }),
    'BusyBox names no lower link': withBusyBox(healthyCluster({ underlayMtu: 9000 })),
    'BusyBox and both families': withBusyBox(healthyCluster({ dualStack: true })),
    'BusyBox and a fixed MTU that the kernel cuts': withBusyBox(
      healthyCluster({ backendMtu: 9000 }),
    ),
  },
  fails: {
    'BusyBox names no lower link, and the one with the public IP has shrunk': {
      snapshot: withBusyBox(withMtu('eth0', 1400)),
      findings: [{ node: 'node2', expected: 'flannel.1 mtu 1350', observed: 'flannel.1 mtu 1450' }],
    },
    'the link takes less than it could': {
      snapshot: withMtu('flannel.1', 1300),
      findings: [
        {
          node: 'node2',
          severity: 'warning',
          breaks: 'none',
          object: 'link flannel.1',
          expected: 'flannel.1 mtu 1450',
          observed: 'flannel.1 mtu 1300',
          message:
            'flannel.1 on node2 takes packets of up to 1300 bytes only where 1450 is right. Traffic flows, but slower than it could.',
        },
      ],
    },
    'the MTU of the lower link was lowered later': {
      snapshot: withMtu('eth0', 1400),
      findings: [
        {
          node: 'node2',
          severity: 'warning',
          breaks: 'none',
          expected: 'flannel.1 mtu 1350',
          observed: 'flannel.1 mtu 1450',
          message:
            'flannel.1 on node2 takes packets of up to 1450 bytes where 1350 is right. Larger ones are fragmented or lost on the way: small requests work, big answers hang.',
        },
      ],
    },
    'the link does not follow Backend.MTU': {
      snapshot: withMtu('flannel.1', 1450, { backendMtu: 1400 }),
      findings: [{ node: 'node2', expected: 'flannel.1 mtu 1350' }],
    },
    'the IPv6 link has the MTU of the IPv4 one': {
      snapshot: withMtu('flannel-v6.1', 1450, { dualStack: true }),
      findings: [{ node: 'node2', object: 'link flannel-v6.1', expected: 'flannel-v6.1 mtu 1430' }],
    },
    'the link of wireguard takes too much': {
      snapshot: withMtu('flannel-wg', 1500, { backend: 'wireguard' }),
      findings: [
        { node: 'node2', expected: 'flannel-wg mtu 1420', observed: 'flannel-wg mtu 1500' },
      ],
    },
    'the link of ipip takes less than it could': {
      snapshot: withMtu('flannel.ipip', 1400, { backend: 'ipip', underlayMtu: 9000 }),
      findings: [{ node: 'node2', expected: 'flannel.ipip mtu 8980' }],
    },
  },
  skips: {
    'the backend is another one': {
      snapshot: healthyCluster().changeNetConf((netConf) => ({
        ...netConf,
        backendType: 'host-gw',
      })),
      node: 'node1',
      reason: 'The backend is host-gw, which makes no link.',
    },
    'the link is gone': {
      snapshot: healthyCluster().changeKernel('node2', 'links', (links) =>
        links.filter(({ name }) => name !== 'flannel.1'),
      ),
      node: 'node2',
      reason: 'flannel.1 does not exist.',
    },
    'the lower link is not known': {
      snapshot: healthyCluster().changeKernel('node2', 'links', (links) =>
        links.filter(({ name }) => name !== 'eth0'),
      ),
      node: 'node2',
      reason: 'Neither net-conf.json nor the link below tells which MTU is right.',
    },
    'BusyBox names no lower link, and a person chose the public IP': {
      snapshot: withBusyBox(
        healthyCluster().changeNode('node2', (node) => ({
          ...node,
          flannelAnnotations: {
            ...node.flannelAnnotations,
            'flannel.alpha.coreos.com/public-ip-overwrite': '192.0.2.2',
          },
        })),
      ),
      node: 'node2',
      reason: 'Neither net-conf.json nor the link below tells which MTU is right.',
    },
    'the link is of another kind': {
      snapshot: healthyCluster().changeKernel('node2', 'links', (links) =>
        links.map(({ vxlan: _, ...link }) =>
          link.name === 'flannel.1' ? { ...link, kind: 'dummy' } : link,
        ),
      ),
      node: 'node2',
      reason: 'Neither net-conf.json nor the link below tells which MTU is right.',
    },
    'the backend has a link that is not judged': {
      snapshot: healthyCluster().changeNetConf((netConf) => ({
        ...netConf,
        backendType: 'udp',
      })),
      node: 'node1',
      reason: 'The backend is udp, whose link is not judged.',
    },
    'the node runs Windows': {
      snapshot: healthyCluster({ windowsNodes: 1 }),
      node: 'win1',
      reason: 'The node runs windows; Linux kernel state does not exist there.',
    },
  },
});
