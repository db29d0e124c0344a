// SPDX-License-Identifier: Apache-2.0

import type { TrendReport } from '#trends/trend-report.ts';

/** The report as programs read it: instants as ISO-8601 in UTC, under names that end in `At`. */
export function trendJson(report: TrendReport): unknown {
  return JSON.parse(JSON.stringify(report, undefined), (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).map(publicEntry))
      : value,
  ) as unknown;
}

function publicEntry([key, value]: [string, unknown]): [string, unknown] {
  const isInstant = typeof value === 'number' && key.endsWith('Ms') && key !== 'stepMs';
  return isInstant ? [`${key.slice(0, -2)}At`, new Date(value).toISOString()] : [key, value];
}
