// SPDX-License-Identifier: Apache-2.0

import type { DatabaseSync, StatementSync } from 'node:sqlite';

import type { Sample } from './samples-of.ts';

/** What became of the measurements of one round. */
export interface WrittenSamples {
  readonly stored: number;
  /** The same measurement as the last one: the origin has no newer one yet, or another run has kept it. */
  readonly repeated: number;
}

const NO_LIMIT = -1;
const MICRO = 1e6;

/** Writes one round. The caller holds the transaction. */
export function writeSamples(
  db: DatabaseSync,
  atSeconds: number,
  samples: readonly Sample[],
): WrittenSamples {
  const statements = prepareAll(db);
  let stored = 0;
  for (const sample of samples) {
    if (writeSample(statements, atSeconds, sample)) stored += 1;
  }
  return { stored, repeated: samples.length - stored };
}

type Statements = ReturnType<typeof prepareAll>;

function prepareAll(db: DatabaseSync): {
  readonly findSeries: StatementSync;
  readonly addSeries: StatementSync;
  readonly findLife: StatementSync;
  readonly addLife: StatementSync;
  readonly findMeasured: StatementSync;
  readonly extend: StatementSync;
  readonly addSample: StatementSync;
} {
  return {
    findSeries: db.prepare('SELECT id FROM series WHERE pod_uid = ? AND container = ?'),
    addSeries: db.prepare(
      'INSERT INTO series (pod_uid, container, namespace, pod, kind, workload, node, of_node) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    ),
    findLife: db.prepare(
      'SELECT id FROM life WHERE series = ? AND restarts = ? AND limit_bytes = ?',
    ),
    addLife: db.prepare('INSERT INTO life (series, restarts, limit_bytes) VALUES (?, ?, ?)'),
    findMeasured: db.prepare('SELECT measured_ms FROM extent WHERE series = ?'),
    extend: db.prepare(
      `INSERT INTO extent (series, first_at, last_at, measured_ms) VALUES (?, ?, ?, ?)
       ON CONFLICT (series) DO UPDATE SET
         first_at = min(first_at, excluded.first_at),
         last_at = max(last_at, excluded.last_at),
         measured_ms = excluded.measured_ms`,
    ),
    addSample: db.prepare(
      'INSERT OR IGNORE INTO sample (at, life, count, mean, cpu_micro) VALUES (?, ?, 1, ?, ?)',
    ),
  };
}

function writeSample(statements: Statements, atSeconds: number, sample: Sample): boolean {
  const series = seriesId(statements, sample);
  const measuredMs = sample.measuredMs ?? null;
  const last = statements.findMeasured.get(series)?.['measured_ms'];
  if (measuredMs !== null && last === measuredMs) return false;
  const life = lifeId(statements, series, sample);
  const cpu = sample.cpuCores === undefined ? null : Math.round(sample.cpuCores * MICRO);
  statements.extend.run(series, atSeconds, atSeconds, measuredMs);
  const { changes } = statements.addSample.run(atSeconds, life, sample.workingSetBytes, cpu);
  return Number(changes) > 0;
}

function seriesId(
  { findSeries, addSeries }: Statements,
  { pod, container, ofNode = false }: Sample,
): number {
  const found = findSeries.get(pod.uid, container)?.['id'];
  if (found !== undefined) return Number(found);
  const { namespace, name, workload, node = null } = pod;
  const { kind, name: owner } = workload;
  const values = [pod.uid, container, namespace, name, kind, owner, node, Number(ofNode)];
  return Number(addSeries.run(...values).lastInsertRowid);
}

function lifeId(
  { findLife, addLife }: Statements,
  series: number,
  { restartCount, limitBytes = NO_LIMIT }: Sample,
): number {
  const found = findLife.get(series, restartCount, limitBytes)?.['id'];
  if (found !== undefined) return Number(found);
  return Number(addLife.run(series, restartCount, limitBytes).lastInsertRowid);
}
