// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { pictureOf } from '../../testkit/measured-pods.ts';
import { HistoryStore } from './history-store.ts';
import { APPLICATION_ID, migrate, MIGRATIONS, pragma, versionOf } from './schema.ts';

const NEXT = 'ALTER TABLE series ADD COLUMN color TEXT';

/** A history of the first version with one row in it. */
function firstVersion(file = ':memory:'): DatabaseSync {
  const db = new DatabaseSync(file);
  migrate(db, MIGRATIONS.slice(0, 1));
  db.exec(
    `INSERT INTO series (pod_uid, container, namespace, pod, kind, workload) VALUES ('u', 'c', 'n', 'p', 'Pod', 'p')`,
  );
  return db;
}

const HOUR_MS = 3_600_000;

function versionIn(file: string): number {
  const db = new DatabaseSync(file, { readOnly: true });
  const version = versionOf(db);
  db.close();
  return version;
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

  describe('from the first version, which knows no nodes', () => {
    let folder: string;
    let file: string;

    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'selvage-schema-'));
      file = join(folder, 'a.sqlite');
      const db = firstVersion(file);
      db.exec(
        `INSERT INTO life (id, series, restarts, limit_bytes) VALUES (1, 1, 0, -1);
         INSERT INTO sample (at, life, count, mean) VALUES (60, 1, 1, 42);`,
      );
      db.close();
    });

    afterEach(() => {
      rmSync(folder, { recursive: true });
    });

    it('is not needed to read: it has its containers and no nodes, and stays as it is', () => {
      const store = HistoryStore.openToRead(file);

      const [series, nodes] = [store?.series({}, 0, HOUR_MS), store?.nodes(0, HOUR_MS)];
      store?.close();

      expect(series).toMatchObject([{ key: { pod: 'p' }, points: [{ workingSetBytes: 42 }] }]);
      expect(nodes).toEqual([]);
      expect(versionIn(file)).toBe(1);
    });

    it('is done by the next writer, with what there was', () => {
      const store = HistoryStore.open(file);
      const node = { name: 'node1', workingSetBytes: 7, allocatableBytes: 9 };
      store.addSamples(HOUR_MS, pictureOf(HOUR_MS, [], [node]));

      const [series, nodes] = [store.series({}, 0, HOUR_MS), store.nodes(0, HOUR_MS)];
      store.close();

      expect(series).toMatchObject([{ key: { pod: 'p' }, points: [{ workingSetBytes: 42 }] }]);
      expect(nodes).toMatchObject([{ node: 'node1', points: [{ limitBytes: 9 }] }]);
      expect(versionIn(file)).toBe(2);
    });
  });

  it('that fails leaves the history at the version that it had', () => {
    const db = firstVersion();

    const migrating = (): void => migrate(db, [...MIGRATIONS.slice(0, 1), NEXT, 'NO SQL']);

    expect(migrating).toThrow('syntax error');
    expect(versionOf(db)).toBe(1);
    expect(() => db.prepare('SELECT color FROM series')).toThrow('no such column');
  });
});
