// SPDX-License-Identifier: Apache-2.0

import type { Alert } from '../define-alert.ts';
import { percentage } from '../promql.ts';

const rate = (series: string): string => `sum by (instance) (rate(${series}[5m]))`;

/** Answers per second below which a share says nothing. */
const LEAST_RATE = 0.1;

export const alert: Alert = {
  id: 'coredns-failing',
  title: 'CoreDNS answers many questions with a failure',
  severity: 'warning',
  sources: ['coredns'],
  expression: ({ dnsFailureRatio }) => {
    const all = rate('coredns_dns_responses_total');
    return `${rate('coredns_dns_responses_total{rcode="SERVFAIL"}')} / ${all} > ${String(dnsFailureRatio)} and ${all} > ${String(LEAST_RATE)}`;
  },
  forSeconds: () => 600,
  summary: 'CoreDNS at {{ $labels.instance }} answers many questions with SERVFAIL',
  description: ({ dnsFailureRatio }) =>
    `{{ $value | humanizePercentage }} of its answers are SERVFAIL, and have been above ${percentage(dnsFailureRatio)} for 10 minutes. Most often it does not reach the servers it forwards to, or its node has lost its routes.`,
};
