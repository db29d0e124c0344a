// SPDX-License-Identifier: Apache-2.0

import type { DnsDeployment, PodObject } from '#model/cluster.ts';
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

/** Nothing answers, and no pod is there. */
function withoutPods(changes: Partial<DnsDeployment> | 'not read'): SnapshotBuilder {
  return healthyCluster().changeCluster('coreDns', ({ deployment, ...coreDns }) => ({
    ...coreDns,
    pods: [],
    readyEndpoints: [],
    ...(changes !== 'not read' &&
      deployment !== undefined && { deployment: { ...deployment, replicas: 0, ...changes } }),
  }));
}

/** Nothing answers, though pods are there. */
function withPods(changes: Partial<PodObject> = {}): SnapshotBuilder {
  return healthyCluster().changeCluster('coreDns', (coreDns) => ({
    ...coreDns,
    pods: coreDns.pods.map((pod) => ({
      ...pod,
      ready: false,
      containers: pod.containers.map((each) => ({ ...each, ready: false })),
      ...changes,
    })),
    readyEndpoints: [],
  }));
}

const SCALE: readonly string[] = [
  '# 2 replicas is what kubeadm and Talos begin with, 1 what k3s does; the number that was there is not known',
  'kubectl -n kube-system scale deployment -l k8s-app=kube-dns --replicas=2',
];

const RESTART: readonly string[] = [
  'kubectl -n kube-system get pods -l k8s-app=kube-dns -o wide',
  'kubectl -n kube-system logs -l k8s-app=kube-dns --tail=20 --prefix',
  'kubectl -n kube-system rollout restart deployment -l k8s-app=kube-dns',
];

const LOOK: readonly string[] = [
  'kubectl -n kube-system describe deployment -l k8s-app=kube-dns',
  'kubectl -n kube-system describe pods -l k8s-app=kube-dns',
  'kubectl -n kube-system logs -l k8s-app=kube-dns --tail=20 --prefix --previous',
];

testRemedy(anyRemedy(remedy), {
  treats: {
    'scaled to nothing, by the word of the controller': {
      snapshot: withoutPods({ earlierReplicas: { count: 3, source: 'event' } }),
      steps: [
        {
          kind: 'patch-deployment',
          object: 'deployment kube-system/coredns',
          change: { field: 'replicas', before: 0, after: 3 },
          notes: ['There were 3 before: an Event says that it was scaled from 3 to 0.'],
        },
      ],
    },
    'scaled to nothing, by the manifest': {
      snapshot: withoutPods({ earlierReplicas: { count: 2, source: 'last-applied' } }),
      steps: [{ change: { field: 'replicas', before: 0, after: 2 } }],
    },
    'an owner that may take it back': {
      snapshot: withoutPods({
        earlierReplicas: { count: 1, source: 'replica-set' },
        management: {
          labels: {},
          annotations: {},
          lastApplied: false,
          managers: ['argocd-controller'],
        },
      }),
      steps: [
        {
          notes: [
            'There were to be 1 at its last rollout: its older ReplicaSet says so.',
            'Owner: Argo CD (field manager argocd-controller). With self-heal Argo CD takes the change back within seconds, else at its next sync.',
          ],
        },
      ],
    },
    'pods that run, none of them ready': {
      snapshot: withPods(),
      steps: [
        {
          kind: 'patch-deployment',
          change: { field: 'restartedAt', before: null, after: '2026-11-24T12:00:00.000Z' },
        },
      ],
    },
  },
  declines: {
    'a pod answers with an error': { snapshot: asked('10.244.1.10', 'failed'), reason: /its log/ },
    'only the Service is silent': {
      snapshot: asked('10.96.0.10', 'silent'),
      reason: /kube-proxy/,
    },
    'a namespace that is none': {
      snapshot: withoutPods('not read').changeCluster('coreDns', (coreDns) => ({
        ...coreDns,
        service: 'x; reboot/kube-dns',
      })),
      reason: /no form/,
    },
    'pods that were just made': {
      snapshot: withPods({ createdAt: '2026-11-24T11:59:30Z' }),
      reason: /less than a minute ago/,
    },
    'a network that is broken where they run': {
      snapshot: withPods().changeKernel('node1', 'routes', () => []),
      reason: /network of node1, where it runs, is broken/,
    },
  },
  manual: {
    'scaled to nothing, and no trace tells from how many': {
      snapshot: withoutPods({}),
      lines: SCALE,
    },
    'a Deployment that may not be read': { snapshot: withoutPods('not read'), lines: SCALE },
    'a DNS outside kube-system': {
      snapshot: withoutPods({ earlierReplicas: { count: 2, source: 'event' } }).changeCluster(
        'coreDns',
        (coreDns) => ({ ...coreDns, service: 'dns/kube-dns' }),
      ),
      lines: SCALE.map((line) => line.replace('kube-system', 'dns')),
    },
    'pods that are wanted and not made': { snapshot: withoutPods({ replicas: 2 }), lines: LOOK },
    'a container that does not start': {
      snapshot: withPods({
        containers: [
          { name: 'coredns', ready: false, restartCount: 7, state: 'waiting', reason: 'x' },
        ],
      }),
      lines: LOOK,
    },
    'a pod that is silent': { snapshot: asked('10.244.1.10', 'silent'), lines: RESTART },
  },
});
