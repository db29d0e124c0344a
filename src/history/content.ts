// SPDX-License-Identifier: Apache-2.0

import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** What a text may come to when it is unpacked, bytes: a damaged file must not take all memory. */
const MAX_TEXT_BYTES = 64 * 2 ** 20;

/** Keeps a text once, however often it comes; its id. The caller holds the transaction. */
export function addContent(db: DatabaseSync, text: string): number {
  const hash = createHash('sha256').update(text).digest();
  const found = db.prepare('SELECT id FROM content WHERE hash = ?').get(hash)?.['id'];
  if (found !== undefined) return Number(found);
  const add = db.prepare('INSERT INTO content (hash, body) VALUES (?, ?)');
  return Number(add.run(hash, deflateRawSync(text)).lastInsertRowid);
}

/** The text of a body; undefined when it is damaged. */
export function textOf(body: unknown): string | undefined {
  if (!(body instanceof Uint8Array)) return undefined;
  try {
    return inflateRawSync(body, { maxOutputLength: MAX_TEXT_BYTES }).toString();
  } catch {
    return undefined;
  }
}
