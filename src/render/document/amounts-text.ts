// SPDX-License-Identifier: Apache-2.0

import type { ResourceAmounts } from '#model/resources.ts';

const UNITS = [
  ['Gi', 2 ** 30],
  ['Mi', 2 ** 20],
  ['Ki', 2 ** 10],
] as const;

/** Bytes as a quantity, exact where a unit divides them: `50Mi`, `1.5Gi`, `1000 bytes`. */
export function bytesText(bytes: number): string {
  for (const [unit, size] of UNITS) {
    const value = bytes / size;
    if (value >= 1 && Number.isInteger(value * 10)) return `${String(value)}${unit}`;
  }
  return bytes >= 2 ** 20 ? `${(bytes / 2 ** 20).toFixed(1)}Mi` : `${String(bytes)} bytes`;
}

/** Cores as a quantity: `100m`, `2`. */
export function coresText(cores: number): string {
  return Number.isInteger(cores) ? String(cores) : `${String(Math.round(cores * 1000))}m`;
}

/** CPU and memory, or that none is set: `100m CPU, 50Mi memory`. */
export function amountsText({ cpuCores, memoryBytes }: ResourceAmounts): string {
  const parts = [
    ...(cpuCores === undefined ? [] : [`${coresText(cpuCores)} CPU`]),
    ...(memoryBytes === undefined ? [] : [`${bytesText(memoryBytes)} memory`]),
  ];
  return parts.length === 0 ? 'none' : parts.join(', ');
}
