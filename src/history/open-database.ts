// SPDX-License-Identifier: Apache-2.0

import { closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';

import { HistoryError } from './history-error.ts';
import { APPLICATION_ID, migrate, MIGRATIONS, pragma, versionOf } from './schema.ts';

/** How to open a history. */
export interface OpenOptions {
  /** Only read: nothing is made, and nothing written. */
  readonly readOnly?: boolean;
  /** Greatest size of the file, bytes; default 1 GiB. */
  readonly maxBytes?: number;
  /** How long another writer is waited for, milliseconds; default 10 seconds. */
  readonly waitMs?: number;
}

const MAX_BYTES = 2 ** 30;
const PAGE_BYTES = 4096;
const WAIT_MS = 10_000;

/** Opens a database and looks whose it is, before anything of it is changed. */
export function openDatabase(file: string, options: OpenOptions): DatabaseSync {
  const { readOnly = false, waitMs = WAIT_MS } = options;
  const db = readOnly ? openToRead(file, waitMs) : openToWrite(file, waitMs);
  try {
    assertOurs(db, file);
    // An older version is read as it is: it takes a writer to bring it up.
    if (readOnly && versionOf(db) === 0) throw new HistoryError('unreadable', file);
    if (!readOnly) prepare(db, options.maxBytes ?? MAX_BYTES);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function openToWrite(file: string, timeout: number): DatabaseSync {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  // SQLite gives its other files the mode of this one.
  closeSync(openSync(file, 'a', 0o600));
  return new DatabaseSync(file, { timeout });
}

function openToRead(file: string, timeout: number): DatabaseSync {
  const db = new DatabaseSync(file, { readOnly: true, timeout });
  try {
    versionOf(db);
    return db;
  } catch (error) {
    db.close();
    const log = statSync(`${file}-wal`, { throwIfNoEntry: false });
    if (log !== undefined && log.size > 0) throw error;
    // Where nothing may be made, not even the index of an empty log, the file alone is the whole of it.
    const url = pathToFileURL(file);
    url.searchParams.set('immutable', '1');
    return new DatabaseSync(url, { readOnly: true, timeout });
  }
}

function assertOurs(db: DatabaseSync, file: string): void {
  const version = versionOf(db);
  const owner = pragma(db, 'application_id');
  const isEmpty = db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined;
  if (isEmpty && version === 0 && owner === 0) return;
  if (owner !== APPLICATION_ID) throw new HistoryError('foreign', file);
  if (version > MIGRATIONS.length) {
    const versions = `version ${String(version)}, known is ${String(MIGRATIONS.length)}`;
    throw new HistoryError('too-new', file, versions);
  }
}

function prepare(db: DatabaseSync, maxBytes: number): void {
  db.exec('PRAGMA journal_mode = WAL');
  // Each round is on the disk when it is done: one in five minutes costs nothing.
  db.exec('PRAGMA synchronous = FULL');
  db.exec(`PRAGMA max_page_count = ${String(Math.ceil(maxBytes / PAGE_BYTES))}`);
  migrate(db);
}
