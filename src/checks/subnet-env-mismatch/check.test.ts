// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import type { SubnetEnv } from '#model/kernel.ts';
import { HEALTHY_CLUSTERS } from '../../../testkit/healthy-clusters.ts';
import { asBusyBoxShows } from '../../../testkit/healthy-kernel.ts';
import { healthyCluster } from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

/** Changes lines of the file. */
function changed(fields: Partial<SubnetEnv>): (subnetEnv: SubnetEnv | null) => SubnetEnv {
  return (subnetEnv) => ({ ...subnetEnv, ...fields });
}

testCheck(anyCheck(check), {
  passes: {
    ...HEALTHY_CLUSTERS,
    'two hundred nodes': healthyCluster({ nodes: 200 }),
    'an MTU of net-conf below that of the network': healthyCluster({ backendMtu: 1400 }),
    'an MTU of net-conf above that of the network': healthyCluster({ backendMtu: 1600 }),
    'another MTU on the link, which is not the file': healthyCluster().changeKernel(
      'node2',
      'links',
      (links) => links.map((link) => (link.kind === 'vxlan' ? { ...link, mtu: 1300 } : link)),
    ),
    'BusyBox names no lower link': healthyCluster({ underlayMtu: 9000 }).changeKernel(
      'node2',
      'links',
      asBusyBoxShows,
    ),
    'an MTU that nobody can foretell, because the link is gone': healthyCluster()
      .changeKernel('node2', 'links', (links) => links.filter(({ kind }) => kind !== 'vxlan'))
      .changeKernel('node2', 'subnetEnv', changed({ mtu: 1234 })),
    'the MTU of a backend that is not judged': healthyCluster()
      .changeNetConf((netConf) => ({ ...netConf, backendType: 'udp' }))
      .changeKernel('node2', 'subnetEnv', changed({ mtu: 1472 })),
    'host-gw, which takes the MTU of the network': healthyCluster({
      backend: 'host-gw',
      underlayMtu: 9000,
      dualStack: true,
    }),
    'host-gw, which asks nobody for another MTU': healthyCluster({
      backend: 'host-gw',
      backendMtu: 1400,
    }),
    'host-gw whose public IP is on no link': healthyCluster({ backend: 'host-gw' })
      .changeKernel('node2', 'addresses', () => [])
      .changeKernel('node2', 'subnetEnv', changed({ mtu: 1234 })),
    'host-gw whose public IP is set by hand to that of another link': healthyCluster({
      backend: 'host-gw',
    })
      .changeNode('node2', (node) => ({
        ...node,
        flannelAnnotations: {
          ...node.flannelAnnotations,
          'flannel.alpha.coreos.com/public-ip': '198.51.100.2',
          'flannel.alpha.coreos.com/public-ip-overwrite': '198.51.100.2',
        },
      }))
      .changeKernel('node2', 'links', (links) => [
        ...links,
        { ifindex: 99, name: 'eth1', up: true, mtu: 9000 },
      ])
      .changeKernel('node2', 'addresses', (addresses) => [
        ...addresses,
        { link: 'eth1', family: 4, address: '198.51.100.2', prefixLength: 24, scope: 'global' },
      ]),
    'a network in another spelling': healthyCluster().changeKernel(
      'node2',
      'subnetEnv',
      changed({ network: '10.245.0.0/15' }),
    ),
  },
  fails: {
    'the range of another node': {
      snapshot: healthyCluster().changeKernel(
        'node2',
        'subnetEnv',
        changed({ subnet: '10.244.9.1/24' }),
      ),
      findings: [
        {
          node: 'node2',
          severity: 'critical',
          breaks: 'none',
          object: 'file /run/flannel/subnet.env',
          expected: 'FLANNEL_SUBNET=10.244.2.1/24',
          observed: 'FLANNEL_SUBNET=10.244.9.1/24',
          message:
            '/run/flannel/subnet.env on node2 has another FLANNEL_SUBNET than the cluster asks for. New pods on node2 are set up by the file: they get addresses that no other node sends to node2, or packets of the wrong size.',
        },
      ],
    },
    'an MTU that BusyBox lets foretell by the link with the public IP': {
      snapshot: healthyCluster()
        .changeKernel('node2', 'links', asBusyBoxShows)
        .changeKernel('node2', 'subnetEnv', changed({ mtu: 1500 })),
      findings: [
        {
          node: 'node2',
          severity: 'critical',
          breaks: 'none',
          object: 'file /run/flannel/subnet.env',
          expected: 'FLANNEL_MTU=1450',
          observed: 'FLANNEL_MTU=1500',
          message:
            '/run/flannel/subnet.env on node2 has another FLANNEL_MTU than the cluster asks for. New pods on node2 are set up by the file: they get addresses that no other node sends to node2, or packets of the wrong size.',
        },
      ],
    },
    'another network and MTU': {
      snapshot: healthyCluster().changeKernel(
        'node2',
        'subnetEnv',
        changed({ network: '10.0.0.0/8', mtu: 1500 }),
      ),
      findings: [
        {
          node: 'node2',
          expected: 'FLANNEL_NETWORK=10.244.0.0/15 FLANNEL_MTU=1450',
          observed: 'FLANNEL_NETWORK=10.0.0.0/8 FLANNEL_MTU=1500',
        },
      ],
    },
    'host-gw with the MTU of a tunnel': {
      snapshot: healthyCluster({ backend: 'host-gw' }).changeKernel(
        'node2',
        'subnetEnv',
        changed({ mtu: 1450 }),
      ),
      findings: [{ node: 'node2', expected: 'FLANNEL_MTU=1500', observed: 'FLANNEL_MTU=1450' }],
    },
    'the MTU of the link below was raised after flannel had started': {
      snapshot: healthyCluster().changeKernel('node2', 'links', (links) =>
        links.map((link) => (link.name === 'eth0' ? { ...link, mtu: 9000 } : link)),
      ),
      findings: [
        {
          node: 'node2',
          severity: 'warning',
          expected: 'FLANNEL_MTU=8950',
          observed: 'FLANNEL_MTU=1450',
          message:
            '/run/flannel/subnet.env on node2 has a smaller FLANNEL_MTU than the link below asks for, as after its MTU was raised. Traffic flows, but new pods on node2 send smaller packets than they could.',
        },
      ],
    },
    'lines are missing': {
      snapshot: healthyCluster().changeKernel('node2', 'subnetEnv', () => ({
        network: '10.244.0.0/15',
        ipMasq: true,
      })),
      findings: [
        {
          node: 'node2',
          expected: 'FLANNEL_SUBNET=10.244.2.1/24 FLANNEL_MTU=1450',
          observed: 'no FLANNEL_SUBNET no FLANNEL_MTU',
        },
      ],
    },
    'another IPv6 range': {
      snapshot: healthyCluster({ dualStack: true }).changeKernel(
        'node2',
        'subnetEnv',
        changed({ ipv6Subnet: 'fd00:244:0:9::1/64', ipv6Network: 'fd00::/16' }),
      ),
      findings: [
        {
          node: 'node2',
          expected: 'FLANNEL_IPV6_NETWORK=fd00:244::/48 FLANNEL_IPV6_SUBNET=fd00:244:0:2::1/64',
          observed: 'FLANNEL_IPV6_NETWORK=fd00::/16 FLANNEL_IPV6_SUBNET=fd00:244:0:9::1/64',
        },
      ],
    },
    'one flannel started before the MTU was changed in net-conf': {
      snapshot: healthyCluster({ backendMtu: 1400 }).changeKernel(
        'node2',
        'subnetEnv',
        changed({ mtu: 1450 }),
      ),
      findings: [{ node: 'node2', expected: 'FLANNEL_MTU=1350', observed: 'FLANNEL_MTU=1450' }],
    },
    'a network that is no range': {
      snapshot: healthyCluster().changeKernel(
        'node2',
        'subnetEnv',
        changed({ network: 'x'.repeat(100) }),
      ),
      findings: [{ node: 'node2', observed: `FLANNEL_NETWORK=${'x'.repeat(59)}…` }],
    },
  },
  skips: {
    'the node runs Windows': {
      snapshot: healthyCluster({ windowsNodes: 1 }),
      node: 'win1',
      reason: 'The node runs windows; Linux kernel state does not exist there.',
    },
    'the file is missing': {
      snapshot: healthyCluster().changeKernel('node2', 'subnetEnv', () => null),
      node: 'node2',
      reason: '/run/flannel/subnet.env does not exist.',
    },
  },
});
