// SPDX-License-Identifier: Apache-2.0

import { anyRemedy } from '#remedies/define-remedy.ts';
import { healthyCluster, type SnapshotBuilder } from '../../../testkit/snapshot-builder.ts';
import { testRemedy } from '../../../testkit/test-remedy.ts';
import { remedy } from './remedy.ts';

function withSysctl(name: string, value: number): SnapshotBuilder {
  return healthyCluster().changeKernel('node2', 'sysctls', (all) => ({ ...all, [name]: value }));
}

/** The settings come with the module. */
function withoutBridgeNetfilter(): SnapshotBuilder {
  return healthyCluster().changeKernel('node2', 'sysctls', (all) =>
    Object.fromEntries(Object.entries(all).filter(([name]) => !name.startsWith('net.bridge.'))),
  );
}

function onTalos(builder: SnapshotBuilder): SnapshotBuilder {
  return builder.changeNode('node2', (node) => ({ ...node, osImage: 'Talos (v1.11.2)' }));
}

const FORWARD = 'net.ipv4.ip_forward';
const CALLS = 'net.bridge.bridge-nf-call-iptables';

testRemedy(anyRemedy(remedy), {
  treats: {},
  declines: {},
  manual: {
    'IPv4 is not forwarded': {
      snapshot: withSysctl(FORWARD, 0),
      lines: [
        'sysctl -w net.ipv4.ip_forward=1',
        "echo 'net.ipv4.ip_forward = 1' >> /etc/sysctl.d/90-flannel.conf",
      ],
    },
    'the bridge bypasses iptables': {
      snapshot: withSysctl(CALLS, 0),
      lines: [`sysctl -w ${CALLS}=1`, `echo '${CALLS} = 1' >> /etc/sysctl.d/90-flannel.conf`],
    },
    'the module is not loaded': {
      snapshot: withoutBridgeNetfilter(),
      lines: [
        'modprobe br_netfilter',
        'echo br_netfilter > /etc/modules-load.d/90-flannel.conf',
        `sysctl -w ${CALLS}=1`,
        `echo '${CALLS} = 1' >> /etc/sysctl.d/90-flannel.conf`,
      ],
    },
    'IPv4 is not forwarded on Talos': {
      snapshot: onTalos(withSysctl(FORWARD, 0)),
      lines: [
        'machine:',
        '  sysctls:',
        '    net.ipv4.ip_forward: "1"',
        '# then:',
        '# talosctl -n 192.0.2.2 patch machineconfig --mode no-reboot --patch @sysctl.yaml',
      ],
    },
    'the reverse path filter is strict': {
      snapshot: withSysctl('net.ipv4.conf.flannel/1.rp_filter', 1).changeKernel(
        'node2',
        'routes',
        (routes) =>
          routes.map((route) =>
            route.dst === '10.244.3.0/24'
              ? { ...route, link: 'vx-submariner', gateway: '172.16.0.9', onlink: false }
              : route,
          ),
      ),
      lines: [
        'sysctl -w net.ipv4.conf.all.rp_filter=2',
        "echo 'net.ipv4.conf.all.rp_filter = 2' >> /etc/sysctl.d/90-flannel.conf",
      ],
    },
  },
});
