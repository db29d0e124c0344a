// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import type { PodObject } from '#model/cluster.ts';
import {
  BUILT_AT,
  healthyCluster,
  type SnapshotBuilder,
} from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

type PodChange = (pod: PodObject) => readonly PodObject[];

function onNode2(change: PodChange, builder = healthyCluster()): SnapshotBuilder {
  return builder.changeCluster('kubeProxyPods', (pods) =>
    pods.flatMap((pod) => (pod.nodeName === 'node2' ? change(pod) : [pod])),
  );
}

const crashing: PodChange = (pod) => [
  {
    ...pod,
    ready: false,
    containers: pod.containers.map(({ startedAt: _, ...container }) => ({
      ...container,
      ready: false,
      restartCount: 7,
      state: 'waiting' as const,
      reason: 'CrashLoopBackOff',
    })),
  },
];

const starting: PodChange = (pod) => [
  {
    ...pod,
    ready: false,
    createdAt: BUILT_AT,
    containers: pod.containers.map((container) => ({ ...container, ready: false })),
  },
];

const gone: PodChange = () => [];

testCheck(anyCheck(check), {
  passes: {
    'a healthy cluster': healthyCluster(),
    'a pod that is replaced: the new one is Ready': onNode2((pod) => [
      { ...pod, name: 'kube-proxy-old', ready: false, deletingSince: BUILT_AT },
      pod,
    ]),
  },
  fails: {
    'the pod crashes': {
      snapshot: onNode2(crashing),
      findings: [
        {
          node: 'node2',
          severity: 'warning',
          breaks: 'none',
          object: 'pod kube-system/kube-proxy-node2',
          expected: 'kube-proxy-node2 Ready',
          observed: 'kube-proxy-node2: kube-proxy CrashLoopBackOff, 7 restarts',
          message:
            'The kube-proxy pod on node2 is not Ready (kube-proxy-node2: kube-proxy CrashLoopBackOff, 7 restarts). Traffic to pods by their own address is not touched, but Services that change from now on, the one of the DNS among them, are not followed on node2.',
        },
      ],
    },
    'the pod was made just now and has crashed already': {
      snapshot: onNode2((pod) => crashing(pod).map((each) => ({ ...each, createdAt: BUILT_AT }))),
      findings: [{ node: 'node2', expected: 'kube-proxy-node2 Ready' }],
    },
    'three of five nodes have a pod': {
      snapshot: healthyCluster({ nodes: 5 }).changeCluster('kubeProxyPods', (pods) =>
        pods.slice(0, 3),
      ),
      findings: [{ node: 'node4' }, { node: 'node5' }],
    },
    'the pod is missing': {
      snapshot: onNode2(gone),
      findings: [
        {
          node: 'node2',
          expected: 'a pod of kube-proxy',
          observed: 'nothing',
          message:
            'No kube-proxy pod runs on node2, while most nodes have one. Traffic to pods by their own address is not touched, but Services, the one of the DNS and of the API server among them, may not work from node2.',
        },
      ],
    },
  },
  skips: {
    'another program does its work': {
      snapshot: healthyCluster().changeCluster('kubeProxyPods', () => []),
      node: 'node2',
      reason:
        'No pod in kube-system has the label k8s-app=kube-proxy: it runs in another way, or another program does its work.',
    },
    'the node is not Ready': {
      snapshot: onNode2(gone).changeNode('node2', (node) => ({
        ...node,
        conditions: [{ type: 'Ready', status: 'Unknown' }],
      })),
      node: 'node2',
      reason: 'The node itself is not Ready, so the state of its pods is not known.',
    },
    'the node joined just now': {
      snapshot: onNode2(gone).changeNode('node2', (node) => ({ ...node, createdAt: BUILT_AT })),
      node: 'node2',
      reason: 'The node joined less than two minutes ago.',
    },
    'half of the nodes have a pod': {
      snapshot: healthyCluster({ nodes: 4 }).changeCluster('kubeProxyPods', (pods) =>
        pods.slice(0, 2),
      ),
      node: 'node3',
      reason: 'Most nodes have no kube-proxy pod, so none is expected here.',
    },
    'only one node of three has a pod': {
      snapshot: healthyCluster().changeCluster('kubeProxyPods', (pods) => pods.slice(0, 1)),
      node: 'node2',
      reason: 'Most nodes have no kube-proxy pod, so none is expected here.',
    },
    'the pod was made just now': {
      snapshot: onNode2(starting),
      node: 'node2',
      reason: 'The kube-proxy pod was made less than two minutes ago and is starting.',
    },
    'the pod is being deleted': {
      snapshot: onNode2((pod) => [{ ...pod, ready: false, deletingSince: BUILT_AT }]),
      node: 'node2',
      reason: 'The kube-proxy pod is being deleted.',
    },
  },
});
