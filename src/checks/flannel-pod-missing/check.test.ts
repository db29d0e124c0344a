// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import type { FlannelWorkload, PodObject } from '#model/cluster.ts';
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

/** Drops the flannel pod of one node. */
function without(node: string): (pods: readonly PodObject[]) => readonly PodObject[] {
  return (pods) => pods.filter(({ nodeName }) => nodeName !== node);
}

/** Changes how the DaemonSet is scheduled. */
function scheduled(
  fields: Partial<Extract<FlannelWorkload, { kind: 'daemonset' }>>,
): (flannel: FlannelWorkload) => FlannelWorkload {
  return (flannel) => (flannel.kind === 'daemonset' ? { ...flannel, ...fields } : flannel);
}

testCheck(anyCheck(check), {
  passes: {
    ...HEALTHY_CLUSTERS,
    'a pod that is not Ready is there all the same': healthyCluster().changeCluster(
      'flannelPods',
      changedPod('node2', (pod) => ({ ...pod, ready: false })),
    ),
    'a pod is there, whatever affinity the DaemonSet has': healthyCluster().changeCluster(
      'flannel',
      scheduled({ hasUnevaluatedAffinity: true }),
    ),
    'a new pod beside the old one': healthyCluster().changeCluster('flannelPods', (pods) =>
      pods.flatMap((pod) => [
        { ...pod, deletingSince: '2026-11-24T11:00:00Z' },
        { ...pod, name: `${pod.name}-new` },
      ]),
    ),
  },
  fails: {
    'the pod is gone': {
      snapshot: healthyCluster().changeCluster('flannelPods', without('node2')),
      findings: [
        {
          node: 'node2',
          severity: 'warning',
          breaks: 'none',
          object: 'pod of kube-flannel/kube-flannel-ds',
          expected: 'a pod of kube-flannel/kube-flannel-ds',
          observed: 'nothing',
          message:
            'No flannel pod runs on node2, though kube-flannel/kube-flannel-ds has to run one there. Traffic goes on with what the kernel holds, but nothing follows changes of other nodes, and after a reboot no pod on node2 can start.',
        },
      ],
    },
    'the pod has been going for an hour': {
      snapshot: healthyCluster().changeCluster(
        'flannelPods',
        changedPod('node2', (pod) => ({ ...pod, deletingSince: '2026-11-24T11:00:00Z' })),
      ),
      findings: [
        {
          node: 'node2',
          observed: 'kube-flannel-ds-node2 being deleted since 2026-11-24T11:00:00Z',
        },
      ],
    },
    'the pod is on no node yet': {
      snapshot: healthyCluster().changeCluster('flannelPods', (pods) =>
        pods.map((pod) => {
          const { nodeName, ...rest } = pod;
          return nodeName === 'node2' ? rest : pod;
        }),
      ),
      findings: [{ node: 'node2' }],
    },
    'a cordoned node whose kubelet is silent': {
      snapshot: healthyCluster()
        .changeCluster('flannelPods', without('node2'))
        .changeNode('node2', (node) => ({
          ...node,
          unschedulable: true,
          taints: [
            { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' },
            { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' },
          ],
        })),
      findings: [{ node: 'node2' }],
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
    'the DaemonSet does not tolerate a taint of the node': {
      snapshot: healthyCluster()
        .changeCluster('flannelPods', without('node2'))
        .changeNode('node2', (node) => ({
          ...node,
          taints: [{ key: 'example.com/full', effect: 'NoExecute' }],
        })),
      node: 'node2',
      reason: "Flannel's DaemonSet does not tolerate the taint example.com/full:NoExecute.",
    },
    'the DaemonSet has an affinity that nobody evaluates': {
      snapshot: healthyCluster()
        .changeCluster('flannelPods', without('node2'))
        .changeCluster('flannel', scheduled({ hasUnevaluatedAffinity: true })),
      node: 'node2',
      reason: "Flannel's DaemonSet has a node affinity that is not evaluated.",
    },
    'the node is new': {
      snapshot: healthyCluster()
        .changeCluster('flannelPods', without('node2'))
        .changeNode('node2', (node) => ({ ...node, createdAt: '2026-11-24T11:58:30Z' })),
      node: 'node2',
      reason: 'The node is younger than 2 minutes.',
    },
    'the pod is being replaced': {
      snapshot: healthyCluster().changeCluster(
        'flannelPods',
        changedPod('node2', (pod) => ({ ...pod, deletingSince: '2026-11-24T11:59:50Z' })),
      ),
      node: 'node2',
      reason: 'The flannel pod of the node is just being replaced.',
    },
  },
});
