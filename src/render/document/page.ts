// SPDX-License-Identifier: Apache-2.0

/** A page of text of one kind or another: what a form of output makes of it is its own affair. */
export interface Page {
  readonly title: string;
  /** One line that says when and how it was made: the only one that differs from run to run. */
  readonly date: string;
  /** A sentence or two below the title. */
  readonly summary: readonly string[];
  readonly sections: readonly PageSection[];
}

/** One part of a page. */
export interface PageSection {
  readonly title: string;
  readonly paragraphs: readonly string[];
  readonly table?: PageTable;
}

/** Rows below names of columns; every row has as many cells. */
export interface PageTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Rows that are not here; 0: all are. */
  readonly left: number;
}

/** Rows of a table that a form for people shows; the JSON has all. */
const MAX_ROWS = 500;

/** A table of at most that many rows that people read. */
export function pageTable(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): PageTable {
  return { columns, rows: rows.slice(0, MAX_ROWS), left: Math.max(0, rows.length - MAX_ROWS) };
}
