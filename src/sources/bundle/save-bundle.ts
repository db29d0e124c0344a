// SPDX-License-Identifier: Apache-2.0

import { randomUUID } from 'node:crypto';
import { link, lstat, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

import type { Snapshot } from '#model/snapshot.ts';
import { bundleLines } from '#sources/bundle/bundle-lines.ts';
import type { BundleManifest } from '#sources/bundle/manifest.ts';
import { SourceError, isSourceError } from '#sources/source-error.ts';

/** A bundle's bytes: its lines, compressed. */
export function bundleBytes(
  snapshot: Snapshot,
  manifest: BundleManifest,
): AsyncIterable<Uint8Array> {
  const gzip = createGzip({ level: 9 });
  // Errors reach the reader of the last stream.
  void pipeline(Readable.from(bundleLines(snapshot, manifest)), gzip).catch(() => undefined);
  return gzip;
}

/** How to save a file. */
export interface SaveOptions {
  /** Replaces a file of that name. */
  readonly force: boolean;
  readonly signal: AbortSignal;
}

/**
 * Refuses a name that is taken, before there is anything to save.
 *
 * @throws SourceError `file-exists`
 */
export async function assertFree(file: string): Promise<void> {
  const exists = await lstat(file).then(
    () => true,
    () => false,
  );
  if (exists) throw alreadyThere(file);
}

/**
 * Saves bytes as a file that only its owner may read. It is written under another name beside its place and gets its
 * own when it is whole: nobody ever sees half of it.
 *
 * @returns its size in bytes
 * @throws SourceError `file-exists` unless `force`, `file-unwritable`; the signal's reason
 */
export async function saveBytes(
  file: string,
  bytes: AsyncIterable<Uint8Array>,
  { force, signal }: SaveOptions,
): Promise<number> {
  const unfinished = join(dirname(file), `.${basename(file).slice(0, 64)}.${randomUUID()}.tmp`);
  try {
    const size = await write(unfinished, bytes, signal);
    await (force ? rename(unfinished, file) : giveFreeName(unfinished, file));
    return size;
  } catch (error) {
    signal.throwIfAborted();
    if (isSourceError(error)) throw error;
    throw new SourceError('file-unwritable', {
      operation: 'write bundle',
      target: file,
      detail: systemCode(error),
      cause: error,
    });
  } finally {
    await rm(unfinished, { force: true });
  }
}

async function write(
  file: string,
  bytes: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<number> {
  const handle = await open(file, 'wx', 0o600);
  try {
    let size = 0;
    for await (const chunk of bytes) {
      signal.throwIfAborted();
      await handle.writeFile(chunk);
      size += chunk.length;
    }
    await handle.sync();
    return size;
  } finally {
    await handle.close();
  }
}

/** A hard link, unlike a rename, fails when the name is taken; not every file system has hard links. */
async function giveFreeName(unfinished: string, file: string): Promise<void> {
  try {
    await link(unfinished, file);
  } catch (error) {
    if (systemCode(error) === 'EEXIST') throw alreadyThere(file);
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(systemCode(error))) throw error;
    await assertFree(file);
    await rename(unfinished, file);
  }
}

function alreadyThere(file: string): SourceError {
  return new SourceError('file-exists', { operation: 'write bundle', target: file });
}

function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
