// SPDX-License-Identifier: Apache-2.0

import { anyRemedy } from '#remedies/define-remedy.ts';
import { changeProbe, doesNotAsk, overlayLost, pingOf } from '../../../testkit/healthy-probes.ts';
import { healthyCluster, type SnapshotBuilder } from '../../../testkit/snapshot-builder.ts';
import { testRemedy } from '../../../testkit/test-remedy.ts';
import { remedy } from './remedy.ts';

function onPlatform(osImage: string): SnapshotBuilder {
  return healthyCluster({ port: 4789 }).changeCluster('nodes', (nodes) =>
    nodes.map((node) => ({ ...node, osImage })),
  );
}

/** Nothing of the overlay gets to or from node2. */
function cut(builder: SnapshotBuilder): SnapshotBuilder {
  return builder
    .changeKernel('node2', 'probes', changeProbe('node3', overlayLost))
    .changeKernel('node2', 'probes', changeProbe('node1', overlayLost))
    .changeKernel('node2', 'probes', (probes) => ({ ...probes, dns: [] }))
    .changeKernel('node1', 'probes', doesNotAsk('node2'))
    .changeKernel('node3', 'probes', doesNotAsk('node2'));
}

function lossy(underlay: number, again = 40): SnapshotBuilder {
  return healthyCluster().changeKernel(
    'node2',
    'probes',
    changeProbe('node3', (probe) => ({
      ...probe,
      overlayPing: pingOf(20, 14),
      overlayAgain: pingOf(40, 28),
      underlayPing: pingOf(3, underlay),
      underlayAgain: pingOf(40, again),
    })),
  );
}

const LINUX = (port: string): readonly string[] => [
  '# each line that these two print deletes one rule that drops it: read it, then run it with sudo',
  `sudo nft -a list ruleset | awk '/^table/{f=$2;t=$3} $1=="chain"{c=$2} /udp dport ${port} .*drop/{print "nft delete rule",f,t,c,"handle",$NF}'`,
  `sudo iptables -S | awk '/ -p udp .*--dport ${port} .*-j (DROP|REJECT)/{sub(/^-A/,"-D");print "iptables -w",$0}'`,
  '# and for good, in the firewall that is in charge:',
  `command -v ufw >/dev/null && sudo ufw allow ${port}/udp`,
  `command -v firewall-cmd >/dev/null && sudo firewall-cmd --permanent --add-port=${port}/udp && sudo firewall-cmd --reload`,
  `# in a cloud: allow UDP ${port} between all nodes in their security group`,
];

const TALOS: readonly string[] = [
  "cat > selvage-vxlan.yaml <<'EOF'",
  'apiVersion: v1alpha1',
  'kind: NetworkRuleConfig',
  'name: flannel-vxlan',
  'portSelector:',
  '  ports: [4789]',
  '  protocol: udp',
  'ingress:',
  '  - subnet: 192.0.2.1/32',
  '  - subnet: 192.0.2.2/32',
  '  - subnet: 192.0.2.3/32',
  'EOF',
  'talosctl -n 192.0.2.2 patch machineconfig --patch @selvage-vxlan.yaml',
  '# in a cloud: allow UDP 4789 between all nodes in their security group',
];

const DIRECT: readonly string[] = [
  '# in a cloud: switch off the source/destination check of the instance and let its security group pass the pod network',
  '# in a hypervisor: switch off MAC and IP anti-spoofing for its port',
  'sudo nft -a list ruleset | grep -nw drop',
  'sudo iptables -S | grep -E -- "-j (DROP|REJECT)"',
];

testRemedy(anyRemedy(remedy), {
  treats: {},
  declines: {
    'the network below loses packets as well': { snapshot: lossy(2, 30), reason: /Not only/ },
  },
  manual: {
    'one node that nothing gets to': {
      snapshot: cut(healthyCluster()),
      lines: [...LINUX('8472'), ...LINUX('8472')],
    },
    'the same on Talos, with the port of its net-conf': {
      snapshot: cut(onPlatform('Talos (v1.11.2)')),
      lines: [...TALOS, ...TALOS],
    },
    'packets of the tunnel get lost': { snapshot: lossy(3), lines: LINUX('8472') },
    'a backend without a tunnel': {
      snapshot: healthyCluster({ backend: 'host-gw' }).changeKernel(
        'node2',
        'probes',
        changeProbe('node3', overlayLost),
      ),
      lines: DIRECT,
    },
  },
});
