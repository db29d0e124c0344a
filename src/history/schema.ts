// SPDX-License-Identifier: Apache-2.0

import type { DatabaseSync } from 'node:sqlite';

import { inTransaction } from './transaction.ts';

/** `SELV`, in the header of the file: tells a history from another database. */
export const APPLICATION_ID = 0x53454c56;

/**
 * A series is one container of one pod, a life is the time in which its restarts and its limit stay the same: what
 * is thinned out is thinned out within a life. Samples are ordered by time first, so that a round is written to the
 * end of the file. `at` is seconds since 1970; `above` and `below` are the distances of the greatest and the least
 * from the mean, NULL for a single measurement.
 */
const VERSION_1 = `
CREATE TABLE series (
  id INTEGER PRIMARY KEY,
  pod_uid TEXT NOT NULL,
  container TEXT NOT NULL,
  namespace TEXT NOT NULL,
  pod TEXT NOT NULL,
  kind TEXT NOT NULL,
  workload TEXT NOT NULL,
  node TEXT,
  UNIQUE (pod_uid, container)
) STRICT;
CREATE TABLE extent (
  series INTEGER PRIMARY KEY,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  measured_ms INTEGER
) STRICT;
CREATE TABLE life (
  id INTEGER PRIMARY KEY,
  series INTEGER NOT NULL,
  restarts INTEGER NOT NULL,
  limit_bytes INTEGER NOT NULL,
  UNIQUE (series, restarts, limit_bytes)
) STRICT;
CREATE TABLE sample (
  at INTEGER NOT NULL,
  life INTEGER NOT NULL,
  count INTEGER NOT NULL,
  mean INTEGER NOT NULL,
  above INTEGER,
  below INTEGER,
  cpu_micro INTEGER,
  PRIMARY KEY (at, life)
) STRICT, WITHOUT ROWID;
CREATE TABLE content (
  id INTEGER PRIMARY KEY,
  hash BLOB NOT NULL UNIQUE,
  body BLOB NOT NULL
) STRICT;
CREATE TABLE report (
  id INTEGER PRIMARY KEY,
  started_ms INTEGER NOT NULL,
  finished_ms INTEGER NOT NULL,
  narrowed INTEGER NOT NULL,
  gravity INTEGER NOT NULL,
  content INTEGER NOT NULL
) STRICT;
CREATE INDEX report_started ON report (started_ms);
CREATE TABLE document (
  at_ms INTEGER PRIMARY KEY,
  content INTEGER NOT NULL
) STRICT;
CREATE TABLE progress (
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`;

/**
 * A series may be a node as a whole: it holds the node's name as its pod's, no container, and as its lives' limit what
 * pods may have of the node's memory.
 */
const VERSION_2 = 'ALTER TABLE series ADD COLUMN of_node INTEGER NOT NULL DEFAULT 0;';

/** What takes a history from each version to the next, from nothing on. A published one is never changed. */
export const MIGRATIONS: readonly string[] = [VERSION_1, VERSION_2];

/** The first version that knows nodes. */
export const WITH_NODES = 2;

/** Takes a history to the newest version, all or nothing; another process may be doing the same. */
export function migrate(db: DatabaseSync, migrations: readonly string[] = MIGRATIONS): void {
  if (versionOf(db) >= migrations.length) return;
  inTransaction(db, () => {
    for (const migration of migrations.slice(versionOf(db))) db.exec(migration);
    db.exec(
      `PRAGMA application_id = ${String(APPLICATION_ID)};
       PRAGMA user_version = ${String(migrations.length)};`,
    );
  });
}

/** Version of a history's schema; 0: it has none yet. */
export function versionOf(db: DatabaseSync): number {
  return pragma(db, 'user_version');
}

/** The number that a pragma of SQLite says. */
export function pragma(db: DatabaseSync, name: 'user_version' | 'application_id'): number {
  return Number(db.prepare(`PRAGMA ${name}`).get()?.[name]);
}
