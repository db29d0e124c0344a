// SPDX-License-Identifier: Apache-2.0

import { stateFile } from '#audit/state-file.ts';
import type { IdentifiedResources } from '#engine/read-resources.ts';
import type { MemorySeries } from '#model/memory-series.ts';
import type { ContainerGroup } from '#resources/container-groups.ts';

import type { Io } from '../io.ts';

const MOST_MS = 28 * 24 * 3_600_000;

/** What a history holds of some containers, or why it could not be read. */
export interface KeptSeries {
  readonly series: readonly MemorySeries[];
  readonly why?: string;
}

/** Four weeks of measurements of the containers of some workloads, from the history of their cluster, if there is one. */
export async function keptSeries(
  { picture, cluster }: IdentifiedResources,
  groups: readonly ContainerGroup[],
  { env }: Pick<Io, 'env'>,
): Promise<KeptSeries> {
  if (cluster === undefined) return { series: [], why: 'Which cluster it is could not be read.' };
  const untilMs = Date.parse(picture.readAt);
  try {
    const { HistoryStore } = await import('#history/history-store.ts');
    const store = HistoryStore.openToRead(stateFile(env, cluster, 'history'));
    if (store === undefined) return { series: [] };
    try {
      const selectors = new Map(groups.map((group) => [JSON.stringify(selectorOf(group)), group]));
      const series = [...selectors.values()].flatMap((group) =>
        store.series(selectorOf(group), untilMs - MOST_MS, untilMs),
      );
      return { series };
    } finally {
      store.close();
    }
  } catch (error) {
    return { series: [], why: error instanceof Error ? error.message : String(error) };
  }
}

/** A static pod is kept by the name of its node, and grouped by its own. */
function selectorOf({ namespace, workload: { kind, name }, container }: ContainerGroup) {
  const place = { namespace, kind, container };
  return kind === 'Node' ? place : { ...place, workload: name };
}
