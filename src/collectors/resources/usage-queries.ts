// SPDX-License-Identifier: Apache-2.0

import { type Matcher, selector } from '#sources/prometheus/promql.ts';

/** What is measured, as queries for one instant. */
export interface UsageQueries {
  readonly workingSet: string;
  /** When {@link workingSet} was scraped, seconds since 1970. */
  readonly at: string;
  readonly rss: string;
  readonly cache: string;
  readonly cpu: string;
}

/** The mean of CPU covers so much, as it takes two scrapes of any usual interval. Seconds. */
export const CPU_WINDOW_SECONDS = 300;

/**
 * Asks for what containers use. The name of the cgroup tells the life of a container before its last restart from the
 * one now: cAdvisor stamps its values itself, so that Prometheus shows both for five minutes.
 *
 * @param namespace absent: of all
 * @throws RangeError for a name that can be none of Kubernetes
 */
export function containerQueries(namespace: string | undefined): UsageQueries {
  return queries('namespace, pod, container, id', {
    ...(namespace !== undefined && { namespace: { is: namespace } }),
    // The pod as a whole has no container's name, and its sandbox is called POD where Docker runs it.
    container: { isNone: ['', 'POD'] },
  });
}

/** Asks for what nodes use as a whole, which is their root cgroup. */
export function nodeQueries(): UsageQueries {
  return queries('node, instance', { id: { isRootCgroup: true } });
}

function queries(labels: string, matchers: Readonly<Record<string, Matcher>>): UsageQueries {
  // Whoever is scraped in two ways has everything twice.
  const max = (of: string): string => `max by (${labels}) (${of})`;
  const workingSet = selector('container_memory_working_set_bytes', matchers);
  const cpu = selector('container_cpu_usage_seconds_total', matchers);
  return {
    workingSet: max(workingSet),
    at: max(`timestamp(${workingSet})`),
    rss: max(selector('container_memory_rss', matchers)),
    cache: max(selector('container_memory_cache', matchers)),
    cpu: max(`rate(${cpu}[${String(CPU_WINDOW_SECONDS)}s])`),
  };
}
