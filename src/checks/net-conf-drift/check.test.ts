// SPDX-License-Identifier: Apache-2.0

import { expect } from 'vitest';

import { anyCheck } from '#checks/define-check.ts';
import type { NetConf } from '#model/cluster.ts';
import { healthyCluster, type SnapshotBuilder } from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

/** net-conf.json was edited, and no flannel restarted. */
function edited(change: Partial<NetConf>, builder = healthyCluster()): SnapshotBuilder {
  return builder.changeCluster('netConf', (netConf) => ({ ...netConf, ...change }));
}

function withLink(
  builder: SnapshotBuilder,
  node: string,
  change: Readonly<Record<string, unknown>>,
): SnapshotBuilder {
  return builder.changeKernel(node, 'links', (links) =>
    links.map((link) =>
      link.vxlan === undefined ? link : { ...link, vxlan: { ...link.vxlan, ...change } },
    ),
  );
}

function unread(reason: 'forbidden' | 'not-collected', ...nodes: string[]): SnapshotBuilder {
  return nodes.reduce(
    (builder, node) => builder.withoutKernel(node, undefined, reason),
    healthyCluster(),
  );
}

testCheck(anyCheck(check), {
  passes: {
    'a healthy cluster': healthyCluster(),
    'dual stack': healthyCluster({ dualStack: true }),
    'host-gw': healthyCluster({ backend: 'host-gw' }),
    'a port, a VNI and an MTU of its own': healthyCluster({ port: 4789, vni: 7, backendMtu: 1400 }),
    DirectRouting: healthyCluster({ directRouting: true }),
    'one node of three runs with another port: that node is wrong': withLink(
      healthyCluster(),
      'node2',
      { port: 4789 },
    ),
    'one of three nodes could not be read': unread('forbidden', 'node1'),
    'the file names the default port': edited({ port: 8472 }),
    'the link below shrank on every node: no setting changed': ['node1', 'node2', 'node3'].reduce(
      (builder, node) =>
        builder.changeKernel(node, 'links', (links) =>
          links.map((link) => (link.name === 'eth0' ? { ...link, mtu: 1400 } : link)),
        ),
      healthyCluster(),
    ),
    'neither of two values has a majority': withLink(
      edited({ port: 4789 }, healthyCluster({ nodes: 2 })),
      'node2',
      { port: 4789 },
    ),
  },
  fails: {
    'the VNI was edited': {
      snapshot: edited({ vni: 7 }),
      findings: [
        {
          severity: 'warning',
          breaks: 'none',
          object: 'file net-conf.json',
          expected: 'Backend.VNI 1',
          observed: 'Backend.VNI 7',
          message:
            'net-conf.json asks for Backend.VNI 7, but most nodes run with Backend.VNI 1: flanneld reads the file at its start only. The next start of a flannel pod applies it on that node alone, and cuts the node off from all that still run with the old setting.',
        },
      ],
    },
    'the port was edited': {
      snapshot: edited({ port: 4789 }),
      findings: [{ expected: 'Backend.Port 8472', observed: 'Backend.Port 4789' }],
    },
    'the port was taken out': {
      snapshot: healthyCluster({ port: 4789 }).changeCluster(
        'netConf',
        ({ port: _, ...rest }) => rest,
      ),
      findings: [{ expected: 'Backend.Port 4789', observed: 'Backend.Port 8472' }],
    },
    'the VNI was edited, and one of three flannels restarted': {
      snapshot: edited({ vni: 7 }).changeNode('node2', (node) => ({
        ...node,
        flannelAnnotations: {
          ...node.flannelAnnotations,
          'flannel.alpha.coreos.com/backend-data': '{"VNI":7,"VtepMAC":"02:00:00:00:00:02"}',
        },
      })),
      findings: [{ expected: 'Backend.VNI 1', observed: 'Backend.VNI 7' }],
    },
    'Learning was edited: no restart applies it': {
      snapshot: edited({ learning: true }),
      findings: [
        {
          message:
            'net-conf.json asks for Backend.Learning true, but the vxlan links of most nodes have Backend.Learning false. A restart of flannel leaves a link as it is: only one that is made anew, as after a reboot, gets the setting.',
        },
      ],
    },
    'the backend was edited': {
      snapshot: edited({ backendType: 'host-gw' }),
      findings: [{ expected: 'Backend.Type vxlan', observed: 'Backend.Type host-gw' }],
    },
    'the network was edited, and the pod ranges are outside of the new one': {
      snapshot: edited({ network: '10.42.0.0/16' }),
      findings: [
        {
          expected: 'Network 10.244.0.0/15',
          observed: 'Network 10.42.0.0/16',
          message:
            'net-conf.json asks for Network 10.42.0.0/16, but most nodes run with Network 10.244.0.0/15: flanneld reads the file at its start only. At the next start of its flannel pod a node whose pod range does not fit refuses to start flanneld, and from then on follows no change of the cluster.',
        },
      ],
    },
    'the network was widened, GBP and MTU were edited': {
      snapshot: edited({ network: '10.0.0.0/8', gbp: true, mtu: 1400 }),
      findings: [
        {
          expected: 'Network 10.244.0.0/15, Backend.GBP false, Backend.MTU none',
          observed: 'Network 10.0.0.0/8, Backend.GBP true, Backend.MTU 1400',
          message:
            'net-conf.json asks for Network 10.0.0.0/8, Backend.GBP true, Backend.MTU 1400, but most nodes run with Network 10.244.0.0/15, Backend.GBP false, Backend.MTU none: flanneld reads the file at its start only. The next start of a flannel pod applies it on that node alone; traffic goes on, by other rules, routes or packet sizes than elsewhere.',
        },
      ],
    },
    'the MTU was taken out': {
      snapshot: healthyCluster({ backendMtu: 1400 }).changeCluster(
        'netConf',
        ({ mtu: _, ...rest }) => rest,
      ),
      findings: [{ expected: 'Backend.MTU 1400', observed: 'Backend.MTU none' }],
    },
    'the network was changed to one without the pod ranges, and the port too': {
      snapshot: edited({ network: '10.99.0.0/16', port: 4789 }),
      findings: [
        {
          message: expect.stringMatching(/refuses to start flanneld/u) as string,
        },
      ],
    },
    'IPv6 was switched off': {
      snapshot: edited({ ipv6: false }, healthyCluster({ dualStack: true })),
      findings: [{ expected: 'EnableIPv6 true', observed: 'EnableIPv6 false' }],
    },
    'IPv6 was switched on for nodes without IPv6 ranges': {
      snapshot: edited({ ipv6: true, ipv6Network: 'fd00:244::/48' }),
      findings: [{ expected: 'EnableIPv6 false', observed: 'EnableIPv6 true' }],
    },
    'nftables was switched on': {
      snapshot: edited({ nftables: true }),
      findings: [{ expected: 'EnableNFTables false', observed: 'EnableNFTables true' }],
    },
    'DirectRouting was switched off': {
      snapshot: edited({ directRouting: false }, healthyCluster({ directRouting: true })),
      findings: [
        { expected: 'Backend.DirectRouting true', observed: 'Backend.DirectRouting false' },
      ],
    },
  },
  skips: {
    'k3s, where most links have another port than it writes': {
      snapshot: withLink(withLink(edited({ announced: true }), 'node1', { port: 1 }), 'node2', {
        port: 1,
      }),
      reason: 'Flannel runs inside k3s, which writes net-conf.json anew at each start.',
    },
    'k3s, where most nodes could not be read': {
      snapshot: edited({ announced: true }, unread('forbidden', 'node1', 'node2')),
      reason: 'Flannel runs inside k3s, which writes net-conf.json anew at each start.',
    },
    'two of four nodes were selected': {
      snapshot: healthyCluster({ nodes: 4 })
        .withoutKernel('node3', undefined, 'not-collected')
        .withoutKernel('node4', undefined, 'not-collected'),
      reason: 'Too few nodes were selected to tell what most nodes run with.',
    },
    'one of three nodes was selected': {
      snapshot: unread('not-collected', 'node1', 'node3'),
      reason: 'Too few nodes were selected to tell what most nodes run with.',
    },
  },
});
