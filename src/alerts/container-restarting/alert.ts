// SPDX-License-Identifier: Apache-2.0

import type { Alert } from '../define-alert.ts';
import { duration, restartsWithin } from '../promql.ts';

export const alert: Alert = {
  id: 'container-restarting',
  title: 'Container restarts again and again',
  severity: 'warning',
  sources: ['kube-state-metrics'],
  expression: ({ restarts, restartWindowSeconds }) =>
    `${restartsWithin(restartWindowSeconds)} >= ${String(restarts)}`,
  forSeconds: () => 0,
  summary:
    'Container {{ $labels.container }} of {{ $labels.namespace }}/{{ $labels.pod }} restarts again and again',
  description: ({ restartWindowSeconds }) =>
    `It was restarted {{ $value }} times in the last ${duration(restartWindowSeconds)}. The state and the log of the run before say why it ended.`,
};
