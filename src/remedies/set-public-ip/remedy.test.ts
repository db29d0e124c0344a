// SPDX-License-Identifier: Apache-2.0

import { anyRemedy } from '#remedies/define-remedy.ts';
import { healthyCluster, type SnapshotBuilder } from '../../../testkit/snapshot-builder.ts';
import { testRemedy } from '../../../testkit/test-remedy.ts';
import { remedy } from './remedy.ts';

function foreign(kubeletVersion = 'v1.34.4', osImage = 'Debian'): SnapshotBuilder {
  return healthyCluster().changeNode('node2', (node) => ({
    ...node,
    kubeletVersion,
    osImage,
    flannelAnnotations: {
      ...node.flannelAnnotations,
      'flannel.alpha.coreos.com/public-ip': '192.0.2.250',
    },
  }));
}

const ANNOTATED: readonly string[] = [
  'kubectl annotate node node2 flannel.alpha.coreos.com/public-ip-overwrite=192.0.2.2 --overwrite',
  'selvage restart flannel --node node2',
];

const LEAD = '# or, where all nodes have that interface, for good:';

testRemedy(anyRemedy(remedy), {
  treats: {},
  declines: {
    'the Node has no internal address': {
      snapshot: foreign().changeNode('node2', (node) => ({ ...node, internalIPs: ['x'] })),
      reason: /no form/,
    },
  },
  manual: {
    'the official manifest': {
      snapshot: foreign(),
      lines: [
        ...ANNOTATED,
        `${LEAD} add - --iface=eth0 to the args of its container`,
        'kubectl -n kube-flannel edit daemonset kube-flannel-ds',
      ],
    },
    'an interface whose name could do more': {
      snapshot: foreign().changeKernel('node2', 'addresses', (all) =>
        all.map((each) => (each.link === 'eth0' ? { ...each, link: 'a;reboot' } : each)),
      ),
      lines: ANNOTATED,
    },
    k3s: {
      snapshot: foreign('v1.34.1+k3s1'),
      lines: [
        ...ANNOTATED,
        `${LEAD} in /etc/rancher/k3s/config.yaml of each node`,
        'flannel-iface: eth0',
      ],
    },
    RKE2: {
      snapshot: foreign('v1.34.1+rke2r1'),
      lines: [
        ...ANNOTATED,
        `${LEAD} in /var/lib/rancher/rke2/server/manifests/rke2-canal-config.yaml`,
        'apiVersion: helm.cattle.io/v1',
        'kind: HelmChartConfig',
        'metadata: {name: rke2-canal, namespace: kube-system}',
        'spec:',
        '  valuesContent: |-',
        '    flannel:',
        '      iface: eth0',
      ],
    },
    Talos: {
      snapshot: foreign('v1.34.0', 'Talos (v1.11.2)'),
      lines: [
        ...ANNOTATED,
        `${LEAD} in the machine config of the control plane`,
        'cluster:',
        '  network:',
        '    cni:',
        '      name: flannel',
        '      flannel:',
        '        extraArgs: [--iface=eth0]',
      ],
    },
  },
});
