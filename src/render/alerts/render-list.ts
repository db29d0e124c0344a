// SPDX-License-Identifier: Apache-2.0

import type { Alert } from '#alerts/define-alert.ts';

/** One line for each alert: id, severity, what is wrong. Ends with a line feed. */
export function renderAlertList(alerts: readonly Alert[], program: string): string {
  const width = Math.max(...alerts.map(({ id }) => id.length));
  const rows = alerts.map(
    ({ id, severity, title }) => `${id.padEnd(width)}  ${severity.padEnd(8)}  ${title}`,
  );
  const more = [
    `What to do about one: ${program} alerts <id>`,
    `As files:             ${program} alerts -o prometheus-rule|rules|alertmanager|grafana`,
  ];
  return `${[...rows, '', ...more].join('\n')}\n`;
}
