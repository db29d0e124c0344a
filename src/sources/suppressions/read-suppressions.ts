// SPDX-License-Identifier: Apache-2.0

import { createReadStream } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { parseDocument } from 'yaml';
import * as z from 'zod/mini';

import type { Suppression } from '#model/suppression.ts';
import { SourceError } from '#sources/source-error.ts';

/** Bytes; a file of findings that people accept one by one is far smaller. */
const MAX_BYTES = 1_048_576;

const text = z.string().check(z.trim(), z.minLength(1));
const pattern = z.optional(text);

const fileSchema = z.strictObject({
  suppressions: z.array(
    z.strictObject({
      check: text,
      node: pattern,
      peer: pattern,
      object: pattern,
      message: pattern,
      reason: text,
      expires: z.iso.date('It has to be a date like 2026-12-31.'),
    }),
  ),
});

/**
 * Reads a file of suppressions: YAML 1.2 with the one key `suppressions`. A key that is not known is an error, for a
 * pattern that is misspelt would otherwise suppress more than was meant.
 *
 * @throws SourceError `file-unreadable`, `invalid-suppressions`
 */
export async function readSuppressions(file: string): Promise<readonly Suppression[]> {
  const document = parseDocument(await readText(file), { prettyErrors: false });
  const [syntax] = [...document.errors, ...document.warnings];
  if (syntax !== undefined) throw invalid(file, syntax.message);
  const result = fileSchema.safeParse(plainValue(document, file), { reportInput: true });
  if (!result.success) throw invalid(file, firstIssue(result.error.issues));
  return result.data.suppressions.map((entry) => withoutAbsent(entry));
}

async function readText(file: string): Promise<string> {
  try {
    const bytes = await buffer(createReadStream(file, { end: MAX_BYTES }));
    if (bytes.length > MAX_BYTES) throw invalid(file, 'it is larger than 1 MiB');
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof SourceError) throw error;
    if (error instanceof TypeError) throw invalid(file, 'it is no UTF-8');
    throw new SourceError('file-unreadable', {
      operation: 'read suppressions',
      target: file,
      detail: error instanceof Error && 'code' in error ? String(error.code) : 'unknown',
      cause: error,
    });
  }
}

function plainValue(document: ReturnType<typeof parseDocument>, file: string): unknown {
  try {
    return document.toJS();
  } catch {
    // Aliases that stand for far more than the file holds.
    throw invalid(file, 'its aliases are too many');
  }
}

function firstIssue(issues: readonly z.core.$ZodIssue[]): string {
  const [issue] = issues;
  if (issue === undefined) return 'it is not as it has to be';
  const [list, index, ...keys] = issue.path.map(String);
  const entry = index === undefined ? '' : `entry ${String(Number(index) + 1)}`;
  const where = [entry, ...keys].filter((part) => part !== '').join(', ') || (list ?? 'the file');
  return `${where}: ${complaint(issue)}`;
}

function complaint(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return `the key ${issue.keys.join(', ')} is not known`;
  if (issue.code === 'invalid_type' && issue.input === undefined) return 'it is missing';
  if (issue.code === 'invalid_type') return `it has to be of the type ${issue.expected}`;
  if (issue.code === 'too_small') return 'it is empty';
  return issue.message;
}

function invalid(file: string, detail: string): SourceError {
  return new SourceError('invalid-suppressions', {
    operation: 'read suppressions',
    target: file,
    detail,
  });
}

type Parsed = z.infer<typeof fileSchema>['suppressions'][number];

function withoutAbsent({ check, reason, expires, ...patterns }: Parsed): Suppression {
  const present = Object.entries(patterns).filter(([, value]) => value !== undefined);
  return { check, ...Object.fromEntries(present), reason, expires };
}
