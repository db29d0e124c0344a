// SPDX-License-Identifier: Apache-2.0

import type { Alert } from '../define-alert.ts';
import { BY_CONTAINER, FLANNEL_WORKING_SET } from '../promql.ts';

export const alert: Alert = {
  id: 'flannel-memory-high',
  title: 'Flannel uses more memory than it needs',
  severity: 'warning',
  sources: ['cadvisor'],
  expression: ({ flannelMemoryBytes }) =>
    `max ${BY_CONTAINER} (${FLANNEL_WORKING_SET}) > ${String(flannelMemoryBytes)}`,
  forSeconds: () => 1800,
  summary: 'Flannel in {{ $labels.namespace }}/{{ $labels.pod }} uses much memory',
  description: () =>
    'Its working set has been {{ $value | humanize1024 }}B for 30 minutes. Flannel needs some tens of mebibytes, also in large clusters: more than that, and growing, is a leak.',
};
