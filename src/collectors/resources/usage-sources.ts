// SPDX-License-Identifier: Apache-2.0

import { kubeletUsage } from '#collectors/resources/kubelet-usage.ts';
import { metricsServerUsage } from '#collectors/resources/metrics-server-usage.ts';
import {
  foundPrometheusUsage,
  namedPrometheusUsage,
} from '#collectors/resources/prometheus-usage.ts';
import type { UsageSource } from '#collectors/resources/usage-source.ts';
import type { UrlTransportOptions } from '#sources/prometheus/url-transport.ts';

/** Where usage is looked for unless a caller knows better, the best first: a kubelet knows the present, Prometheus its last scrape. */
export const USAGE_SOURCES: readonly UsageSource[] = [
  metricsServerUsage,
  kubeletUsage,
  foundPrometheusUsage,
];

/** The same with a server that somebody named: one that is meant is asked before every kubelet is. */
export function usageSourcesWith(server: UrlTransportOptions | undefined): readonly UsageSource[] {
  if (server === undefined) return USAGE_SOURCES;
  return [metricsServerUsage, namedPrometheusUsage(server), kubeletUsage];
}
