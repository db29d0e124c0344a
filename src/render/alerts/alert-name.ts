// SPDX-License-Identifier: Apache-2.0

/** Name of an alert in Prometheus: `node-not-ready` is `SelvageNodeNotReady`. */
export function alertName(id: string): string {
  const name = id
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
  return name.startsWith('Selvage') ? name : `Selvage${name}`;
}
