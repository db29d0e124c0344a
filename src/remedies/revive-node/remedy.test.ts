// SPDX-License-Identifier: Apache-2.0

import { anyRemedy } from '#remedies/define-remedy.ts';
import { healthyCluster, type SnapshotBuilder } from '../../../testkit/snapshot-builder.ts';
import { testRemedy } from '../../../testkit/test-remedy.ts';
import { remedy } from './remedy.ts';

function silent(kubeletVersion: string, osImage = 'Debian'): SnapshotBuilder {
  return healthyCluster().changeNode('node2', (node) => ({
    ...node,
    kubeletVersion,
    osImage,
    conditions: [{ type: 'Ready', status: 'Unknown' }],
  }));
}

const KEPT = '# Flannel keeps its entries about the node and finds its own at the start';

function restarted(unit: string): readonly string[] {
  return [
    '# no answer at 192.0.2.2: start the machine, that is all',
    `sudo systemctl status ${unit} --no-pager`,
    `sudo journalctl -u ${unit} -n 50 --no-pager`,
    'df -h / /var; free -m',
    `sudo systemctl restart ${unit}`,
    KEPT,
  ];
}

testRemedy(anyRemedy(remedy), {
  treats: {},
  declines: {},
  manual: {
    kubeadm: { snapshot: silent('v1.34.4'), lines: restarted('kubelet') },
    'an agent of k3s': { snapshot: silent('v1.34.1+k3s1'), lines: restarted('k3s-agent') },
    'a server of RKE2': {
      snapshot: silent('v1.34.1+rke2r1').changeNode('node2', (node) => ({
        ...node,
        controlPlane: true,
      })),
      lines: restarted('rke2-server'),
    },
    Talos: {
      snapshot: silent('v1.34.0', 'Talos (v1.11.2)'),
      lines: [
        'talosctl -n 192.0.2.2 version   # no answer: start the machine, that is all',
        'talosctl -n 192.0.2.2 services',
        'talosctl -n 192.0.2.2 logs kubelet --tail 50',
        'talosctl -n 192.0.2.2 service kubelet restart',
        KEPT,
      ],
    },
  },
});
