// SPDX-License-Identifier: Apache-2.0

import type { Alert } from '../define-alert.ts';

export const alert: Alert = {
  id: 'selvage-pairs-broken',
  title: 'Nodes cannot reach pods of other nodes',
  severity: 'critical',
  sources: ['selvage'],
  expression: () => 'max(selvage_pairs_broken) > 0',
  forSeconds: () => 120,
  summary: '{{ $value }} pairs of nodes are broken',
  description: () =>
    'Pods of the one node do not reach pods of the other. What lies behind it is told by a check of the cluster.',
};
