// SPDX-License-Identifier: Apache-2.0

import type { HealthFacts } from '#engine/health/health-facts.ts';
import { dnsItem, flannelItem, pairsItem } from '#engine/health/network-items.ts';
import { nodesItem, startsItem } from '#engine/health/node-items.ts';
import { podsItem, restartsItem } from '#engine/health/pod-items.ts';
import {
  memoryLimitsItem,
  metricsServerItem,
  networkUseItem,
  nodeTrendItem,
  nodeUseItem,
  podUseItem,
  trendItem,
} from '#engine/health/use-items.ts';
import {
  HEALTH_SCHEMA_VERSION,
  type HealthItem,
  type HealthReport,
} from '#report/health-report.ts';

type Assess = (facts: HealthFacts) => HealthItem;

/** What each routine looks at, in the order of reading. */
const ROUTINES: Readonly<Record<HealthReport['routine'], readonly Assess[]>> = {
  daily: [
    nodesItem,
    flannelItem,
    dnsItem,
    podsItem,
    restartsItem,
    nodeUseItem,
    memoryLimitsItem,
    podUseItem,
  ],
  weekly: [
    nodesItem,
    flannelItem,
    dnsItem,
    podsItem,
    restartsItem,
    nodeUseItem,
    memoryLimitsItem,
    podUseItem,
    networkUseItem,
    trendItem,
    nodeTrendItem,
    metricsServerItem,
  ],
  'after-restart': [nodesItem, startsItem, flannelItem, pairsItem, dnsItem, podsItem, restartsItem],
};

/** What a routine comes to. Pure: the same facts give the same report. */
export function assessHealth(facts: HealthFacts): HealthReport {
  const { routine, report, since } = facts;
  return {
    schemaVersion: HEALTH_SCHEMA_VERSION,
    kind: 'HealthReport',
    routine,
    tool: report.tool,
    cluster: report.cluster,
    startedAt: report.startedAt,
    finishedAt: report.finishedAt,
    since,
    items: ROUTINES[routine].map((assess) => assess(facts)),
    check: report,
  };
}
