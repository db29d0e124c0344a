// SPDX-License-Identifier: Apache-2.0

import type { Alert } from '../define-alert.ts';

const absence = (series: string, source: string): string =>
  `label_replace(absent(${series}), "source", "${source}", "", "")`;

export const alert: Alert = {
  id: 'metrics-missing',
  title: 'Series that the other alerts read are missing',
  severity: 'warning',
  // It fires for want of these, so it needs none of them.
  sources: [],
  expression: () =>
    `${absence('kube_pod_info', 'kube-state-metrics')} or ${absence('container_memory_working_set_bytes', 'cAdvisor')}`,
  forSeconds: () => 900,
  summary: 'Prometheus has no series of {{ $labels.source }}',
  description: () =>
    'The alerts that read them cannot fire: their silence says nothing. Look at the targets of Prometheus.',
};
