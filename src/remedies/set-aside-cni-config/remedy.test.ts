// SPDX-License-Identifier: Apache-2.0

import { anyRemedy } from '#remedies/define-remedy.ts';
import { type SnapshotBuilder, healthyCluster } from '../../../testkit/snapshot-builder.ts';
import { testRemedy } from '../../../testkit/test-remedy.ts';
import { remedy } from './remedy.ts';

function foreign(name = '05-cilium.conflist'): SnapshotBuilder {
  return healthyCluster().changeKernel('node2', 'cniConfig', (config) => ({
    files: [{ name, plugins: ['cilium-cni'] }, ...(config?.files ?? [])],
  }));
}

const PODS: readonly string[] = [
  'kubectl get pods -A -o wide --field-selector spec.nodeName=node2',
  '# delete those whose address is not in the pod range of the node: they start again in it',
];

testRemedy(anyRemedy(remedy), {
  treats: {},
  declines: {
    'a name that may not stand in a command': {
      snapshot: foreign('05-$(reboot).conflist'),
      reason: 'A name or an address in it has no form that may stand in a command.',
    },
  },
  manual: {
    'another network comes first': {
      snapshot: foreign(),
      lines: [
        'sudo mv /etc/cni/net.d/05-cilium.conflist /root/   # on node2',
        '# whoever wrote it (a CNI plugin, a package, a script at boot) writes it again: end that there',
        ...PODS,
      ],
    },
    Talos: {
      snapshot: foreign().changeNode('node2', (node) => ({ ...node, osImage: 'Talos (v1.11.2)' })),
      lines: [
        '# Talos writes no such file: a pod of another CNI plugin did. Remove that plugin, then:',
        'talosctl -n 192.0.2.2 reboot',
        ...PODS,
      ],
    },
  },
});
