// SPDX-License-Identifier: Apache-2.0

import type { Alert } from '#alerts/define-alert.ts';
import { duration } from '#alerts/promql.ts';

import { alertName } from './alert-name.ts';
import type { AlertOptions } from './alert-options.ts';

/** A group of rules as Prometheus' files and the PrometheusRule have it. */
export interface RuleGroup {
  readonly name: string;
  readonly rules: readonly Rule[];
}

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { readonly severity: Alert['severity'] };
  readonly annotations: {
    readonly summary: string;
    readonly description: string;
    readonly runbook_url: string;
  };
}

/** The alerts as groups: those on what every cluster exports, and those on Selvage's own series. */
export function ruleGroups(options: AlertOptions): readonly RuleGroup[] {
  const isOwn = ({ sources }: Alert): boolean => sources.includes('selvage');
  const groups = [
    { name: 'selvage', alerts: options.alerts.filter((alert) => !isOwn(alert)) },
    { name: 'selvage-own-series', alerts: options.alerts.filter(isOwn) },
  ];
  return groups.map(({ name, alerts }) => ({
    name,
    rules: alerts.map((alert) => ruleOf(alert, options)),
  }));
}

function ruleOf(alert: Alert, { thresholds, runbookBase }: AlertOptions): Rule {
  const seconds = alert.forSeconds(thresholds);
  return {
    alert: alertName(alert.id),
    expr: alert.expression(thresholds),
    ...(seconds > 0 && { for: duration(seconds) }),
    labels: { severity: alert.severity },
    annotations: {
      summary: alert.summary,
      description: alert.description(thresholds),
      runbook_url: `${runbookBase}/${alert.id}/README.md`,
    },
  };
}
