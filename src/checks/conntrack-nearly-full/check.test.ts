// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import type { Sysctls } from '#model/kernel.ts';
import { healthyCluster } from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

function table(count: number, max: number): (sysctls: Sysctls) => Sysctls {
  return (sysctls) => ({
    ...sysctls,
    'net.netfilter.nf_conntrack_count': count,
    'net.netfilter.nf_conntrack_max': max,
  });
}

testCheck(anyCheck(check), {
  passes: {
    'three healthy nodes': healthyCluster(),
    'one node alone': healthyCluster({ nodes: 1 }),
    'both address families': healthyCluster({ dualStack: true }),
    'one entry under nine tenths': healthyCluster().changeKernel(
      'node2',
      'sysctls',
      table(899, 1000),
    ),
    'no limit': healthyCluster().changeKernel('node2', 'sysctls', table(899, 0)),
  },
  fails: {
    'nine tenths are used': {
      snapshot: healthyCluster().changeKernel('node2', 'sysctls', table(235_930, 262_144)),
      findings: [
        {
          node: 'node2',
          severity: 'warning',
          breaks: 'none',
          expected: 'net.netfilter.nf_conntrack_count < 235930',
          observed: 'net.netfilter.nf_conntrack_count = 235930',
          message:
            'node2 tracks 235930 of at most 262144 connections (90 %). Once the table is full, node2 drops the first packet of every new connection, so connections and DNS queries fail at random.',
        },
      ],
    },
    'the table is full': {
      snapshot: healthyCluster().changeKernel('node2', 'sysctls', table(1000, 1000)),
      findings: [{ node: 'node2', observed: 'net.netfilter.nf_conntrack_count = 1000' }],
    },
  },
  skips: {
    'the node runs Windows': {
      snapshot: healthyCluster({ windowsNodes: 1 }),
      node: 'win1',
      reason: 'The node runs windows; Linux kernel state does not exist there.',
    },
    'the kernel tracks no connections': {
      snapshot: healthyCluster().changeKernel('node2', 'sysctls', () => ({})),
      node: 'node2',
      reason: 'The node gave no value of net.netfilter.nf_conntrack_count.',
    },
  },
});
