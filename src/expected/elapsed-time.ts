// SPDX-License-Identifier: Apache-2.0

/**
 * Whether less than `seconds` have passed from `start` to `now`, both ISO-8601. A start after `now` (two clocks
 * that differ, a deadline) is recent too. False when a text is no instant.
 */
export function isRecent(now: string, start: string, seconds: number): boolean {
  return Date.parse(now) - Date.parse(start) < seconds * 1000;
}
