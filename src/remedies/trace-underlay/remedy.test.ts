// SPDX-License-Identifier: Apache-2.0

import { anyRemedy } from '#remedies/define-remedy.ts';
import { allLost, changeProbe, doesNotAsk, pingOf } from '../../../testkit/healthy-probes.ts';
import { healthyCluster, type SnapshotBuilder } from '../../../testkit/snapshot-builder.ts';
import { testRemedy } from '../../../testkit/test-remedy.ts';
import { remedy } from './remedy.ts';

function dead(): SnapshotBuilder {
  return healthyCluster()
    .changeKernel('node2', 'probes', changeProbe('node3', allLost))
    .changeKernel('node3', 'probes', doesNotAsk('node2'));
}

const LINUX: readonly string[] = [
  '# does node3 answer, and which way do packets take?',
  'ping -c 20 -i 0.2 192.0.2.3',
  'ip route get 192.0.2.3',
  'tracepath -n 192.0.2.3',
  '# do interfaces count errors or drops? then: cable, port, driver',
  'ip -s link',
  '# does a packet filter drop them? on both nodes:',
  'sudo nft list ruleset | grep -nw drop',
  '# is node3 itself down? then start it; nothing has to be done to Flannel afterwards',
];

testRemedy(anyRemedy(remedy), {
  treats: {},
  declines: {},
  manual: {
    'nothing comes back by either way': { snapshot: dead(), lines: LINUX },
    'packets get lost': {
      snapshot: healthyCluster().changeKernel(
        'node2',
        'probes',
        changeProbe('node3', (probe) => ({
          ...probe,
          overlayPing: pingOf(20, 14),
          overlayAgain: pingOf(40, 28),
          underlayPing: pingOf(3, 2),
          underlayAgain: pingOf(40, 30),
        })),
      ),
      lines: LINUX,
    },
    Talos: {
      snapshot: dead().changeNode('node2', (node) => ({ ...node, osImage: 'Talos (v1.11.2)' })),
      lines: [
        '# does node3 answer? if not, start it; nothing has to be done to Flannel afterwards',
        'talosctl -n 192.0.2.3 version',
        '# do interfaces of node2 count errors or drops? then: cable, port, driver',
        'talosctl -n 192.0.2.2 get links',
        'talosctl -n 192.0.2.2 read /proc/net/dev',
        'talosctl -n 192.0.2.2 get routes',
        '# does its firewall drop them?',
        'talosctl -n 192.0.2.2 get nftableschain -o yaml',
      ],
    },
  },
});
