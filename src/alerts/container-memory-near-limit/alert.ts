// SPDX-License-Identifier: Apache-2.0

import type { Alert } from '../define-alert.ts';
import { BY_CONTAINER, MEMORY_LIMIT, ON_CONTAINER, percentage, WORKING_SET } from '../promql.ts';

export const alert: Alert = {
  id: 'container-memory-near-limit',
  title: 'Container uses most of its memory limit',
  severity: 'warning',
  sources: ['cadvisor', 'kube-state-metrics'],
  expression: ({ memoryRatio }) =>
    `max ${BY_CONTAINER} (${WORKING_SET}) / ${ON_CONTAINER} ${MEMORY_LIMIT} > ${String(memoryRatio)}`,
  forSeconds: () => 900,
  summary:
    'Container {{ $labels.container }} of {{ $labels.namespace }}/{{ $labels.pod }} is near its memory limit',
  description: ({ memoryRatio }) =>
    `Its working set is {{ $value | humanizePercentage }} of its memory limit, and has been above ${percentage(memoryRatio)} for 15 minutes. At the limit the kernel kills it. Look whether it grows before you raise the limit.`,
};
