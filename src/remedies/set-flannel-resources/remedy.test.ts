// SPDX-License-Identifier: Apache-2.0

import type { ContainerResources, FlannelWorkload, UpdateStrategy } from '#model/cluster.ts';
import { anyRemedy } from '#remedies/define-remedy.ts';
import { healthyCluster, type SnapshotBuilder } from '../../../testkit/snapshot-builder.ts';
import { testRemedy } from '../../../testkit/test-remedy.ts';
import { remedy } from './remedy.ts';

interface Kill {
  /** Of the DaemonSet; absent: none. */
  readonly limit?: string;
  /** Of the pod that was killed, when it differs. */
  readonly podLimit?: string;
  readonly finishedAt?: string;
  readonly container?: string;
  readonly updateStrategy?: UpdateStrategy;
}

/** A cluster in which the flannel pod of node2 was killed for memory. */
function killed(kill: Kill): SnapshotBuilder {
  const { limit, podLimit = limit, finishedAt = '2026-11-24T11:59:00.000Z', container } = kill;
  const requests = { cpu: '100m', memory: '50Mi' };
  const limits = limit === undefined ? {} : { memory: limit };
  const resources: ContainerResources = { requests, limits };
  return healthyCluster()
    .changeCluster('flannel', (flannel): FlannelWorkload =>
      flannel.kind === 'embedded'
        ? flannel
        : {
            ...flannel,
            resources,
            ...(kill.updateStrategy && { updateStrategy: kill.updateStrategy }),
          },
    )
    .changeCluster('flannelPods', (pods) =>
      pods.map((pod) =>
        pod.nodeName === 'node2'
          ? {
              ...pod,
              containers: pod.containers.map((status) => ({
                ...status,
                name: container ?? status.name,
                restartCount: 1,
                lastTerminated: { reason: 'OOMKilled', exitCode: 137, finishedAt },
                ...(podLimit !== undefined && { memoryLimit: podLimit }),
              })),
            }
          : pod,
      ),
    );
}

const STEP = {
  kind: 'patch-daemonset',
  object: 'daemonset kube-flannel/kube-flannel-ds',
  container: 'kube-flannel',
} as const;

function limited(before: string, after: string): object {
  const requests = { cpu: '100m', memory: '50Mi' };
  return {
    ...STEP,
    before: { requests, limits: { memory: before } },
    after: { requests, limits: { memory: after } },
  };
}

testRemedy(anyRemedy(remedy), {
  treats: {
    'a kill at a small limit: at least 128Mi': {
      snapshot: killed({ limit: '50Mi' }),
      steps: [limited('50Mi', '128Mi')],
    },
    'a kill at a larger limit: twice of it': {
      snapshot: killed({ limit: '500Mi' }),
      steps: [limited('500Mi', '1000Mi')],
    },
    'a kill at a limit in decimal units': {
      snapshot: killed({ limit: '1G' }),
      steps: [limited('1G', '1908Mi')],
    },
    'a kill at a greater limit than the DaemonSet gives now': {
      snapshot: killed({ limit: '100Mi', podLimit: '200Mi' }),
      steps: [limited('100Mi', '400Mi')],
    },
  },
  declines: {
    'a container without a limit': {
      snapshot: killed({}),
      reason: /no memory limit/,
    },
    'a limit that is enough': {
      snapshot: killed({ limit: '2Gi' }),
      reason: /hide what eats it/,
    },
    'a limit that was raised since': {
      snapshot: killed({ limit: '256Mi', podLimit: '50Mi' }),
      reason: /rollout is not through/,
    },
    'a kill that is long over': {
      snapshot: killed({ limit: '50Mi', finishedAt: '2026-11-20T00:00:00.000Z' }),
      reason: /long over/,
    },
    'pods that are replaced by hand only': {
      snapshot: killed({ limit: '50Mi', updateStrategy: { type: 'OnDelete' } }),
      reason: /would not be replaced/,
    },
    'pods that are replaced several at once': {
      snapshot: killed({
        limit: '50Mi',
        updateStrategy: { type: 'RollingUpdate', maxUnavailable: '3' },
      }),
      reason: /not one node after another/,
    },
    'a container that does not run flanneld': {
      snapshot: killed({ limit: '50Mi', container: 'sidecar' }),
      reason: /not about the container/,
    },
  },
});
