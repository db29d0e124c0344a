// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import type { LinkAddress } from '#model/kernel.ts';
import { HEALTHY_CLUSTERS } from '../../../testkit/healthy-clusters.ts';
import { type SnapshotBuilder, healthyCluster } from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

/** Changes the addresses of node2. */
function addressed(
  builder: SnapshotBuilder,
  change: (addresses: readonly LinkAddress[]) => readonly LinkAddress[],
): SnapshotBuilder {
  return builder.changeKernel('node2', 'addresses', change);
}

function on(link: string, address: string, prefixLength: number, scope = 'global'): LinkAddress {
  return { link, family: address.includes(':') ? 6 : 4, address, prefixLength, scope };
}

function without(link: string): (addresses: readonly LinkAddress[]) => readonly LinkAddress[] {
  return (addresses) => addresses.filter((each) => each.link !== link);
}

/** node2 without the routes of a link, as the kernel leaves it when the last address goes. */
function flushed(builder: SnapshotBuilder): SnapshotBuilder {
  return addressed(builder, without('flannel.1')).changeKernel('node2', 'routes', (routes) =>
    routes.filter(({ link }) => link !== 'flannel.1'),
  );
}

testCheck(anyCheck(check), {
  passes: {
    ...HEALTHY_CLUSTERS,
    'two hundred nodes': healthyCluster({ nodes: 200 }),
    'an address of somebody else, which flannel leaves alone': addressed(
      healthyCluster(),
      (addresses) => [...addresses, on('flannel.1', '169.254.7.7', 32)],
    ),
    'a link-local IPv6 address': addressed(healthyCluster({ dualStack: true }), (addresses) => [
      ...addresses,
      on('flannel-v6.1', 'fe80::1', 64, 'link'),
    ]),
  },
  fails: {
    'the address is gone, and the routes with it': {
      snapshot: flushed(healthyCluster()),
      findings: [
        {
          node: 'node2',
          severity: 'critical',
          breaks: 'node',
          object: 'address of flannel.1',
          expected: '10.244.2.0/32 dev flannel.1',
          observed: 'nothing',
          message:
            'flannel.1 on node2 has lost its address 10.244.2.0/32, and the kernel dropped every route through flannel.1 with it, so its pods reach no pod on another node.',
        },
      ],
    },
    'the address is gone, the routes are back': {
      snapshot: addressed(healthyCluster(), without('flannel.1')),
      findings: [
        {
          node: 'node2',
          severity: 'warning',
          breaks: 'none',
          message:
            'flannel.1 on node2 does not have its address 10.244.2.0/32. The routes through it are there, so traffic between pods may flow, but node2 itself speaks from a wrong address.',
        },
      ],
    },
    'the address is gone where there are no peers': {
      snapshot: healthyCluster({ nodes: 1 }).changeKernel(
        'node1',
        'addresses',
        without('flannel.1'),
      ),
      findings: [{ node: 'node1', severity: 'warning', breaks: 'none' }],
    },
    'the address is gone where peers are reached directly': {
      snapshot: addressed(
        healthyCluster({ nodes: 2, directRouting: true }),
        without('flannel.1'),
      ).changeKernel('node2', 'routes', (routes) =>
        routes.filter(({ link }) => link !== 'flannel.1'),
      ),
      findings: [{ node: 'node2', severity: 'warning', breaks: 'none' }],
    },
    'the address of an earlier pod range is in its place': {
      snapshot: addressed(healthyCluster(), (addresses) => [
        ...without('flannel.1')(addresses),
        on('flannel.1', '10.244.9.0', 32),
      ]),
      findings: [{ node: 'node2', severity: 'warning', observed: '10.244.9.0/32 dev flannel.1' }],
    },
    'the prefix is too short': {
      snapshot: addressed(healthyCluster(), (addresses) => [
        ...without('flannel.1')(addresses),
        on('flannel.1', '10.244.2.0', 16),
      ]),
      findings: [{ node: 'node2', severity: 'warning', observed: '10.244.2.0/16 dev flannel.1' }],
    },
    'an address of an earlier pod range is left beside the right one': {
      snapshot: addressed(healthyCluster(), (addresses) => [
        ...addresses,
        on('flannel.1', '10.244.9.0', 32),
      ]),
      findings: [
        {
          node: 'node2',
          severity: 'warning',
          breaks: 'none',
          observed: '10.244.2.0/32, 10.244.9.0/32 dev flannel.1',
          message:
            'flannel.1 on node2 has addresses beside its own 10.244.2.0/32. Pods are not touched, but node2 itself may speak from the wrong one.',
        },
      ],
    },
    'the IPv6 address is gone, which takes no route along': {
      snapshot: addressed(healthyCluster({ dualStack: true }), without('flannel-v6.1')),
      findings: [
        {
          node: 'node2',
          severity: 'warning',
          expected: 'fd00:244:0:2::/128 dev flannel-v6.1',
          observed: 'nothing',
        },
      ],
    },
  },
  skips: {
    'k3s, no server of which tells the network': {
      snapshot: healthyCluster().changeNetConf(({ network: _, ...netConf }) => ({
        ...netConf,
        announced: true,
      })),
      node: 'node1',
      reason: 'Flannel runs inside k3s, and no server of it tells the pod network.',
    },
    'the link is gone': {
      snapshot: healthyCluster().changeKernel('node2', 'links', (links) =>
        links.filter(({ name }) => name !== 'flannel.1'),
      ),
      node: 'node2',
      reason: 'flannel.1 does not exist.',
    },
    'the node has no pod range': {
      snapshot: healthyCluster().changeNode('node2', (node) => ({ ...node, podCIDRs: [] })),
      node: 'node2',
      reason: 'No pod range is assigned.',
    },
    'the backend is another one': {
      snapshot: healthyCluster().changeNetConf((netConf) => ({
        ...netConf,
        backendType: 'host-gw',
      })),
      node: 'node1',
      reason: 'The backend is host-gw, not vxlan.',
    },
    'the node runs Windows': {
      snapshot: healthyCluster({ windowsNodes: 1 }),
      node: 'win1',
      reason: 'The node runs windows; Linux kernel state does not exist there.',
    },
  },
});
