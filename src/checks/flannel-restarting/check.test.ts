// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import type { ContainerStatus, PodObject } from '#model/cluster.ts';
import { HEALTHY_CLUSTERS } from '../../../testkit/healthy-clusters.ts';
import { type SnapshotBuilder, healthyCluster } from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

interface Past {
  readonly restarts: number;
  /** When the pod was made; the snapshot is of 2026-11-24T12:00:00Z. */
  readonly createdAt: string;
  readonly lastEnd?: string;
  readonly change?: (container: ContainerStatus) => ContainerStatus;
}

/** The flannel pod of node2 with a past. */
function past({ restarts, createdAt, lastEnd, change = (each) => each }: Past): SnapshotBuilder {
  return healthyCluster().changeCluster('flannelPods', (pods) =>
    pods.map((pod): PodObject =>
      pod.nodeName !== 'node2'
        ? pod
        : {
            ...pod,
            createdAt,
            containers: pod.containers.map((container) =>
              change({
                ...container,
                restartCount: restarts,
                ...(lastEnd === undefined
                  ? {}
                  : { lastTerminated: { reason: 'Error', exitCode: 1, finishedAt: lastEnd } }),
              }),
            ),
          },
    ),
  );
}

const YOUNG = '2026-11-24T11:30:00Z';
const TODAY = '2026-11-24T02:00:00Z';
const OLD = '2026-11-14T11:00:00Z';
const JUST_NOW = '2026-11-24T11:58:00Z';

testCheck(anyCheck(check), {
  passes: {
    ...HEALTHY_CLUSTERS,
    'two hundred nodes': healthyCluster({ nodes: 200 }),
    'two restarts in half an hour': past({ restarts: 2, createdAt: YOUNG, lastEnd: JUST_NOW }),
    'four restarts today': past({ restarts: 4, createdAt: TODAY, lastEnd: JUST_NOW }),
    'many restarts long ago': past({
      restarts: 400,
      createdAt: OLD,
      lastEnd: '2026-11-20T00:00:00Z',
    }),
    'a restart every other day, the last just now': past({
      restarts: 5,
      createdAt: OLD,
      lastEnd: JUST_NOW,
    }),
    'a count without a last end': past({ restarts: 9, createdAt: YOUNG }),
    'a container that waits now, which is not Ready': past({
      restarts: 9,
      createdAt: YOUNG,
      lastEnd: JUST_NOW,
      change: (container) => ({ ...container, state: 'waiting', reason: 'CrashLoopBackOff' }),
    }),
    'kills for lack of memory': past({
      restarts: 9,
      createdAt: YOUNG,
      change: (container) => ({
        ...container,
        lastTerminated: { reason: 'OOMKilled', exitCode: 137, finishedAt: JUST_NOW },
      }),
    }),
  },
  fails: {
    'three restarts in half an hour': {
      snapshot: past({ restarts: 3, createdAt: YOUNG, lastEnd: JUST_NOW }),
      findings: [
        {
          node: 'node2',
          severity: 'warning',
          breaks: 'none',
          object: 'container kube-flannel of pod kube-flannel/kube-flannel-ds-node2',
          expected: 'at most 2 restarts in an hour and 4 in a day',
          observed:
            '3 restarts since 2026-11-24T11:30:00Z, last exit code 1 at 2026-11-24T11:58:00Z',
          message:
            'Container kube-flannel of flannel on node2 runs now, but had 3 restarts in less than an hour, the last at 2026-11-24T11:58:00Z with exit code 1. The routes stay without flanneld, but changes of other nodes are missed while it is down.',
        },
      ],
    },
    'five restarts today': {
      snapshot: past({ restarts: 5, createdAt: TODAY, lastEnd: '2026-11-24T04:00:00Z' }),
      findings: [{ node: 'node2', severity: 'warning' }],
    },
    'more than four a day for eleven days': {
      snapshot: past({ restarts: 45, createdAt: OLD, lastEnd: JUST_NOW }),
      findings: [
        {
          node: 'node2',
          message:
            'Container kube-flannel of flannel on node2 runs now, but had 45 restarts in 11 days, the last at 2026-11-24T11:58:00Z with exit code 1. The routes stay without flanneld, but changes of other nodes are missed while it is down.',
        },
      ],
    },
  },
  skips: {
    'the node has no flannel pod': {
      snapshot: healthyCluster().changeCluster('flannelPods', (pods) => pods.slice(0, 1)),
      node: 'node2',
      reason: 'The node has no flannel pod.',
    },
    'flannel runs outside pods': {
      snapshot: healthyCluster().changeCluster('flannel', ({ annotationPrefix }) => ({
        kind: 'embedded',
        annotationPrefix,
      })),
      node: 'node1',
      reason: 'Flannel runs outside pods in this cluster.',
    },
    'the node runs Windows': {
      snapshot: healthyCluster({ windowsNodes: 1 }),
      node: 'win1',
      reason: 'The node runs windows; Linux kernel state does not exist there.',
    },
  },
});
