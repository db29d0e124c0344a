// SPDX-License-Identifier: Apache-2.0

import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  type AuditCluster,
  type AuditEntry,
  type AuditRecord,
  entriesOf,
  parseRecord,
} from '#audit/audit-record.ts';
import { stateFile } from '#audit/state-file.ts';

/** Where the audit of a cluster lies. */
export function auditFile(
  env: Readonly<Record<string, string | undefined>>,
  cluster: Pick<AuditCluster, 'uid' | 'server'>,
): string {
  return stateFile(env, cluster, 'audit');
}

/** A new run's id: time and four random digits, so that ids sort by time. */
export function newRunId(now: Date): string {
  const time = now.toISOString().replace(/[-:]|\.\d+/g, '');
  return `${time}-${randomBytes(2).toString('hex')}`;
}

/** What a file of the audit holds. */
export interface AuditContent {
  readonly entries: readonly AuditEntry[];
  /** Lines that could not be read: a last one that was cut off, or ones of a newer version. */
  readonly unreadable: number;
}

/** Reads an audit; empty where there is none. @throws Error of the file system */
export async function readAudit(file: string): Promise<AuditContent> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return '';
    throw error;
  });
  const lines = text.split('\n').filter((line) => line !== '');
  const records = lines.map(parseRecord);
  const read = records.filter((record) => record !== undefined);
  return { entries: entriesOf(read), unreadable: lines.length - read.length };
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/**
 * An audit to append to. Every line is on the disk before the call returns, so that what is about to be done is
 * known whatever happens to this process.
 */
export class AuditLog {
  readonly file: string;
  readonly #handle: FileHandle;

  private constructor(file: string, handle: FileHandle) {
    this.file = file;
    this.#handle = handle;
  }

  /** Opens or makes the file, readable by its owner only. @throws Error of the file system */
  static async open(file: string): Promise<AuditLog> {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(file, 'a+', 0o600);
    const { size } = await handle.stat();
    const last = Buffer.alloc(1);
    if (size > 0) await handle.read(last, 0, 1, size - 1);
    // A run that died while it wrote left half a line: the next one begins on its own.
    if (size > 0 && last.toString() !== '\n') await handle.write('\n');
    return new AuditLog(file, handle);
  }

  /** Appends one line. @throws Error of the file system; the step must not be done then */
  async append(record: AuditRecord): Promise<void> {
    await this.#handle.write(`${JSON.stringify(record)}\n`);
    await this.#handle.sync();
  }

  /** Closes the file. */
  async close(): Promise<void> {
    await this.#handle.close();
  }
}
