// SPDX-License-Identifier: Apache-2.0

import type { Alert } from '../define-alert.ts';

export const alert: Alert = {
  id: 'node-not-ready',
  title: 'Node is not Ready',
  severity: 'critical',
  sources: ['kube-state-metrics'],
  expression: () =>
    'max by (node) (kube_node_status_condition{condition="Ready", status="true"}) == 0',
  forSeconds: ({ nodeNotReadySeconds }) => nodeNotReadySeconds,
  summary: 'Node {{ $labels.node }} is not Ready',
  description: () =>
    'Its kubelet says so itself, or has stopped to report. No new pod is placed there, and its pods are taken out of their Services.',
};
