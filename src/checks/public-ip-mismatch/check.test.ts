// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import type { NodeObject } from '#model/cluster.ts';
import { HEALTHY_CLUSTERS } from '../../../testkit/healthy-clusters.ts';
import { healthyCluster } from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

/** Changes one annotation of a node; undefined removes it. */
function annotated(suffix: string, value: string | undefined): (node: NodeObject) => NodeObject {
  return (node) => ({
    ...node,
    flannelAnnotations: Object.fromEntries(
      Object.entries({
        ...node.flannelAnnotations,
        [`flannel.alpha.coreos.com/${suffix}`]: value,
      }).flatMap(([key, text]) => (text === undefined ? [] : [[key, text]])),
    ),
  });
}

const FALSE_IP = '203.0.113.9';

testCheck(anyCheck(check), {
  passes: {
    ...HEALTHY_CLUSTERS,
    'two hundred nodes': healthyCluster({ nodes: 200 }),
    'host-gw with both address families': healthyCluster({ backend: 'host-gw', dualStack: true }),
    'an own address that is not that of the vxlan link': healthyCluster()
      .changeNode('node2', annotated('public-ip', '10.9.9.2'))
      .changeKernel('node2', 'addresses', (addresses) => [
        ...addresses,
        { link: 'eth1', family: 4, address: '10.9.9.2', prefixLength: 24, scope: 'global' },
      ]),
    'an external address that only the Node object knows': healthyCluster()
      .changeNode('node2', annotated('public-ip', FALSE_IP))
      .changeNode('node2', (node) => ({ ...node, externalIPs: [FALSE_IP] })),
    'the source address of the vxlan link alone': healthyCluster()
      .changeNode('node2', annotated('public-ip', '10.9.9.2'))
      .changeKernel('node2', 'links', (links) =>
        links.map((link) =>
          link.vxlan === undefined
            ? link
            : { ...link, vxlan: { ...link.vxlan, local: '10.9.9.2' } },
        ),
      ),
    'an IPv6 leftover while net-conf has IPv6 off': healthyCluster()
      .changeNode('node2', annotated('public-ipv6', '2001:db8:ffff::9'))
      .changeNode('node2', (node) => ({
        ...node,
        podCIDRs: [...node.podCIDRs, 'fd00:244:0:2::/64'],
      })),
  },
  fails: {
    'host-gw beside a vxlan link that was left behind': {
      snapshot: healthyCluster()
        .changeNetConf((netConf) => ({ ...netConf, backendType: 'host-gw' }))
        .changeNode('node2', annotated('public-ip', FALSE_IP))
        .changeKernel('node2', 'links', (links) =>
          links.map((link) =>
            link.vxlan === undefined
              ? link
              : { ...link, vxlan: { ...link.vxlan, local: FALSE_IP } },
          ),
        ),
      findings: [
        {
          node: 'node2',
          severity: 'critical',
          breaks: 'node',
          expected: 'public-ip: 192.0.2.2',
          observed: `public-ip: ${FALSE_IP}`,
        },
      ],
    },
    'an address of no node': {
      snapshot: healthyCluster().changeNode('node2', annotated('public-ip', FALSE_IP)),
      findings: [
        {
          node: 'node2',
          severity: 'critical',
          breaks: 'node',
          object: 'annotation flannel.alpha.coreos.com/public-ip',
          expected: 'public-ip: 192.0.2.2',
          observed: 'public-ip: 203.0.113.9',
          message:
            'The annotation public-ip of node2 is 203.0.113.9, which is no address of node2. The other nodes send packets for its pods there, so they do not arrive.',
        },
      ],
    },
    'the address of a peer, while the vxlan link is gone': {
      snapshot: healthyCluster()
        .changeNode('node2', annotated('public-ip', '192.0.2.3'))
        .changeKernel('node2', 'links', (links) => links.filter(({ kind }) => kind !== 'vxlan')),
      findings: [
        { node: 'node2', expected: 'public-ip: 192.0.2.2', observed: 'public-ip: 192.0.2.3' },
      ],
    },
    'a foreign IPv6 address': {
      snapshot: healthyCluster({ dualStack: true }).changeNode(
        'node1',
        annotated('public-ipv6', '2001:db8:ffff::9'),
      ),
      findings: [{ node: 'node1', object: 'annotation flannel.alpha.coreos.com/public-ipv6' }],
    },
    'another address than the administrator asked for': {
      snapshot: healthyCluster()
        .changeNode('node2', annotated('public-ip', FALSE_IP))
        .changeNode('node2', annotated('public-ip-overwrite', '203.0.113.10')),
      findings: [{ node: 'node2' }],
    },
    'one family by hand, the other one wrong': {
      snapshot: healthyCluster({ dualStack: true })
        .changeNode('node2', annotated('public-ip', FALSE_IP))
        .changeNode('node2', annotated('public-ip-overwrite', FALSE_IP))
        .changeNode('node2', annotated('public-ipv6', '2001:db8:ffff::9')),
      findings: [{ node: 'node2', observed: 'public-ipv6: 2001:db8:ffff::9' }],
    },
  },
  skips: {
    'the node runs Windows': {
      snapshot: healthyCluster({ windowsNodes: 1 }),
      node: 'win1',
      reason: 'The node runs windows; Linux kernel state does not exist there.',
    },
    'a flag names the public IP': {
      snapshot: healthyCluster()
        .changeNode('node2', annotated('public-ip', FALSE_IP))
        .changeCluster('flannel', (flannel) => ({ ...flannel, publicIpFlag: true })),
      node: 'node2',
      reason: 'flanneld was told by a flag which public IP to announce.',
    },
    'the overwrite annotation names the public IP': {
      snapshot: healthyCluster()
        .changeNode('node2', annotated('public-ip', FALSE_IP))
        .changeNode('node2', annotated('public-ip-overwrite', FALSE_IP)),
      node: 'node2',
      reason: 'An annotation set by hand says which public IP to announce.',
    },
    'the node annotation names the public IP': {
      snapshot: healthyCluster()
        .changeNode('node2', annotated('public-ip', FALSE_IP))
        .changeNode('node2', annotated('node-public-ip', FALSE_IP)),
      node: 'node2',
      reason: 'An annotation set by hand says which public IP to announce.',
    },
    'the annotation is unreadable': {
      snapshot: healthyCluster().changeNode('node2', annotated('public-ip', 'node2.example')),
      node: 'node2',
      reason: 'The node announces no readable public IP.',
    },
  },
});
