// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import { HEALTHY_CLUSTERS } from '../../../testkit/healthy-clusters.ts';
import { healthyCluster } from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

testCheck(anyCheck(check), {
  passes: {
    ...HEALTHY_CLUSTERS,
    'IPv6 forwarding is off while net-conf has IPv6 off': healthyCluster().changeKernel(
      'node2',
      'sysctls',
      (sysctls) => ({ ...sysctls, 'net.ipv6.conf.all.forwarding': 0 }),
    ),
    'IPv4 forwarding is off while net-conf has IPv4 off': healthyCluster({ dualStack: true })
      .changeNetConf((netConf) => ({ ...netConf, ipv4: false }))
      .changeKernel('node2', 'sysctls', (sysctls) => ({ ...sysctls, 'net.ipv4.ip_forward': 0 })),
  },
  fails: {
    'IPv4 forwarding is off': {
      snapshot: healthyCluster().changeKernel('node2', 'sysctls', (sysctls) => ({
        ...sysctls,
        'net.ipv4.ip_forward': 0,
      })),
      findings: [
        {
          node: 'node2',
          severity: 'critical',
          breaks: 'node',
          object: 'sysctl net.ipv4.ip_forward',
          expected: 'net.ipv4.ip_forward = 1',
          observed: 'net.ipv4.ip_forward = 0',
          message:
            'node2 does not forward IPv4 packets (net.ipv4.ip_forward is 0), so its pods reach no pod on another node, and none there reaches them.',
        },
      ],
    },
    'IPv6 forwarding is off, and nobody knows about IPv4': {
      snapshot: healthyCluster({ dualStack: true }).changeKernel('node2', 'sysctls', () => ({
        'net.ipv6.conf.all.forwarding': 0,
      })),
      findings: [{ node: 'node2', object: 'sysctl net.ipv6.conf.all.forwarding' }],
    },
  },
  skips: {
    'the node runs Windows': {
      snapshot: healthyCluster({ windowsNodes: 1 }),
      node: 'win1',
      reason: 'The node runs windows; Linux kernel state does not exist there.',
    },
    'the setting could not be read': {
      snapshot: healthyCluster().changeKernel('node2', 'sysctls', () => ({})),
      node: 'node2',
      reason: 'The node gave no value of net.ipv4.ip_forward.',
    },
  },
});
