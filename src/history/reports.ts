// SPDX-License-Identifier: Apache-2.0

import type { DatabaseSync } from 'node:sqlite';
import type { Report } from '#report/report.ts';

import { addContent, textOf } from './content.ts';
import { bodyOf, gravityOf, parseBody, type StoredReport } from './stored-report.ts';
import { RETENTION } from './retention.ts';

/** Keeps a report. The caller holds the transaction. */
export function writeReport(db: DatabaseSync, report: Report, narrowed: boolean): void {
  const content = addContent(db, JSON.stringify(bodyOf(report)));
  db.prepare(
    'INSERT INTO report (started_ms, finished_ms, narrowed, gravity, content) VALUES (?, ?, ?, ?, ?)',
  ).run(
    Date.parse(report.startedAt),
    Date.parse(report.finishedAt),
    Number(narrowed),
    gravityOf(report),
    content,
  );
}

/** Reports that began in a time, the oldest first. One whose content cannot be read is left out. */
export function readReports(
  db: DatabaseSync,
  sinceMs: number,
  untilMs: number,
): readonly StoredReport[] {
  const rows = db.prepare(
    `SELECT started_ms, finished_ms, narrowed, body FROM report JOIN content ON content.id = report.content
     WHERE started_ms >= ? AND started_ms <= ? ORDER BY started_ms, report.id`,
  );
  return rows.all(Math.ceil(sinceMs), Math.floor(untilMs)).flatMap((row) => {
    const body = parseBody(textOf(row['body']) ?? '');
    if (body === undefined) return [];
    const times = {
      startedAtMs: Number(row['started_ms']),
      finishedAtMs: Number(row['finished_ms']),
      narrowed: row['narrowed'] === 1,
    };
    return [{ ...times, ...body }];
  });
}

const SECOND_MS = 1000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Keeps of each old hour, and of each older day, the gravest report. The caller holds the transaction. */
export function thinOutReports(db: DatabaseSync, nowMs: number): void {
  const keepGravest = db.prepare(KEEP_GRAVEST);
  for (const [width, age] of [
    [HOUR_MS, RETENTION.whole],
    [DAY_MS, RETENTION.hourly],
  ] as const) {
    keepGravest.run(width, Math.floor((nowMs - age * SECOND_MS) / width) * width);
  }
  db.prepare('DELETE FROM report WHERE started_ms < ?').run(nowMs - RETENTION.daily * SECOND_MS);
  db.exec(
    `DELETE FROM content WHERE id NOT IN (SELECT content FROM report UNION SELECT content FROM document)`,
  );
}

/** Node binds every number as a REAL, which divides without a remainder. */
const KEEP_GRAVEST = `
DELETE FROM report WHERE id IN (
  SELECT id FROM (
    SELECT id, row_number() OVER (
      PARTITION BY narrowed, started_ms / CAST(? AS INTEGER) ORDER BY gravity DESC, started_ms) AS place
    FROM report WHERE started_ms < ?)
  WHERE place > 1)`;
