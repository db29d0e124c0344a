// SPDX-License-Identifier: Apache-2.0

import { type Matcher, selector } from '#sources/prometheus/promql.ts';

/** Of which containers memory is asked. */
export interface MemoryScope {
  readonly namespace?: string;
  /** Pods of that name, or whose names begin so. */
  readonly workload?: string;
  readonly container?: string;
}

/** Queries of one answer. Names are cAdvisor's and kube-state-metrics', which agree in these labels. */
export interface MemoryQueries {
  /** How many containers there are. */
  readonly count: string;
  readonly workingSet: string;
  /** The most between two steps. */
  readonly peak: string;
  readonly restarts: string;
  readonly starts: string;
  readonly limits: string;
}

const CONTAINER = 'namespace, pod, container';

/**
 * Asks for working set, restarts and limits of containers.
 *
 * @throws RangeError when a name of the scope can be none of Kubernetes
 */
export function memoryQueries(scope: MemoryScope, stepMs: number): MemoryQueries {
  const { namespace, workload, container } = scope;
  const matchers: Record<string, Matcher> = {
    ...(namespace !== undefined && { namespace: { is: namespace } }),
    ...(workload !== undefined && { pod: { begins: workload } }),
    // The pod as a whole has no container's name, and its sandbox is called POD where Docker runs it.
    container: container === undefined ? { isNone: ['', 'POD'] } : { is: container },
  };
  const workingSet = selector('container_memory_working_set_bytes', matchers);
  const max = (of: string, labels = CONTAINER): string => `max by (${labels}) (${of})`;
  const limit = selector('container_spec_memory_limit_bytes', matchers);
  const specified = selector('kube_pod_container_resource_limits', {
    ...matchers,
    resource: { is: 'memory' },
  });
  return {
    count: `count(count by (${CONTAINER}) (${workingSet}))`,
    workingSet: max(workingSet, `${CONTAINER}, node, instance`),
    peak: max(`max_over_time(${workingSet}[${String(Math.round(stepMs / 1000))}s])`),
    restarts: max(selector('kube_pod_container_status_restarts_total', matchers)),
    starts: max(selector('container_start_time_seconds', matchers)),
    // What was declared rather than what cAdvisor read of the cgroup, which is 0 where there is none.
    limits: `${max(specified)} or ${max(`${limit} > 0`)}`,
  };
}
