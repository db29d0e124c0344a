// SPDX-License-Identifier: Apache-2.0

import type { DatabaseSync } from 'node:sqlite';

import { thinOutReports } from './reports.ts';
import { RETENTION } from './retention.ts';
import { inTransaction } from './transaction.ts';

const HOUR = 3600;
const DAY = 86_400;

/** A clock that jumps is told from time that goes by: without something of the last month nothing is thinned out. */
const RECENT = { from: 30 * DAY, until: DAY } as const;

/**
 * Thins out what is old, in one transaction for each hour and day, so that nobody waits long. What was done is
 * remembered and not done again.
 */
export function thinOut(db: DatabaseSync, nowSeconds: number): void {
  const [from, until] = [nowSeconds - RECENT.from, nowSeconds - RECENT.until];
  if (
    isAny(db, 'SELECT 1 FROM report WHERE started_ms BETWEEN ? AND ?', from * 1000, until * 1000)
  ) {
    inTransaction(db, () => {
      thinOutReports(db, nowSeconds * 1000);
    });
  }
  if (!isAny(db, 'SELECT 1 FROM sample WHERE at BETWEEN ? AND ?', from, until)) return;
  foldBefore(db, 'hourly', HOUR, nowSeconds - RETENTION.whole);
  foldBefore(db, 'daily', DAY, nowSeconds - RETENTION.hourly);
  inTransaction(db, () => {
    if (nowSeconds - progressOf(db, 'forgotten') < DAY) return;
    db.prepare('DELETE FROM sample WHERE at < ?').run(nowSeconds - RETENTION.daily);
    db.exec(FORGET_EMPTY);
    setProgress(db, 'forgotten', nowSeconds);
  });
}

/** An instant that was reached, seconds; 0: none yet. */
function progressOf(db: DatabaseSync, name: string): number {
  const row = db.prepare('SELECT value FROM progress WHERE name = ?').get(name);
  return Number(row?.['value'] ?? 0);
}

function setProgress(db: DatabaseSync, name: string, seconds: number): void {
  db.prepare('INSERT OR REPLACE INTO progress (name, value) VALUES (?, ?)').run(name, seconds);
}

function isAny(db: DatabaseSync, sql: string, from: number, until: number): boolean {
  return db.prepare(`${sql} LIMIT 1`).get(from, until) !== undefined;
}

type Tier = 'hourly' | 'daily';

/** Folds whole intervals that end before `end`, from where the last time ended. */
function foldBefore(db: DatabaseSync, tier: Tier, width: number, end: number): void {
  const last = Math.floor(end / width) * width;
  for (;;) {
    const isDone = inTransaction(db, () => {
      const from = nextInterval(db, tier, width);
      if (from === undefined || from >= last) return true;
      fold(db, from, width);
      if (tier === 'daily') forgetBrief(db, from);
      setProgress(db, tier, from + width);
      return false;
    });
    if (isDone) return;
  }
}

/** Start of the first interval with samples at or after where the last one ended; undefined: there is none. */
function nextInterval(db: DatabaseSync, tier: Tier, width: number): number | undefined {
  const first = db
    .prepare('SELECT min(at) AS at FROM sample WHERE at >= ?')
    .get(progressOf(db, tier));
  const at = first?.['at'];
  return typeof at === 'number' ? Math.floor(at / width) * width : undefined;
}

/** Puts the samples of each life between `from` and `from + width` together into one, at their mean time. */
export function fold(db: DatabaseSync, from: number, width: number): void {
  const [start, end] = [from, from + width];
  const folded = db.prepare(FOLDED).all(start, end);
  const remove = db.prepare('DELETE FROM sample WHERE at >= ? AND at < ? AND life = ?');
  const add = db.prepare(
    'INSERT INTO sample (at, life, count, mean, above, below, cpu_micro) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  for (const { at, life, count, mean, top, bottom, cpu } of folded) {
    remove.run(start, end, life ?? null);
    const [above, below] = [Number(top) - Number(mean), Number(mean) - Number(bottom)];
    add.run(at ?? null, life ?? null, count ?? null, mean ?? null, above, below, cpu ?? null);
  }
}

/** Lives with one sample only stay as they are. */
const FOLDED = `
SELECT life,
  sum(count) AS count,
  CAST(round(1.0 * sum(at * count) / sum(count)) AS INTEGER) AS at,
  CAST(round(1.0 * sum(mean * count) / sum(count)) AS INTEGER) AS mean,
  max(mean + coalesce(above, 0)) AS top,
  min(mean - coalesce(below, 0)) AS bottom,
  CAST(round(1.0 * sum(cpu_micro * count) / sum(iif(cpu_micro IS NULL, 0, count))) AS INTEGER) AS cpu
FROM sample WHERE at >= ? AND at < ? GROUP BY life HAVING count(*) > 1`;

/** Pods of jobs come and go by the thousand: those that were seen for less than a day are not kept by the day. */
function forgetBrief(db: DatabaseSync, day: number): void {
  db.prepare(
    `DELETE FROM sample WHERE at >= ? AND at < ? AND life IN (
       SELECT life.id FROM life JOIN extent ON extent.series = life.series
       WHERE extent.last_at - extent.first_at < ?)`,
  ).run(day, day + DAY, DAY);
}

const FORGET_EMPTY = `
DELETE FROM life WHERE id NOT IN (SELECT life FROM sample);
DELETE FROM extent WHERE series NOT IN (SELECT series FROM life);
DELETE FROM series WHERE id NOT IN (SELECT series FROM life);`;
