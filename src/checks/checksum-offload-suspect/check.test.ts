// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import type { IpFamily, UdpCounters } from '#model/kernel.ts';
import { healthyCluster } from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

function counters(
  inDatagrams: number,
  inCsumErrors: number,
  family: IpFamily = 4,
): () => readonly UdpCounters[] {
  return () => [{ family, inDatagrams, inCsumErrors }];
}

const UNEXPLAINED =
  'node2 has dropped 500 of 10000 UDP datagrams since it started, because their checksum was wrong. VXLAN packets are UDP: a virtual network card that a node sends through may compute their checksums wrongly. The counter does not tell whose datagrams they were: this is a suspicion.';

testCheck(anyCheck(check), {
  passes: {
    'three healthy nodes': healthyCluster(),
    'one node alone': healthyCluster({ nodes: 1 }),
    'both address families': healthyCluster({ dualStack: true }),
    'a custom VNI, port and MTU': healthyCluster({ vni: 4096, port: 4789, underlayMtu: 9000 }),
    'a node that got no datagram yet': healthyCluster().changeKernel(
      'node2',
      'udpCounters',
      counters(0, 0),
    ),
    'a few of few': healthyCluster().changeKernel('node2', 'udpCounters', counters(101, 99)),
    'many of very many': healthyCluster().changeKernel(
      'node2',
      'udpCounters',
      counters(990_100, 9900),
    ),
    'a family that flannel does not use': healthyCluster().changeKernel(
      'node2',
      'udpCounters',
      () => [
        { family: 4, inDatagrams: 1000, inCsumErrors: 0 },
        { family: 6, inDatagrams: 1000, inCsumErrors: 1000 },
      ],
    ),
    'old kernels, and no error': healthyCluster().changeNode('node1', (node) => ({
      ...node,
      kernelVersion: '4.18.0-553.el8_10.x86_64',
    })),
  },
  fails: {
    'one in twenty datagrams': {
      snapshot: healthyCluster().changeKernel('node2', 'udpCounters', counters(9500, 500)),
      findings: [
        {
          node: 'node2',
          severity: 'warning',
          breaks: 'none',
          object: 'counter UdpInCsumErrors',
          expected: 'less than 100',
          observed: '500',
          message: UNEXPLAINED,
        },
      ],
    },
    'one in a hundred': {
      snapshot: healthyCluster().changeKernel('node2', 'udpCounters', counters(990_000, 10_000)),
      findings: [{ node: 'node2', expected: 'less than 10000', observed: '10000' }],
    },
    'every datagram': {
      snapshot: healthyCluster().changeKernel('node2', 'udpCounters', counters(0, 100)),
      findings: [{ node: 'node2', observed: '100' }],
    },
    'another node has a kernel older than 5.7': {
      snapshot: healthyCluster()
        .changeKernel('node2', 'udpCounters', counters(9500, 500))
        .changeNode('node1', (node) => ({ ...node, kernelVersion: '5.6.19-300.fc32.x86_64' }))
        .changeNode('node3', (node) => ({ ...node, kernelVersion: '5.7.0-1-amd64' })),
      findings: [
        {
          node: 'node2',
          message:
            'node2 has dropped 500 of 10000 UDP datagrams since it started, because their checksum was wrong. VXLAN packets are UDP, and the kernel of node1 is older than 5.7: such kernels are known to send masqueraded VXLAN packets with a wrong checksum. The counter does not tell whose datagrams they were: this is a suspicion.',
        },
      ],
    },
    'only its own kernel is old': {
      snapshot: healthyCluster()
        .changeKernel('node2', 'udpCounters', counters(9500, 500))
        .changeNode('node2', (node) => ({ ...node, kernelVersion: '4.18.0-553.el8_10.x86_64' })),
      findings: [{ node: 'node2', message: UNEXPLAINED }],
    },
    'IPv6 packets of nodes with both families': {
      snapshot: healthyCluster({ dualStack: true }).changeKernel(
        'node2',
        'udpCounters',
        counters(9500, 500, 6),
      ),
      findings: [{ node: 'node2', object: 'counter Udp6InCsumErrors' }],
    },
  },
  skips: {
    'the node runs Windows': {
      snapshot: healthyCluster({ windowsNodes: 1 }),
      node: 'win1',
      reason: 'The node runs windows; Linux kernel state does not exist there.',
    },
    'the backend is host-gw': {
      snapshot: healthyCluster({ backend: 'host-gw' }),
      node: 'node2',
      reason: 'The backend is host-gw, not vxlan.',
    },
    'the kernel does not count them': {
      snapshot: healthyCluster().changeKernel('node2', 'udpCounters', () => []),
      node: 'node2',
      reason: 'The kernel gave no counters of UDP.',
    },
  },
});
