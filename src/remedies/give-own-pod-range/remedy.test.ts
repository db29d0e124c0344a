// SPDX-License-Identifier: Apache-2.0

import { anyRemedy } from '#remedies/define-remedy.ts';
import { healthyCluster, type SnapshotBuilder } from '../../../testkit/snapshot-builder.ts';
import { testRemedy } from '../../../testkit/test-remedy.ts';
import { remedy } from './remedy.ts';

function shared(kubeletVersion: string, osImage = 'Debian'): SnapshotBuilder {
  return healthyCluster().changeNode('node3', (node) => ({
    ...node,
    kubeletVersion,
    osImage,
    createdAt: '2026-11-02T00:00:00Z',
    podCIDRs: ['10.244.2.0/24'],
  }));
}

/** What is told: what makes the node register, and what makes its bridge and pods anew. */
function made(register: readonly string[], renew: readonly string[] = []): readonly string[] {
  const lines = [
    'kubectl drain node3 --ignore-daemonsets --delete-emptydir-data',
    'kubectl delete node node3',
    ...register,
    'kubectl wait --for=condition=Ready node/node3 --timeout=300s',
    '# with the Node every flannel forgot the other owner of the range too, so all learn anew:',
    'selvage restart flannel --all',
    ...renew,
    'kubectl uncordon node3',
  ];
  return [...lines, ...lines];
}

function restarted(unit: string): readonly string[] {
  return made(
    ['# on node3:', `sudo systemctl restart ${unit}`, '# where kubectl works:'],
    [
      '# on node3:',
      'sudo ip link delete cni0',
      '# where kubectl works:',
      'kubectl delete pods --all-namespaces --field-selector spec.nodeName=node3',
    ],
  );
}

testRemedy(anyRemedy(remedy), {
  treats: {},
  declines: {},
  manual: {
    'the younger node leaves': { snapshot: shared('v1.34.4'), lines: restarted('kubelet') },
    k3s: { snapshot: shared('v1.34.1+k3s1'), lines: restarted('k3s-agent') },
    RKE2: { snapshot: shared('v1.34.1+rke2r1'), lines: restarted('rke2-agent') },
    Talos: {
      snapshot: shared('v1.34.0', 'Talos (v1.11.2)'),
      lines: made(['talosctl -n 192.0.2.3 reboot']),
    },
    'the control plane stays, though it is younger': {
      snapshot: shared('v1.34.4').changeNode('node2', (node) => ({
        ...node,
        createdAt: '2026-11-03T00:00:00Z',
        controlPlane: true,
      })),
      lines: restarted('kubelet'),
    },
  },
});
