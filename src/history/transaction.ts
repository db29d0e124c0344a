// SPDX-License-Identifier: Apache-2.0

import type { DatabaseSync } from 'node:sqlite';

/** Does everything or nothing, alone: another writer waits until the end. */
export function inTransaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    // A full disk makes SQLite roll back by itself.
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}
