// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import type { ContainerStatus, PodObject } from '#model/cluster.ts';
import { HEALTHY_CLUSTERS } from '../../../testkit/healthy-clusters.ts';
import { healthyCluster } from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

/** Changes every container of one node's flannel pod. */
function changedContainers(
  node: string,
  container: Partial<ContainerStatus>,
): (pods: readonly PodObject[]) => readonly PodObject[] {
  return (pods) =>
    pods.map((pod) =>
      pod.nodeName === node
        ? { ...pod, containers: pod.containers.map((each) => ({ ...each, ...container })) }
        : pod,
    );
}

testCheck(anyCheck(check), {
  passes: {
    ...HEALTHY_CLUSTERS,
    'a container that ended for another reason': healthyCluster().changeCluster(
      'flannelPods',
      changedContainers('node2', { lastTerminated: { reason: 'Error', exitCode: 137 } }),
    ),
  },
  fails: {
    'killed again and again': {
      snapshot: healthyCluster().changeCluster(
        'flannelPods',
        changedContainers('node2', {
          state: 'waiting',
          reason: 'CrashLoopBackOff',
          ready: false,
          restartCount: 3,
          memoryLimit: '50Mi',
          lastTerminated: {
            reason: 'OOMKilled',
            exitCode: 137,
            finishedAt: '2026-11-24T11:58:00Z',
          },
        }),
      ),
      findings: [
        {
          node: 'node2',
          severity: 'warning',
          breaks: 'none',
          object: 'container kube-flannel of pod kube-flannel/kube-flannel-ds-node2',
          expected: 'no container ended by OOMKilled',
          observed: 'OOMKilled at 2026-11-24T11:58:00Z, exit code 137, limit 50Mi',
          message:
            'Container kube-flannel of flannel on node2 was killed for lack of memory at 2026-11-24T11:58:00Z (limit 50Mi, 3 restarts). The routes stay in place without flanneld, but changes of other nodes are missed while it is down.',
        },
      ],
    },
    'just killed, without a limit': {
      snapshot: healthyCluster().changeCluster(
        'flannelPods',
        changedContainers('node2', {
          state: 'terminated',
          reason: 'OOMKilled',
          terminated: { reason: 'OOMKilled', exitCode: 137 },
        }),
      ),
      findings: [
        {
          node: 'node2',
          severity: 'warning',
          observed: 'OOMKilled at an unknown time, exit code 137, no memory limit',
        },
      ],
    },
    'killed two days ago and running since': {
      snapshot: healthyCluster().changeCluster(
        'flannelPods',
        changedContainers('node2', {
          restartCount: 1,
          memoryLimit: '50Mi',
          lastTerminated: {
            reason: 'OOMKilled',
            exitCode: 137,
            finishedAt: '2026-11-22T12:00:00Z',
          },
        }),
      ),
      findings: [
        {
          node: 'node2',
          severity: 'info',
          message:
            'Container kube-flannel of flannel on node2 was killed for lack of memory at 2026-11-22T12:00:00Z (limit 50Mi, 1 restart), and has been running since.',
        },
      ],
    },
    'killed two days ago and still down': {
      snapshot: healthyCluster().changeCluster(
        'flannelPods',
        changedContainers('node2', {
          state: 'waiting',
          lastTerminated: {
            reason: 'OOMKilled',
            exitCode: 137,
            finishedAt: '2026-11-22T12:00:00Z',
          },
        }),
      ),
      findings: [{ node: 'node2', severity: 'warning' }],
    },
    'killed an hour ago and running since': {
      snapshot: healthyCluster().changeCluster(
        'flannelPods',
        changedContainers('node2', {
          restartCount: 1,
          lastTerminated: {
            reason: 'OOMKilled',
            exitCode: 137,
            finishedAt: '2026-11-24T11:00:00Z',
          },
        }),
      ),
      findings: [{ node: 'node2', severity: 'warning' }],
    },
    'killed at a time that is none': {
      snapshot: healthyCluster().changeCluster(
        'flannelPods',
        changedContainers('node2', {
          lastTerminated: { reason: 'OOMKilled', exitCode: 137, finishedAt: 'yesterday' },
        }),
      ),
      findings: [{ node: 'node2', severity: 'warning' }],
    },
  },
  skips: {
    'the node runs Windows': {
      snapshot: healthyCluster({ windowsNodes: 1 }),
      node: 'win1',
      reason: 'The node runs windows; Linux kernel state does not exist there.',
    },
    'flannel runs outside pods': {
      snapshot: healthyCluster().changeCluster('flannel', ({ annotationPrefix }) => ({
        kind: 'embedded',
        annotationPrefix,
      })),
      node: 'node1',
      reason: 'Flannel runs outside pods in this cluster.',
    },
    'there is no pod': {
      snapshot: healthyCluster().changeCluster('flannelPods', () => []),
      node: 'node2',
      reason: 'The node has no flannel pod.',
    },
  },
});
