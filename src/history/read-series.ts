// SPDX-License-Identifier: Apache-2.0

import type { DatabaseSync } from 'node:sqlite';
import type { MemoryPoint, MemorySeries, NodeMemory, SeriesKey } from '#model/memory-series.ts';

import { versionOf, WITH_NODES } from './schema.ts';

/** Which containers; what is absent is any. */
export interface SeriesSelector {
  readonly namespace?: string;
  /** Kind and name of the workload that made the pod, as in `WorkloadRef`. */
  readonly kind?: string;
  readonly workload?: string;
  readonly pod?: string;
  readonly container?: string;
  readonly node?: string;
}

const COLUMNS = ['namespace', 'kind', 'workload', 'pod', 'container', 'node'] as const;

interface Life {
  readonly points: MemoryPoint[];
  readonly restartCount: number;
  readonly limitBytes: number;
}

/** The series that a selector names, by namespace, pod and container; those without a point in the time left out. */
export function readSeries(
  db: DatabaseSync,
  selector: SeriesSelector,
  sinceMs: number,
  untilMs: number,
): readonly MemorySeries[] {
  const given = COLUMNS.filter((column) => selector[column] !== undefined);
  const values = given.map((column) => selector[column] ?? '');
  const ofContainers = versionOf(db) < WITH_NODES ? '' : 'AND series.of_node = 0 ';
  const where = ofContainers + given.map((column) => `AND series.${column} = ?`).join(' ');
  return readWhere(db, { where, values }, sinceMs, untilMs);
}

/** Memory of nodes as a whole, by name; none in a history that is older than that. */
export function readNodes(
  db: DatabaseSync,
  sinceMs: number,
  untilMs: number,
): readonly NodeMemory[] {
  if (versionOf(db) < WITH_NODES) return [];
  const ofNodes = { where: 'AND series.of_node = 1', values: [] };
  return readWhere(db, ofNodes, sinceMs, untilMs).map(({ key, points }) => ({
    node: key.pod,
    points,
  }));
}

interface Which {
  /** Conditions on a series, each after AND. */
  readonly where: string;
  readonly values: readonly string[];
}

function readWhere(
  db: DatabaseSync,
  { where, values }: Which,
  sinceMs: number,
  untilMs: number,
): readonly MemorySeries[] {
  const { all, lives } = readLives(db, where, values);
  const samples = db.prepare(
    `SELECT at, life, mean, above, below, cpu_micro FROM sample
     WHERE at >= ? AND at <= ? AND life IN (
       SELECT life.id FROM life JOIN series ON series.id = life.series WHERE true ${where})
     ORDER BY at, life`,
  );
  const [since, until] = [Math.ceil(sinceMs / 1000), Math.floor(untilMs / 1000)];
  for (const row of samples.iterate(since, until, ...values)) {
    const life = lives.get(Number(row['life']));
    life?.points.push(pointOf(row, life));
  }
  return all.filter(({ points }) => points.length > 0);
}

type Row = Record<string, unknown>;

function readLives(
  db: DatabaseSync,
  where: string,
  values: readonly string[],
): { readonly all: readonly MemorySeries[]; readonly lives: ReadonlyMap<number, Life> } {
  const rows = db.prepare(
    `SELECT life.id, life.series, life.restarts, life.limit_bytes, series.pod_uid, series.container,
       series.namespace, series.pod, series.kind, series.workload, series.node
     FROM life JOIN series ON series.id = life.series WHERE true ${where}
     ORDER BY series.namespace, series.pod, series.container, series.id`,
  );
  const bySeries = new Map<number, MemorySeries & { readonly points: MemoryPoint[] }>();
  const lives = new Map<number, Life>();
  for (const row of rows.iterate(...values)) {
    const id = Number(row['series']);
    const series = bySeries.get(id) ?? { key: keyOf(row), points: [] };
    bySeries.set(id, series);
    lives.set(Number(row['id']), {
      points: series.points,
      restartCount: Number(row['restarts']),
      limitBytes: Number(row['limit_bytes']),
    });
  }
  return { all: [...bySeries.values()], lives };
}

function keyOf(row: Row): SeriesKey {
  const node = row['node'];
  return {
    namespace: String(row['namespace']),
    workload: { kind: String(row['kind']), name: String(row['workload']) },
    pod: String(row['pod']),
    container: String(row['container']),
    podUid: String(row['pod_uid']),
    ...(typeof node === 'string' && { node }),
  };
}

function pointOf(row: Row, { restartCount, limitBytes }: Life): MemoryPoint {
  const mean = Number(row['mean']);
  const { above, below, cpu_micro: cpu } = row;
  return {
    atMs: Number(row['at']) * 1000,
    workingSetBytes: mean,
    ...(above !== null && { maxWorkingSetBytes: mean + Number(above) }),
    ...(below !== null && { minWorkingSetBytes: mean - Number(below) }),
    ...(cpu !== null && { cpuCores: Number(cpu) / 1e6 }),
    restartCount,
    ...(limitBytes >= 0 && { limitBytes }),
  };
}
