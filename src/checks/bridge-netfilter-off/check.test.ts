// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import type { Sysctls } from '#model/kernel.ts';
import { healthyCluster } from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

const IPV4 = 'net.bridge.bridge-nf-call-iptables';
const IPV6 = 'net.bridge.bridge-nf-call-ip6tables';

function changed(values: Sysctls): (sysctls: Sysctls) => Sysctls {
  return (sysctls) => ({ ...sysctls, ...values });
}

/** Without br_netfilter the kernel has no such setting. */
function unloaded(sysctls: Sysctls): Sysctls {
  return Object.fromEntries(
    Object.entries(sysctls).filter(([name]) => !name.startsWith('net.bridge.')),
  );
}

testCheck(anyCheck(check), {
  passes: {
    'three healthy nodes': healthyCluster(),
    'one node alone': healthyCluster({ nodes: 1 }),
    'both address families': healthyCluster({ dualStack: true }),
    'a custom VNI, port and MTU': healthyCluster({ vni: 4096, port: 4789, underlayMtu: 9000 }),
    'an annotation prefix of its own': healthyCluster({ annotationPrefix: 'example.com/net' }),
    'IPv6 is off in net-conf and on the bridge': healthyCluster().changeKernel(
      'node2',
      'sysctls',
      changed({ [IPV6]: 0 }),
    ),
  },
  fails: {
    'the setting is 0': {
      snapshot: healthyCluster().changeKernel('node2', 'sysctls', changed({ [IPV4]: 0 })),
      findings: [
        {
          node: 'node2',
          severity: 'critical',
          breaks: 'none',
          object: `sysctl ${IPV4}`,
          expected: `${IPV4} = 1`,
          observed: `${IPV4} = 0`,
          message:
            'node2 does not pass IPv4 packets on its bridge to iptables (net.bridge.bridge-nf-call-iptables is 0). A pod that reaches a Service by way of a pod on node2 itself gets answers from a wrong address, so such connections fail.',
        },
      ],
    },
    'both settings are 0 with both families': {
      snapshot: healthyCluster({ dualStack: true }).changeKernel(
        'node2',
        'sysctls',
        changed({ [IPV4]: 0, [IPV6]: 0 }),
      ),
      findings: [
        { node: 'node2', object: `sysctl ${IPV4}` },
        { node: 'node2', object: `sysctl ${IPV6}` },
      ],
    },
    'the module is not loaded': {
      snapshot: healthyCluster().changeKernel('node2', 'sysctls', unloaded),
      findings: [
        {
          node: 'node2',
          severity: 'critical',
          expected: `${IPV4} = 1`,
          observed: 'nothing',
          message:
            'The kernel module br_netfilter is not loaded on node2. A pod that reaches a Service by way of a pod on node2 itself gets answers from a wrong address, so such connections fail.',
        },
      ],
    },
    'the module is not loaded and IPv6 is the only family': {
      snapshot: healthyCluster({ dualStack: true })
        .changeNetConf((netConf) => ({ ...netConf, ipv4: false }))
        .changeKernel('node2', 'sysctls', unloaded),
      findings: [{ node: 'node2', object: `sysctl ${IPV6}`, observed: 'nothing' }],
    },
  },
  skips: {
    'the setting of IPv6 alone could not be read': {
      snapshot: healthyCluster({ dualStack: true }).changeKernel('node2', 'sysctls', (sysctls) =>
        Object.fromEntries(Object.entries(sysctls).filter(([name]) => name !== IPV6)),
      ),
      node: 'node2',
      reason: `The node gave no value of ${IPV6}.`,
    },
    'the node runs Windows': {
      snapshot: healthyCluster({ windowsNodes: 1 }),
      node: 'win1',
      reason: 'The node runs windows; Linux kernel state does not exist there.',
    },
    'no setting could be read': {
      snapshot: healthyCluster().changeKernel('node2', 'sysctls', () => ({})),
      node: 'node2',
      reason: 'The node gave no value of net.bridge.bridge-nf-call-iptables.',
    },
    'no bridge joins the pods': {
      snapshot: healthyCluster()
        .changeKernel('node2', 'sysctls', changed({ [IPV4]: 0 }))
        .changeKernel('node2', 'links', (links) => links.filter(({ name }) => name !== 'cni0')),
      node: 'node2',
      reason: 'The node has no cni0: no bridge joins its pods.',
    },
  },
});
