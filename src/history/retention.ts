// SPDX-License-Identifier: Apache-2.0

/** How long what is kept stays, and how finely, by age in seconds. See docs/guide/history.md. */
export interface Retention {
  /** As it came, until then. */
  readonly whole: number;
  /** One for each hour, until then. */
  readonly hourly: number;
  /** One for each day, until then. */
  readonly daily: number;
}

const DAY = 86_400;

/** What holds for every history: three nodes for a year stay below 20 MB. A trend looks back four weeks, all by the hour. */
export const RETENTION: Retention = { whole: 3 * DAY, hourly: 30 * DAY, daily: 400 * DAY };
