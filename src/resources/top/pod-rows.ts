// SPDX-License-Identifier: Apache-2.0

import type { PodInventory, ResourceAmounts } from '#model/resources.ts';
import { given, podBound } from './amounts.ts';
import type { PlainRow } from './container-rows.ts';
import type { TopAmount } from './top-report.ts';

/** One row for each pod, from the rows of its containers. A pod is measured when all of them that run are. */
export function podRows(
  pods: readonly PodInventory[],
  containers: readonly PlainRow[],
): readonly PlainRow[] {
  const byPod = new Map<string, PlainRow[]>();
  for (const row of containers) {
    const key = `${row.namespace ?? ''}/${row.name}`;
    const rows = byPod.get(key);
    if (rows === undefined) byPod.set(key, [row]);
    else rows.push(row);
  }
  return pods.flatMap((pod) => {
    const rows = byPod.get(`${pod.namespace}/${pod.name}`);
    return rows === undefined ? [] : [rowOf(pod, rows)];
  });
}

function rowOf(pod: PodInventory, rows: readonly PlainRow[]): PlainRow {
  const running = new Set(
    pod.containers.filter(({ state }) => state === 'running').map(({ name }) => name),
  );
  const counted = rows.filter(({ container = '' }) => running.has(container));
  const unmeasured = (counted.length === 0 ? rows : counted).find(
    (row) => row.unmeasured !== undefined,
  )?.unmeasured;
  return given({
    namespace: pod.namespace,
    name: pod.name,
    node: pod.node,
    memory: given({
      ...amountOf(
        pod,
        'memoryBytes',
        counted.map(({ memory }) => memory),
      ),
      rssBytes: sumOf(counted.map(({ memory }) => memory.rssBytes)),
    }),
    cpu: amountOf(
      pod,
      'cpuCores',
      counted.map(({ cpu }) => cpu),
    ),
    restarts: rows.reduce((sum, { restarts = 0 }) => sum + restarts, 0),
    lastOomAt: latest(rows.map(({ lastOomAt }) => lastOomAt)),
    oomKills: sumOf(rows.map(({ oomKills }) => oomKills)),
    measuredAt: latest(rows.map(({ measuredAt }) => measuredAt)),
    unmeasured,
  });
}

function amountOf(
  { containers }: PodInventory,
  key: keyof ResourceAmounts,
  amounts: readonly TopAmount[],
): TopAmount {
  const ratios = amounts.map(({ ratio }) => ratio).filter((ratio) => ratio !== undefined);
  return given({
    used: sumOf(amounts.map(({ used }) => used)),
    requested: podBound(containers, 'requests', key),
    limit: podBound(containers, 'limits', key),
    ratio: ratios.length === 0 ? undefined : Math.max(...ratios),
  });
}

/** The sum; undefined when there is nothing to add, or a part is not known. */
function sumOf(values: readonly (number | undefined)[]): number | undefined {
  let sum: number | undefined;
  for (const value of values) {
    if (value === undefined) return undefined;
    sum = (sum ?? 0) + value;
  }
  return sum;
}

function latest(instants: readonly (string | undefined)[]): string | undefined {
  return instants
    .filter((instant) => instant !== undefined)
    .sort()
    .at(-1);
}
