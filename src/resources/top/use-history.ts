// SPDX-License-Identifier: Apache-2.0

import type { TopReport, TopRow } from './top-report.ts';

/** Readings that are kept of each row. */
const MAX_READINGS = 20;

/** What each row used in the last readings of a live view, in the resource that the list is ordered by. */
export class UseHistory {
  #readings: ReadonlyMap<string, number | undefined>[] = [];

  /** Adds a reading; the oldest goes when there are too many. */
  add({ rows, order }: TopReport): void {
    const used = rows.map((row) => {
      const { used: of } = order === 'cpu' ? row.cpu : row.memory;
      return [keyOf(row), of] as const;
    });
    this.#readings = [...this.#readings, new Map(used)].slice(-MAX_READINGS);
  }

  /** A row's use, the oldest first; undefined where it was not known. Begins with the first that was. */
  of(row: TopRow): readonly (number | undefined)[] {
    const values = this.#readings.map((reading) => reading.get(keyOf(row)));
    const first = values.findIndex((value) => value !== undefined);
    return first === -1 ? [] : values.slice(first);
  }
}

function keyOf({ namespace = '', name, container = '' }: TopRow): string {
  return `${namespace}/${name}/${container}`;
}
