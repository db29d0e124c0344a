// SPDX-License-Identifier: Apache-2.0

import type { AlertOptions } from './alert-options.ts';
import { ruleGroups } from './rule-groups.ts';
import { yamlText } from './yaml-text.ts';

/** Where the PrometheusRule lives, and by which labels the operator's Prometheus finds it. */
export interface RuleObjectOptions {
  /** Absent: that of whoever applies it. */
  readonly namespace?: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The file that Prometheus' `rule_files` names. */
export function renderRules(options: AlertOptions): string {
  return yamlText({ groups: ruleGroups(options) });
}

/** The object that the Prometheus operator reads. */
export function renderPrometheusRule(
  options: AlertOptions,
  { namespace, labels }: RuleObjectOptions,
): string {
  return yamlText({
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: {
      name: 'selvage',
      ...(namespace !== undefined && { namespace }),
      ...(Object.keys(labels).length > 0 && { labels }),
    },
    spec: { groups: ruleGroups(options) },
  });
}
