// SPDX-License-Identifier: Apache-2.0

import type { DatabaseSync } from 'node:sqlite';

import { addContent, textOf } from './content.ts';

/** A version of a cluster's own page, as it was at that time. */
export interface StoredDocument {
  readonly atMs: number;
  readonly text: string;
}

/** Versions that are kept. */
const MAX_DOCUMENTS = 1000;

/** Keeps a text when it differs from the last one; whether it did. The caller holds the transaction. */
export function writeDocument(db: DatabaseSync, atMs: number, text: string): boolean {
  const last = db.prepare('SELECT content FROM document ORDER BY at_ms DESC LIMIT 1').get();
  const content = addContent(db, text);
  if (last?.['content'] === content) return false;
  db.prepare('INSERT OR REPLACE INTO document (at_ms, content) VALUES (?, ?)').run(atMs, content);
  db.prepare(
    `DELETE FROM document WHERE at_ms NOT IN (
       SELECT at_ms FROM document ORDER BY at_ms DESC LIMIT ?)`,
  ).run(MAX_DOCUMENTS);
  return true;
}

/** All versions, the oldest first. */
export function readDocuments(db: DatabaseSync): readonly StoredDocument[] {
  const rows = db.prepare(
    'SELECT at_ms, body FROM document JOIN content ON content.id = document.content ORDER BY at_ms',
  );
  return rows.all().flatMap((row) => {
    const text = textOf(row['body']);
    return text === undefined ? [] : [{ atMs: Number(row['at_ms']), text }];
  });
}
