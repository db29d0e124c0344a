// SPDX-License-Identifier: Apache-2.0

import type { AlertThresholds } from '#alerts/define-alert.ts';

import { dashboardSections } from './dashboard-sections.ts';
import { layOut } from './grafana-panels.ts';

/** The form of Grafana 10.0; newer ones migrate it when they load it. */
const SCHEMA_VERSION = 38;

/** A dashboard for Grafana's import, or for a file that it provisions. Ends with a line feed. */
export function renderGrafana(thresholds: AlertThresholds): string {
  const dashboard = {
    uid: 'selvage',
    title: 'Selvage: Flannel and what it runs on',
    description: "Written by 'selvage alerts -o grafana'.",
    tags: ['selvage', 'flannel'],
    schemaVersion: SCHEMA_VERSION,
    version: 1,
    editable: true,
    graphTooltip: 1,
    timezone: 'browser',
    time: { from: 'now-24h', to: 'now' },
    refresh: '1m',
    annotations: { list: [] },
    links: [],
    templating: { list: [DATASOURCE_VARIABLE] },
    panels: layOut(dashboardSections(thresholds)),
  };
  return `${JSON.stringify(dashboard, undefined, 2)}\n`;
}

/** Lets the person choose among their Prometheus servers. */
const DATASOURCE_VARIABLE = {
  name: 'datasource',
  label: 'Prometheus',
  type: 'datasource',
  query: 'prometheus',
  current: {},
  hide: 0,
  includeAll: false,
  multi: false,
  options: [],
  refresh: 1,
  regex: '',
  skipUrlSync: false,
} as const;
