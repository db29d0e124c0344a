// SPDX-License-Identifier: Apache-2.0

import { anyRemedy } from '#remedies/define-remedy.ts';
import { healthyCluster, type SnapshotBuilder } from '../../../testkit/snapshot-builder.ts';
import { testRemedy } from '../../../testkit/test-remedy.ts';
import { remedy } from './remedy.ts';

function asked(server: string, outcome: 'failed' | 'silent'): SnapshotBuilder {
  return healthyCluster().changeKernel('node3', 'probes', (probes) => ({
    ...probes,
    dns: probes.dns.map((each) => (each.server === server ? { ...each, outcome } : each)),
  }));
}

function without(pods: 'no pods' | 'pods that are not ready'): SnapshotBuilder {
  return healthyCluster().changeCluster('coreDns', (coreDns) => ({
    ...coreDns,
    ...(pods === 'no pods' && { pods: [] }),
    readyEndpoints: [],
  }));
}

const RESTART: readonly string[] = [
  'kubectl -n kube-system get pods -l k8s-app=kube-dns -o wide',
  'kubectl -n kube-system logs -l k8s-app=kube-dns --tail=20 --prefix',
  'kubectl -n kube-system rollout restart deployment -l k8s-app=kube-dns',
];

testRemedy(anyRemedy(remedy), {
  treats: {},
  declines: {
    'a pod answers with an error': { snapshot: asked('10.244.1.10', 'failed'), reason: /its log/ },
    'only the Service is silent': {
      snapshot: asked('10.96.0.10', 'silent'),
      reason: /kube-proxy/,
    },
    'a namespace that is none': {
      snapshot: without('no pods').changeCluster('coreDns', (coreDns) => ({
        ...coreDns,
        service: 'x; reboot/kube-dns',
      })),
      reason: /no form/,
    },
  },
  manual: {
    'scaled to nothing': {
      snapshot: without('no pods'),
      lines: [
        '# 2 replicas is what kubeadm and Talos begin with, 1 what k3s does; the number that was there is not known',
        'kubectl -n kube-system scale deployment -l k8s-app=kube-dns --replicas=2',
      ],
    },
    'pods that are not ready': { snapshot: without('pods that are not ready'), lines: RESTART },
    'a pod that is silent': { snapshot: asked('10.244.1.10', 'silent'), lines: RESTART },
  },
});
