// SPDX-License-Identifier: Apache-2.0

import type { Alert } from '../define-alert.ts';
import { isFlannelDaemonSet } from '../promql.ts';

export const alert: Alert = {
  id: 'flannel-pod-missing',
  title: 'Node has no ready flannel pod',
  severity: 'critical',
  sources: ['kube-state-metrics'],
  // The second part keeps it silent where the DaemonSet leaves nodes out on purpose, and where there is no flannel.
  expression: (thresholds) => {
    const pods = `kube_pod_info{created_by_kind="DaemonSet", ${isFlannelDaemonSet('created_by_name', thresholds)}, node!=""}`;
    const ready = 'max by (namespace, pod) (kube_pod_status_ready{condition="true"}) == 1';
    const set = `{${isFlannelDaemonSet('daemonset', thresholds)}}`;
    const count = (name: string): string =>
      `sum(max by (namespace, daemonset) (kube_daemonset_status_${name}${set}))`;
    return [
      `(max by (node) (kube_node_info{os_image!~"Windows.*"}) unless on (node) max by (node) (${pods} and on (namespace, pod) ${ready}))`,
      `${count('desired_number_scheduled')} > ${count('number_ready')}`,
    ].join(' and on () ');
  },
  forSeconds: () => 300,
  summary: 'Node {{ $labels.node }} has no ready flannel pod',
  description: () =>
    'Entries that flannel wrote stay in the kernel, so traffic goes on at first. But nothing that gets lost comes back, changes of other nodes are missed, and after a reboot the node has no network for pods.',
};
