// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { isRecent } from '#expected/elapsed-time.ts';
import { flannelPodOf } from '#expected/flannel-pod.ts';
import { findNode, isReady } from '#expected/node-objects.ts';
import { isOnlyStarting, isPodReady, podStateText } from '#expected/pod-state.ts';
import { notFlannelNode } from '#expected/vxlan-applicability.ts';
import type { NodeObject, PodObject } from '#model/cluster.ts';
import { PASS, skip, verdictOf } from '#model/finding.ts';

const START_GRACE_SECONDS = 120;

/** Whether more than half of the Ready Linux nodes have a pod: then a node without one is an exception. */
function mostHaveOne(nodes: readonly NodeObject[], pods: readonly PodObject[]): boolean {
  const holders = new Set(pods.map(({ nodeName }) => nodeName));
  const ready = nodes.filter((node) => node.os === 'linux' && isReady(node));
  return 2 * ready.filter(({ name }) => holders.has(name)).length > ready.length;
}

/** Finds Ready nodes whose kube-proxy is missing or not Ready: Services are not followed there, pod addresses are. */
export const check: NodeCheck<'nodes' | 'kubeProxyPods'> = {
  id: 'kube-proxy-unhealthy',
  title: 'Pod of kube-proxy is missing or not Ready',
  scope: 'node',
  stability: 'stable',
  severity: 'warning',
  needs: { cluster: ['nodes', 'kubeProxyPods'], node: [] },
  messages: {
    notReady:
      'The kube-proxy pod on {node} is not Ready ({state}). Traffic to pods by their own address is not touched, but Services that change from now on, the one of the DNS among them, are not followed on {node}.',
    missing:
      'No kube-proxy pod runs on {node}, while most nodes have one. Traffic to pods by their own address is not touched, but Services, the one of the DNS and of the API server among them, may not work from {node}.',
  },
  notApplicable: ({ cluster, node }) =>
    cluster.kubeProxyPods.length === 0
      ? 'No pod in kube-system has the label k8s-app=kube-proxy: it runs in another way, or another program does its work.'
      : notFlannelNode(cluster.nodes, node),
  run({ cluster: { nodes, kubeProxyPods }, node, now, atCluster }) {
    const { object, index: nodeIndex } = findNode(nodes, node);
    if (!isReady(object)) {
      return skip('The node itself is not Ready, so the state of its pods is not known.');
    }
    const found = flannelPodOf(kubeProxyPods, node);
    if (found === undefined) {
      if (isRecent(now, object.createdAt, START_GRACE_SECONDS)) {
        return skip('The node joined less than two minutes ago.');
      }
      if (!mostHaveOne(nodes, kubeProxyPods)) {
        return skip('Most nodes have no kube-proxy pod, so none is expected here.');
      }
      return verdictOf([
        {
          messageId: 'missing',
          data: {},
          breaks: 'none',
          object: 'pod kube-system/kube-proxy',
          expected: 'a pod of kube-proxy',
          observed: 'nothing',
          evidence: [atCluster('nodes', nodeIndex, 'conditions'), atCluster('kubeProxyPods')],
        },
      ]);
    }
    const { pod, index } = found;
    if (isPodReady(pod)) return PASS;
    if (pod.deletingSince !== undefined) return skip('The kube-proxy pod is being deleted.');
    if (isRecent(now, pod.createdAt, START_GRACE_SECONDS) && isOnlyStarting(pod)) {
      return skip('The kube-proxy pod was made less than two minutes ago and is starting.');
    }
    const state = podStateText(pod);
    return verdictOf([
      {
        messageId: 'notReady',
        data: { state },
        breaks: 'none',
        object: `pod ${pod.namespace}/${pod.name}`,
        expected: `${pod.name} Ready`,
        observed: state,
        evidence: [atCluster('kubeProxyPods', index, 'containers')],
      },
    ]);
  },
};
