// SPDX-License-Identifier: Apache-2.0

import type { Alert } from '../define-alert.ts';
import { BY_CONTAINER, duration, MEMORY_LIMIT, ON_CONTAINER, WORKING_SET } from '../promql.ts';

/** Below that share of the limit a line that leads to it is more often noise than a leak. */
const LEAST_RATIO = 0.5;

export const alert: Alert = {
  id: 'container-memory-growing',
  title: 'Container is on the way to its memory limit',
  severity: 'warning',
  sources: ['cadvisor', 'kube-state-metrics'],
  // Only a container that has run for half of the window: the growth of a start leads anywhere.
  expression: ({ growthWindowSeconds, growthAheadSeconds }) => {
    const line = `predict_linear(${WORKING_SET}[${duration(growthWindowSeconds)}], ${String(growthAheadSeconds)})`;
    const runsLong = `${WORKING_SET} offset ${duration(Math.ceil(growthWindowSeconds / 2))}`;
    return [
      `(max ${BY_CONTAINER} (${line} and ${runsLong}) / ${ON_CONTAINER} ${MEMORY_LIMIT} > 1)`,
      `(max ${BY_CONTAINER} (${WORKING_SET}) / ${ON_CONTAINER} ${MEMORY_LIMIT} > ${String(LEAST_RATIO)})`,
    ].join(` and ${ON_CONTAINER} `);
  },
  forSeconds: () => 3600,
  summary:
    'Container {{ $labels.container }} of {{ $labels.namespace }}/{{ $labels.pod }} will reach its memory limit',
  description: ({ growthWindowSeconds, growthAheadSeconds }) =>
    `If it grows on as in the last ${duration(growthWindowSeconds)}, it is at {{ $value | humanizePercentage }} of its memory limit in ${duration(growthAheadSeconds)}. A straight line is a guess: look at the weeks before, and at restarts that hide a leak.`,
};
