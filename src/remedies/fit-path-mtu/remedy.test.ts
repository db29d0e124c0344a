// SPDX-License-Identifier: Apache-2.0

import { anyRemedy } from '#remedies/define-remedy.ts';
import { changeProbe, pingOf } from '../../../testkit/healthy-probes.ts';
import { healthyCluster, type SnapshotBuilder } from '../../../testkit/snapshot-builder.ts';
import { testRemedy } from '../../../testkit/test-remedy.ts';
import { remedy } from './remedy.ts';

function lost(builder: SnapshotBuilder): SnapshotBuilder {
  return builder.changeKernel(
    'node2',
    'probes',
    changeProbe('node3', (probe) => ({
      ...probe,
      largePing: pingOf(3, 0),
      largeAgain: pingOf(10, 0),
    })),
  );
}

const FOUND: readonly string[] = [
  '# the largest packet that gets from node2 to node3, run on node2:',
  'for s in 8972 1472 1432 1422 1392 1372 1322 1272; do ping -c 1 -W 1 -M do -s $s 192.0.2.3 >/dev/null && echo "MTU $((s+28))" && break; done',
  '# either: raise the MTU of the network on node2 and node3 to 1500: of the switch port, the virtual switch, the VPN',
  '# or: tell Flannel the smaller one, MTU below, and start all pods anew, which keep the MTU they began with',
];

testRemedy(anyRemedy(remedy), {
  treats: {},
  declines: {},
  manual: {
    'the official manifest': {
      snapshot: lost(healthyCluster()),
      lines: [
        ...FOUND,
        'kubectl -n kube-flannel edit configmap kube-flannel-cfg   # "MTU": MTU inside "Backend" of net-conf.json',
        'selvage restart flannel --all',
      ],
    },
    'a ConfigMap with a name that is none': {
      snapshot: lost(healthyCluster()).changeCluster('flannel', (flannel) => ({
        ...flannel,
        configMap: 'x; reboot',
      })),
      lines: [
        ...FOUND,
        '# in net-conf.json: "MTU": MTU inside "Backend"; then: selvage restart flannel --all',
      ],
    },
    'flannel inside k3s': {
      snapshot: lost(healthyCluster()).changeCluster('flannel', ({ annotationPrefix }) => ({
        kind: 'embedded',
        annotationPrefix,
      })),
      lines: [
        ...FOUND,
        '# in /etc/rancher/k3s/config.yaml of every server and agent: flannel-conf: /etc/rancher/k3s/flannel.json',
        '# in /etc/rancher/k3s/flannel.json: its "Backend" with "MTU": MTU; then: sudo systemctl restart k3s or k3s-agent',
      ],
    },
  },
});
