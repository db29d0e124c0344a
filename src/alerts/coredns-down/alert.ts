// SPDX-License-Identifier: Apache-2.0

import type { Alert } from '../define-alert.ts';
import { IS_COREDNS } from '../promql.ts';

export const alert: Alert = {
  id: 'coredns-down',
  title: 'CoreDNS has no available replica',
  severity: 'critical',
  sources: ['kube-state-metrics'],
  expression: () =>
    `max by (namespace, deployment) (kube_deployment_status_replicas_available{namespace="kube-system", ${IS_COREDNS}}) == 0`,
  forSeconds: () => 120,
  summary: 'No replica of {{ $labels.namespace }}/{{ $labels.deployment }} is available',
  description: () =>
    'Pods resolve no name, neither of Services nor of the outside. To applications everything looks down, while connections to IP addresses work.',
};
