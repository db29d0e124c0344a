// SPDX-License-Identifier: Apache-2.0

import type { AlertThresholds } from '#alerts/define-alert.ts';
import {
  BY_CONTAINER,
  duration,
  FLANNEL_WORKING_SET,
  IS_COREDNS,
  IS_FLANNEL_CONTAINER,
  isFlannelDaemonSet,
  MEMORY_LIMIT,
  ON_CONTAINER,
  restartsWithin,
  WORKING_SET,
} from '#alerts/promql.ts';

import type { PanelSection } from './grafana-panels.ts';

/** What the dashboard shows, from the cluster as a whole to what Selvage exports itself. */
export function dashboardSections(thresholds: AlertThresholds): readonly PanelSection[] {
  return [
    { title: 'Now', panels: now(thresholds) },
    { title: 'Flannel', panels: flannel(thresholds) },
    { title: 'Memory and restarts', panels: containers(thresholds) },
    { title: 'CoreDNS', panels: coreDns(thresholds) },
    { title: 'Selvage', panels: OWN_SERIES },
  ];
}

function now(thresholds: AlertThresholds): PanelSection['panels'] {
  const set = `{${isFlannelDaemonSet('daemonset', thresholds)}}`;
  const flannelPods = (name: string): string =>
    `sum(max by (namespace, daemonset) (kube_daemonset_status_${name}${set}))`;
  const ready = 'max by (node) (kube_node_status_condition{condition="Ready", status="true"})';
  return [
    stat('Nodes that are not Ready', `sum(1 - ${ready})`),
    stat(
      'Flannel pods that are missing or not ready',
      `${flannelPods('desired_number_scheduled')} - ${flannelPods('number_ready')}`,
    ),
    stat(
      'Containers above the threshold of their memory limit',
      `count(max ${BY_CONTAINER} (${WORKING_SET}) / ${ON_CONTAINER} ${MEMORY_LIMIT} > ${String(thresholds.memoryRatio)}) or vector(0)`,
    ),
    stat(
      `Restarts in the last ${duration(thresholds.restartWindowSeconds)}`,
      `sum(${restartsWithin(thresholds.restartWindowSeconds)})`,
    ),
  ];
}

function stat(title: string, expression: string): PanelSection['panels'][number] {
  const queries = [{ expression, legend: '' }];
  return { title, description: '', kind: 'stat', unit: 'none', queries, threshold: 1 };
}

function flannel({
  flannelMemoryBytes,
  restartWindowSeconds,
}: AlertThresholds): PanelSection['panels'] {
  return [
    {
      title: "Working set of flannel's containers",
      description: 'Level is healthy. Week over week higher is a leak.',
      kind: 'timeseries',
      unit: 'bytes',
      queries: [
        { expression: `max by (namespace, pod) (${FLANNEL_WORKING_SET})`, legend: '{{pod}}' },
      ],
      threshold: flannelMemoryBytes,
    },
    {
      title: `Restarts of flannel within ${duration(restartWindowSeconds)}`,
      description: 'A restart takes no entry away, and brings lost ones back.',
      kind: 'timeseries',
      unit: 'none',
      queries: [
        {
          expression: restartsWithin(restartWindowSeconds, IS_FLANNEL_CONTAINER),
          legend: '{{pod}}',
        },
      ],
    },
  ];
}

function containers({
  memoryRatio,
  restartWindowSeconds,
}: AlertThresholds): PanelSection['panels'] {
  const legend = '{{namespace}}/{{pod}} {{container}}';
  return [
    {
      title: 'Containers nearest to their memory limit',
      description: 'Working set as share of the limit. Containers without a limit are not here.',
      kind: 'timeseries',
      unit: 'percentunit',
      queries: [
        {
          expression: `topk(10, max ${BY_CONTAINER} (${WORKING_SET}) / ${ON_CONTAINER} ${MEMORY_LIMIT})`,
          legend,
        },
      ],
      threshold: memoryRatio,
    },
    {
      title: 'Containers that use most memory',
      description: 'Working set.',
      kind: 'timeseries',
      unit: 'bytes',
      queries: [{ expression: `topk(10, max ${BY_CONTAINER} (${WORKING_SET}))`, legend }],
    },
    {
      title: `Restarts within ${duration(restartWindowSeconds)}`,
      description: 'Containers that restarted most.',
      kind: 'timeseries',
      unit: 'none',
      queries: [{ expression: `topk(10, ${restartsWithin(restartWindowSeconds)} > 0)`, legend }],
    },
    {
      title: 'Memory of nodes',
      description: 'Working set of the root cgroup.',
      kind: 'timeseries',
      unit: 'bytes',
      queries: [
        {
          expression: 'max by (instance) (container_memory_working_set_bytes{id="/"})',
          legend: '{{instance}}',
        },
      ],
    },
  ];
}

function coreDns({ dnsFailureRatio }: AlertThresholds): PanelSection['panels'] {
  const rate = (series: string): string => `rate(${series}[5m])`;
  return [
    {
      title: 'Share of answers that are SERVFAIL',
      description: 'By CoreDNS pod.',
      kind: 'timeseries',
      unit: 'percentunit',
      queries: [
        {
          expression: `sum by (instance) (${rate('coredns_dns_responses_total{rcode="SERVFAIL"}')}) / sum by (instance) (${rate('coredns_dns_responses_total')})`,
          legend: '{{instance}}',
        },
      ],
      threshold: dnsFailureRatio,
    },
    {
      title: 'Answers',
      description: 'Per second, by code.',
      kind: 'timeseries',
      unit: 'reqps',
      queries: [
        {
          expression: `sum by (rcode) (${rate('coredns_dns_responses_total')})`,
          legend: '{{rcode}}',
        },
      ],
    },
    {
      title: 'Available replicas',
      description: 'With none, no name resolves.',
      kind: 'timeseries',
      unit: 'none',
      queries: [
        {
          expression: `max by (deployment) (kube_deployment_status_replicas_available{namespace="kube-system", ${IS_COREDNS}})`,
          legend: '{{deployment}}',
        },
      ],
    },
  ];
}

/** Empty where nothing exports these series. */
const OWN_SERIES: PanelSection['panels'] = [
  {
    title: 'Pairs of nodes that are broken',
    description: 'Empty where nothing exports series of Selvage.',
    kind: 'timeseries',
    unit: 'none',
    queries: [{ expression: 'max(selvage_pairs_broken)', legend: 'broken' }],
  },
  {
    title: 'Findings',
    description: 'By check. Empty where nothing exports series of Selvage.',
    kind: 'timeseries',
    unit: 'none',
    queries: [{ expression: 'max by (check, severity) (selvage_findings)', legend: '{{check}}' }],
  },
];
