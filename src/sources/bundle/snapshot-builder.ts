// SPDX-License-Identifier: Apache-2.0

import type * as z from 'zod/mini';

import type { AbsentFact, Fact } from '#model/fact.ts';
import type { ClusterFactRecord, NodeFactRecord, Snapshot } from '#model/snapshot.ts';
import type { BundleLimits } from '#sources/bundle/bundle-limits.ts';
import { type BundleLine, factSchema, type RunTimes } from '#sources/bundle/line-schemas.ts';
import { type BundleManifest, NEWEST_SCHEMA_VERSION } from '#sources/bundle/manifest.ts';
import { CLUSTER_SCHEMAS } from '#sources/bundle/schema/cluster-schemas.ts';
import { NODE_SCHEMAS } from '#sources/bundle/schema/node-schemas.ts';

type AnySchema = z.ZodMiniType;
type AnyNodeSchema = { readonly entry: AnySchema } | { readonly whole: AnySchema };

// Maps, because a hostile name like `constructor` is a key of every object.
const clusterSchemas = new Map<string, AnySchema>(Object.entries(CLUSTER_SCHEMAS));
const nodeSchemas = new Map<string, AnyNodeSchema>(Object.entries(NODE_SCHEMAS));

/** Why a line cannot be part of a bundle. */
export class LineRefusal extends Error {
  override readonly name = 'LineRefusal';
  readonly code: 'bundle-damaged' | 'bundle-too-large' | 'bundle-cut-off';

  constructor(message: string, code: LineRefusal['code'] = 'bundle-damaged') {
    super(message);
    this.code = code;
  }
}

/**
 * Puts a snapshot together from the lines of a bundle. Equal entries of different nodes become one frozen object, as
 * they were when they were collected.
 */
export class SnapshotBuilder {
  readonly #limits: BundleLimits;
  readonly #cluster = new Map<string, Fact<unknown>>();
  readonly #nodes = new Map<string, NodeFactRecord>();
  readonly #tables = new Map<string, unknown[]>();
  readonly #missing: AbsentFact;
  #times: RunTimes | undefined;
  #entries = 0;
  #references = 0;
  #hasEnded = false;

  constructor({ tool }: BundleManifest, limits: BundleLimits) {
    this.#limits = limits;
    this.#missing = Object.freeze({
      state: 'absent',
      reason: 'not-collected',
      detail: `The bundle does not hold it: it was taken by ${tool.name} ${tool.version}.`,
    });
  }

  /** @throws LineRefusal */
  add(line: BundleLine): void {
    if (this.#hasEnded) throw new LineRefusal('something follows its end');
    if ('snapshot' in line) this.#addTimes(line.snapshot);
    else if ('cluster' in line) this.#addClusterFact(line.cluster, line.fact);
    else if ('entries' in line) this.#addEntries(line.entries, line.values);
    else if ('node' in line) this.#addNode(line.node, line.facts);
    else this.#end(line.end.nodes);
  }

  /**
   * The snapshot. A fact that the writer did not know yet is absent, `not-collected`.
   *
   * @throws LineRefusal when lines are missing
   */
  build(): Snapshot {
    if (!this.#hasEnded) throw new LineRefusal('its last line is missing', 'bundle-cut-off');
    if (this.#times === undefined) throw new LineRefusal('the times of the run are missing');
    return Object.freeze({
      schemaVersion: NEWEST_SCHEMA_VERSION,
      ...this.#times,
      cluster: this.#complete(clusterSchemas, this.#cluster) as ClusterFactRecord,
      nodes: Object.freeze(Object.fromEntries(this.#nodes)),
    });
  }

  #addTimes(times: RunTimes): void {
    if (this.#times !== undefined) throw new LineRefusal('the times of the run are there twice');
    if (times.startedAt > times.finishedAt) throw new LineRefusal('the run ends before it starts');
    this.#times = times;
  }

  #addClusterFact(name: string, raw: unknown): void {
    const schema = clusterSchemas.get(name);
    if (schema === undefined) return;
    if (this.#cluster.has(name)) throw new LineRefusal(`the fact ${name} is there twice`);
    const fact = parsed(factSchema, raw, `the fact ${name}`);
    this.#cluster.set(
      name,
      withValue(fact, (value) => parsed(schema, value, `the fact ${name}`)),
    );
  }

  #addEntries(name: string, values: readonly unknown[]): void {
    const schema = nodeSchemas.get(name);
    if (schema === undefined || !('entry' in schema)) return;
    this.#entries += values.length;
    if (this.#entries > this.#limits.entries) throw tooLarge('entries');
    const table = this.#tables.get(name) ?? [];
    this.#tables.set(name, table);
    for (const value of values) table.push(parsed(schema.entry, value, `an entry of ${name}`));
  }

  #addNode(name: string, raw: Readonly<Record<string, unknown>>): void {
    if (this.#nodes.has(name)) throw new LineRefusal(`the node ${name} is there twice`);
    if (this.#nodes.size >= this.#limits.nodes) throw tooLarge('nodes');
    const facts = new Map<string, Fact<unknown>>();
    for (const [fact, schema] of nodeSchemas) {
      if (!Object.hasOwn(raw, fact)) continue;
      const where = `the fact ${fact} of node ${name}`;
      facts.set(
        fact,
        withValue(parsed(factSchema, raw[fact], where), (value) =>
          'entry' in schema
            ? this.#entriesAt(fact, value, where)
            : parsed(schema.whole, value, where),
        ),
      );
    }
    this.#nodes.set(name, this.#complete(nodeSchemas, facts) as NodeFactRecord);
  }

  #entriesAt(fact: string, places: unknown, where: string): readonly unknown[] {
    if (!Array.isArray(places)) throw new LineRefusal(`${where} is no list`);
    this.#references += places.length;
    if (this.#references > this.#limits.references) throw tooLarge('entries of nodes');
    const table = this.#tables.get(fact) ?? [];
    return Object.freeze(
      places.map((place: unknown) => {
        if (typeof place !== 'number' || !Number.isInteger(place) || !(place in table)) {
          throw new LineRefusal(`${where} names an entry that is not there`);
        }
        return table[place];
      }),
    );
  }

  #end(nodes: number): void {
    if (nodes !== this.#nodes.size) throw new LineRefusal('nodes are missing', 'bundle-cut-off');
    this.#hasEnded = true;
  }

  /** All facts that this version knows, by name. */
  #complete(
    names: ReadonlyMap<string, unknown>,
    facts: ReadonlyMap<string, Fact<unknown>>,
  ): Readonly<Record<string, Fact<unknown>>> {
    const entries = [...names.keys()].map((name) => [name, facts.get(name) ?? this.#missing]);
    return Object.freeze(Object.fromEntries(entries) as Record<string, Fact<unknown>>);
  }
}

function withValue(fact: Fact<unknown>, parse: (value: unknown) => unknown): Fact<unknown> {
  return fact.state === 'absent' ? fact : Object.freeze({ ...fact, value: parse(fact.value) });
}

function tooLarge(what: string): LineRefusal {
  return new LineRefusal(`it has too many ${what}`, 'bundle-too-large');
}

/** @throws LineRefusal that says where the value differs from its schema */
function parsed<T>(schema: z.ZodMiniType<T>, value: unknown, where: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const path = result.error.issues[0]?.path.map(String).join('.') ?? '';
  throw new LineRefusal(`${where} is unusable${path === '' ? '' : ` at ${path}`}`);
}
