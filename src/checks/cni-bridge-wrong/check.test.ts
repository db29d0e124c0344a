// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import type { LinkAddress } from '#model/kernel.ts';
import { healthyCluster } from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

type Addresses = readonly LinkAddress[];

function bridgeAddress(fields: Partial<LinkAddress>): (addresses: Addresses) => Addresses {
  return (addresses) =>
    addresses.map((address) => (address.link === 'cni0' ? { ...address, ...fields } : address));
}

function withIpv6(address: string, scope = 'global'): (addresses: Addresses) => Addresses {
  return (addresses) => [
    ...addresses,
    { link: 'cni0', family: 6, address, prefixLength: 64, scope },
  ];
}

function withoutBridge(addresses: Addresses): Addresses {
  return addresses.filter(({ link }) => link !== 'cni0');
}

testCheck(anyCheck(check), {
  passes: {
    'three healthy nodes': healthyCluster(),
    'one node alone': healthyCluster({ nodes: 1 }),
    'both address families': healthyCluster({ dualStack: true }),
    'a custom VNI, port and MTU': healthyCluster({ vni: 4096, port: 4789, underlayMtu: 9000 }),
    'an annotation prefix of its own': healthyCluster({ annotationPrefix: 'example.com/net' }),
    DirectRouting: healthyCluster({ nodes: 4, directRouting: true }),
    'no pod has run yet, so there is no bridge': healthyCluster()
      .changeKernel('node2', 'links', (links) => links.filter(({ name }) => name !== 'cni0'))
      .changeKernel('node2', 'addresses', withoutBridge),
    'the bridge has its IPv6 address too': healthyCluster({ dualStack: true }).changeKernel(
      'node2',
      'addresses',
      withIpv6('fd00:244:0:2::1'),
    ),
    'the bridge has a link-local address': healthyCluster({ dualStack: true }).changeKernel(
      'node2',
      'addresses',
      withIpv6('fe80::1', 'link'),
    ),
  },
  fails: {
    'the bridge is one of an earlier pod range': {
      snapshot: healthyCluster().changeKernel(
        'node2',
        'addresses',
        bridgeAddress({ address: '10.244.9.1' }),
      ),
      findings: [
        {
          node: 'node2',
          severity: 'critical',
          breaks: 'none',
          expected: '10.244.2.1/24 dev cni0',
          observed: '10.244.9.1/24 dev cni0',
          message:
            'cni0 on node2 has 10.244.9.1/24 where the pod range of node2 asks for 10.244.2.1/24. New pods on node2 do not start: the CNI plugin refuses a bridge with another address.',
        },
      ],
    },
    'the bridge has another prefix length': {
      snapshot: healthyCluster().changeKernel(
        'node2',
        'addresses',
        bridgeAddress({ prefixLength: 16 }),
      ),
      findings: [{ node: 'node2', observed: '10.244.2.1/16 dev cni0' }],
    },
    'the bridge has no address': {
      snapshot: healthyCluster().changeKernel('node2', 'addresses', withoutBridge),
      findings: [
        {
          node: 'node2',
          severity: 'critical',
          observed: 'nothing',
          message:
            'cni0 on node2 has no IPv4 address, so pods on node2 have no gateway and reach nothing outside the node.',
        },
      ],
    },
    'the IPv6 address is one of an earlier pod range': {
      snapshot: healthyCluster({ dualStack: true }).changeKernel(
        'node2',
        'addresses',
        withIpv6('fd00:244:0:9::1'),
      ),
      findings: [{ node: 'node2', expected: 'fd00:244:0:2::1/64 dev cni0' }],
    },
  },
  skips: {
    'the node runs Windows': {
      snapshot: healthyCluster({ windowsNodes: 1 }),
      node: 'win1',
      reason: 'The node runs windows; Linux kernel state does not exist there.',
    },
    'the node has no pod range': {
      snapshot: healthyCluster().changeNode('node2', (node) => ({ ...node, podCIDRs: [] })),
      node: 'node2',
      reason: 'The node has no pod range to compare with.',
    },
  },
});
