// SPDX-License-Identifier: Apache-2.0

import type { Alert } from '../define-alert.ts';
import { duration, IS_FLANNEL_CONTAINER, restartsWithin } from '../promql.ts';

export const alert: Alert = {
  id: 'flannel-restarted',
  title: 'Flannel was restarted',
  severity: 'warning',
  sources: ['kube-state-metrics'],
  expression: ({ restartWindowSeconds }) =>
    `${restartsWithin(restartWindowSeconds, IS_FLANNEL_CONTAINER)} > 0`,
  forSeconds: () => 0,
  summary: 'Flannel in {{ $labels.namespace }}/{{ $labels.pod }} was restarted',
  description: ({ restartWindowSeconds }) =>
    `Its container was restarted {{ $value }} times in the last ${duration(restartWindowSeconds)}. Flannel is not restarted without a cause, and what was lost before or meanwhile is not seen in its pod: check the routes.`,
};
