// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import type { ContainerStatus, PodObject } from '#model/cluster.ts';
import { HEALTHY_CLUSTERS } from '../../../testkit/healthy-clusters.ts';
import { healthyCluster } from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

/** Changes the flannel pod of one node. */
function changedPod(
  node: string,
  change: (pod: PodObject) => PodObject,
): (pods: readonly PodObject[]) => readonly PodObject[] {
  return (pods) => pods.map((pod) => (pod.nodeName === node ? change(pod) : pod));
}

/** Changes every container of a pod, which is then not ready. */
function broken(container: Partial<ContainerStatus>): (pod: PodObject) => PodObject {
  return (pod) => ({
    ...pod,
    ready: false,
    containers: pod.containers.map((each) => ({ ...each, ready: false, ...container })),
  });
}

testCheck(anyCheck(check), {
  passes: {
    ...HEALTHY_CLUSTERS,
    'a pod that restarted and is Ready': healthyCluster().changeCluster(
      'flannelPods',
      changedPod('node2', (pod) => ({
        ...pod,
        containers: pod.containers.map((each) => ({ ...each, restartCount: 7 })),
      })),
    ),
    'a Ready pod beside an evicted one': healthyCluster().changeCluster('flannelPods', (pods) =>
      pods.flatMap((pod) => [{ ...pod, phase: 'Failed', ready: false }, pod]),
    ),
  },
  fails: {
    'the container crashes': {
      snapshot: healthyCluster().changeCluster(
        'flannelPods',
        changedPod(
          'node2',
          broken({
            state: 'waiting',
            reason: 'CrashLoopBackOff',
            restartCount: 4,
            lastTerminated: { reason: 'Error', exitCode: 1 },
          }),
        ),
      ),
      findings: [
        {
          node: 'node2',
          severity: 'warning',
          breaks: 'none',
          object: 'pod kube-flannel/kube-flannel-ds-node2',
          expected: 'kube-flannel-ds-node2 Ready',
          observed:
            'kube-flannel-ds-node2: kube-flannel CrashLoopBackOff, 4 restarts, last exit code 1',
          message:
            'The flannel pod on node2 is not Ready (kube-flannel-ds-node2: kube-flannel CrashLoopBackOff, 4 restarts, last exit code 1). Traffic goes on with what the kernel holds, but flanneld may miss changes of other nodes, and cannot repair anything, until it runs again.',
        },
      ],
    },
    'the image cannot be pulled, right from the start': {
      snapshot: healthyCluster().changeCluster(
        'flannelPods',
        changedPod('node2', (pod) => ({
          ...broken({ state: 'waiting', reason: 'ImagePullBackOff' })(pod),
          createdAt: '2026-11-24T11:59:30Z',
          phase: 'Pending',
        })),
      ),
      findings: [
        { node: 'node2', observed: 'kube-flannel-ds-node2: kube-flannel ImagePullBackOff' },
      ],
    },
    'the process is frozen and fails its probe': {
      snapshot: healthyCluster().changeCluster('flannelPods', changedPod('node2', broken({}))),
      findings: [
        { node: 'node2', observed: 'kube-flannel-ds-node2: kube-flannel running, not ready' },
      ],
    },
    'an old pod still waits for its containers': {
      snapshot: healthyCluster().changeCluster(
        'flannelPods',
        changedPod('node2', broken({ state: 'waiting', reason: 'ContainerCreating' })),
      ),
      findings: [{ node: 'node2' }],
    },
    'a new container that ended at once': {
      snapshot: healthyCluster().changeCluster(
        'flannelPods',
        changedPod('node2', (pod) => ({
          ...broken({ state: 'terminated', terminated: { reason: 'Error', exitCode: 1 } })(pod),
          createdAt: '2026-11-24T11:59:30Z',
        })),
      ),
      findings: [
        { node: 'node2', observed: 'kube-flannel-ds-node2: kube-flannel ended with exit code 1' },
      ],
    },
    'the pod was evicted': {
      snapshot: healthyCluster().changeCluster(
        'flannelPods',
        changedPod('node2', (pod) => ({ ...pod, ready: false, phase: 'Failed', containers: [] })),
      ),
      findings: [{ node: 'node2', observed: 'kube-flannel-ds-node2 Failed, not Ready' }],
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
    'the node is not Ready either': {
      snapshot: healthyCluster()
        .changeCluster('flannelPods', changedPod('node2', broken({})))
        .changeNode('node2', (node) => ({ ...node, conditions: [] })),
      node: 'node2',
      reason: 'The node itself is not Ready, so the state of its pods is not known.',
    },
    'the pod is being deleted': {
      snapshot: healthyCluster().changeCluster(
        'flannelPods',
        changedPod('node2', (pod) => ({
          ...broken({})(pod),
          deletingSince: '2026-11-24T11:59:50Z',
        })),
      ),
      node: 'node2',
      reason: 'The flannel pod is being deleted.',
    },
    'the pod is starting': {
      snapshot: healthyCluster().changeCluster(
        'flannelPods',
        changedPod('node2', (pod) => ({
          ...broken({ state: 'waiting', reason: 'ContainerCreating' })(pod),
          createdAt: '2026-11-24T11:59:30Z',
        })),
      ),
      node: 'node2',
      reason: 'The flannel pod was made less than a minute ago and is starting.',
    },
  },
});
