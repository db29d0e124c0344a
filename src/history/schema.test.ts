// SPDX-License-Identifier: Apache-2.0

import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';

import { APPLICATION_ID, migrate, MIGRATIONS, pragma, versionOf } from './schema.ts';

const NEXT = 'ALTER TABLE series ADD COLUMN color TEXT';

/** A history of the first version with one row in it. */
function firstVersion(): DatabaseSync {
  const db = new DatabaseSync(':memory:');
  migrate(db, MIGRATIONS.slice(0, 1));
  db.exec(
    `INSERT INTO series (pod_uid, container, namespace, pod, kind, workload) VALUES ('u', 'c', 'n', 'p', 'Pod', 'p')`,
  );
  return db;
}

describe('a migration', () => {
  it('makes a history out of nothing, with its owner and version in the header', () => {
    const db = new DatabaseSync(':memory:');

    migrate(db);

    expect(versionOf(db)).toBe(MIGRATIONS.length);
    expect(pragma(db, 'application_id')).toBe(APPLICATION_ID);
  });

  it('takes an older history to the next version with what it holds', () => {
    const db = firstVersion();

    migrate(db, [...MIGRATIONS.slice(0, 1), NEXT]);

    expect(versionOf(db)).toBe(2);
    expect(db.prepare('SELECT pod, color FROM series').all()).toEqual([{ pod: 'p', color: null }]);
  });

  it('that fails leaves the history at the version that it had', () => {
    const db = firstVersion();

    const migrating = (): void => migrate(db, [...MIGRATIONS.slice(0, 1), NEXT, 'NO SQL']);

    expect(migrating).toThrow('syntax error');
    expect(versionOf(db)).toBe(1);
    expect(() => db.prepare('SELECT color FROM series')).toThrow('no such column');
  });
});
