// SPDX-License-Identifier: Apache-2.0

import { LinuxParseError } from '#sources/linux/parse-error.ts';
import { cutText } from '#sources/plain-text.ts';

/** A JSON object whose fields are not known to be anything yet. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** Longest text that is taken from one field, in characters. No kernel name or address is longer. */
export const MAX_FIELD_LENGTH = 256;
/** Most records that one command may print; far above the 65,536 a node of a huge cluster could hold. */
export const MAX_RECORDS = 1_000_000;

/** Whether a value is a JSON object (no array, no null). */
export function isJsonRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The records that `ip -j` or `bridge -j` printed. Empty output is an empty list, and the empty placeholder objects
 * that some iproute2 versions print are skipped.
 *
 * @throws LinuxParseError when the text is not a JSON array of objects
 */
export function parseJsonRecords(subject: string, text: string): readonly JsonRecord[] {
  if (text.trim() === '') return [];
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new LinuxParseError(subject, 'is not JSON');
  }
  if (!Array.isArray(parsed)) throw new LinuxParseError(subject, 'is no JSON array');
  if (parsed.length > MAX_RECORDS) throw new LinuxParseError(subject, 'has too many entries');
  return parsed.filter((item: unknown): item is JsonRecord => isJsonRecord(item) && !isEmpty(item));
}

function isEmpty(record: JsonRecord): boolean {
  for (const key in record) if (Object.hasOwn(record, key)) return false;
  return true;
}

/** A text field, cut to {@link MAX_FIELD_LENGTH}; undefined when it is none or empty. */
export function textField(record: JsonRecord, field: string): string | undefined {
  const value = record[field];
  if (typeof value !== 'string' || value === '') return undefined;
  return cutText(value, MAX_FIELD_LENGTH);
}

/** A number field that is a safe integer of at least 0; undefined otherwise. */
export function countField(record: JsonRecord, field: string): number | undefined {
  const value = record[field];
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** Whether a list of flags (`["UP", "onlink"]`) holds one. False when the field is no list. */
export function hasFlag(record: JsonRecord, field: string, flag: string): boolean {
  const value = record[field];
  return Array.isArray(value) && value.includes(flag);
}
