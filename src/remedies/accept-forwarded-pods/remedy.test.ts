// SPDX-License-Identifier: Apache-2.0

import { anyRemedy } from '#remedies/define-remedy.ts';
import type { PacketRule } from '#model/kernel.ts';
import { healthyCluster, type SnapshotBuilder } from '../../../testkit/snapshot-builder.ts';
import { testRemedy } from '../../../testkit/test-remedy.ts';
import { remedy } from './remedy.ts';

function dropping(): SnapshotBuilder {
  const other: PacketRule = {
    chain: 'FORWARD',
    conditions: '',
    source: '172.16.0.0/12',
    target: 'DROP',
  };
  const rule: PacketRule = { chain: 'FORWARD', conditions: '', target: 'DROP' };
  const elsewhere: PacketRule = { chain: 'FLANNEL-FWD', conditions: '', target: 'ACCEPT' };
  return healthyCluster().changeKernel('node2', 'filterRules', (filter) => ({
    ...filter,
    rules: [elsewhere, other, rule, ...filter.rules],
  }));
}

const LASTING =
  '# whoever wrote it (Docker, ufw, firewalld, a script at boot) writes it again: end that there';

const ACCEPTED: readonly string[] = [
  'sudo iptables -w -I FORWARD 1 -s 10.244.0.0/15 -j ACCEPT',
  'sudo iptables -w -I FORWARD 2 -d 10.244.0.0/15 -j ACCEPT',
  LASTING,
];

testRemedy(anyRemedy(remedy), {
  treats: {},
  declines: {},
  manual: {
    'a rule, told by its number in the chain': {
      snapshot: dropping(),
      lines: [
        'sudo iptables -w -S FORWARD 2   # is this the one that drops? then:',
        'sudo iptables -w -D FORWARD 2',
        LASTING,
      ],
    },
    'a policy that drops': {
      snapshot: healthyCluster().changeKernel('node2', 'filterRules', ({ rules }) => ({
        policy: 'DROP',
        rules: rules.filter(({ chain }) => chain === 'FORWARD'),
      })),
      lines: ACCEPTED,
    },
    Talos: {
      snapshot: dropping().changeNode('node2', (node) => ({
        ...node,
        osImage: 'Talos (v1.11.2)',
      })),
      lines: [
        '# Talos writes no such rule: a pod with the network of the host did. Stop it, then:',
        'talosctl -n 192.0.2.2 reboot',
      ],
    },
  },
});
