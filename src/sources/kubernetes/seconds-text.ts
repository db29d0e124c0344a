// SPDX-License-Identifier: Apache-2.0

/** A time limit for a person, in seconds with at most one decimal: what is left of a limit is rarely a round number. */
export function secondsText(milliseconds: number): string {
  return `${String(Number((milliseconds / 1000).toFixed(1)))} s`;
}
