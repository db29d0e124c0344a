// SPDX-License-Identifier: Apache-2.0

import type { Alert } from '../define-alert.ts';

export const alert: Alert = {
  id: 'selvage-findings-open',
  title: 'Selvage has critical findings',
  severity: 'critical',
  sources: ['selvage'],
  expression: () => 'max by (check) (selvage_findings{severity="critical"}) > 0',
  forSeconds: () => 300,
  summary: 'Selvage has {{ $value }} findings of {{ $labels.check }}',
  description: () =>
    'They have been there for 5 minutes. What they mean and what to do: selvage explain {{ $labels.check }}.',
};
