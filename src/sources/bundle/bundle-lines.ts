// SPDX-License-Identifier: Apache-2.0

import type { Fact } from '#model/fact.ts';
import type { NodeFactRecord, Snapshot } from '#model/snapshot.ts';
import type { BundleManifest } from '#sources/bundle/manifest.ts';

/** Most entries in one line. */
const ENTRIES_PER_LINE = 10_000;

/**
 * The lines of a bundle, each one JSON value with a line feed:
 *
 * - the manifest;
 * - `{"snapshot":{startedAt,finishedAt,apiFinishedAt}}`;
 * - `{"cluster":<fact name>,"fact":…}`, one per cluster fact;
 * - `{"entries":<fact name>,"values":[…]}`: further entries of a node fact that is a list, before they are used;
 * - `{"node":<name>,"facts":{…}}`, one per node. A list holds the places of its entries in that fact's entries: a
 *   peer's route is the same on every node, and is stored once;
 * - `{"end":{"nodes":…}}`, so that a bundle cut between two lines is not taken for a whole one.
 *
 * Pure. Lines are made as they are asked for: no text is as large as the snapshot.
 */
export function* bundleLines(
  snapshot: Snapshot,
  manifest: BundleManifest,
): Generator<string, void, undefined> {
  const { startedAt, finishedAt, apiFinishedAt } = snapshot;
  yield line(manifest);
  yield line({ snapshot: { startedAt, finishedAt, apiFinishedAt } });
  for (const [cluster, fact] of Object.entries(snapshot.cluster)) yield line({ cluster, fact });
  const tables = new Map<string, EntryTable>();
  const nodes = Object.entries(snapshot.nodes);
  for (const [node, record] of nodes) yield* nodeLines(node, record, tables);
  yield line({ end: { nodes: nodes.length } });
}

function* nodeLines(
  node: string,
  record: NodeFactRecord,
  tables: Map<string, EntryTable>,
): Generator<string, void, undefined> {
  const facts: [string, unknown][] = [];
  for (const [name, fact] of Object.entries(record) as [string, Fact<unknown>][]) {
    if (fact.state === 'absent' || !isList(fact.value)) {
      facts.push([name, fact]);
      continue;
    }
    const table = tables.get(name) ?? new EntryTable();
    tables.set(name, table);
    facts.push([name, { ...fact, value: fact.value.map((entry) => table.placeOf(entry)) }]);
    for (const values of table.takeNew()) yield line({ entries: name, values });
  }
  yield line({ node, facts: Object.fromEntries(facts) });
}

function isList(value: unknown): value is readonly object[] {
  return Array.isArray(value);
}

function line(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

/** Entries in the order of their first appearance. Equal ones have one place, by identity or by content. */
class EntryTable {
  readonly #byIdentity = new Map<object, number>();
  readonly #byContent = new Map<string, number>();
  #new: object[] = [];

  placeOf(entry: object): number {
    const known = this.#byIdentity.get(entry);
    if (known !== undefined) return known;
    const content = JSON.stringify(entry);
    let place = this.#byContent.get(content);
    if (place === undefined) {
      place = this.#byContent.size;
      this.#byContent.set(content, place);
      this.#new.push(entry);
    }
    this.#byIdentity.set(entry, place);
    return place;
  }

  /** Entries that were not taken yet, in portions. */
  *takeNew(): Generator<readonly object[], void, undefined> {
    const taken = this.#new;
    this.#new = [];
    for (let start = 0; start < taken.length; start += ENTRIES_PER_LINE) {
      yield taken.slice(start, start + ENTRIES_PER_LINE);
    }
  }
}
