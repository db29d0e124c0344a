// SPDX-License-Identifier: Apache-2.0

import { type ClusterCollector, apiRead, inNamespace } from '#collectors/define-collector.ts';

/** The label of kubeadm's DaemonSet, which Talos and most installers keep (kubernetes: cmd/kubeadm/app/phases/addons/proxy). */
const PROXY_LABELS = { 'k8s-app': 'kube-proxy' };

/** Reads the pods of kube-proxy; none where another program does its work, or it runs outside of a DaemonSet. */
export const kubeProxyPodsCollector: ClusterCollector<'kubeProxyPods'> = {
  scope: 'cluster',
  fact: 'kubeProxyPods',
  reads: [inNamespace('kube-system', apiRead('', 'pods', 'list'))],
  timeoutMs: 60_000,
  collect: async (reader) => ({ value: await reader.podsOf('kube-system', PROXY_LABELS) }),
};
