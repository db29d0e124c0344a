// SPDX-License-Identifier: Apache-2.0

import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

import { BUNDLE_LIMITS, type BundleLimits } from '#sources/bundle/bundle-limits.ts';
import { bundleError } from '#sources/bundle/bundle-error.ts';
import { SourceError } from '#sources/source-error.ts';

const LINE_FEED = 0x0a;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** RFC 1952, section 2.3.1. */
const GZIP_MAGIC = [0x1f, 0x8b];

/**
 * The lines of a compressed file, without their line feeds. At no time more than one line is in memory.
 *
 * @throws SourceError `file-unreadable`, `not-a-bundle`, `bundle-cut-off`, `bundle-damaged`, `bundle-too-large`; the
 *   signal's reason
 */
export async function* readLines(
  file: string,
  signal: AbortSignal,
  limits: BundleLimits = BUNDLE_LIMITS,
): AsyncGenerator<string, void, undefined> {
  const text = decompressed(file, signal, limits);
  let parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of text) {
    let start = 0;
    for (let end; (end = chunk.indexOf(LINE_FEED, start)) !== -1; start = end + 1) {
      yield decode([...parts, chunk.subarray(start, end)], file);
      parts = [];
      length = 0;
    }
    length += chunk.length - start;
    if (length > limits.lineBytes) throw bundleError('bundle-too-large', file, 'one line of it is');
    if (start < chunk.length) parts.push(chunk.subarray(start));
  }
  if (parts.length > 0) throw bundleError('bundle-cut-off', file);
}

function decode(parts: readonly Uint8Array[], file: string): string {
  try {
    return utf8.decode(Buffer.concat(parts));
  } catch {
    throw bundleError('bundle-damaged', file, 'it is no UTF-8');
  }
}

/** Decompressed chunks, at most as many bytes as the limit: a small file may stand for terabytes. */
async function* decompressed(
  file: string,
  signal: AbortSignal,
  limits: BundleLimits,
): AsyncGenerator<Uint8Array, void, undefined> {
  const gunzip = createGunzip();
  // Errors of either come out of the last stream.
  void pipeline(compressed(file, limits), gunzip).catch(() => undefined);
  let size = 0;
  try {
    for await (const chunk of gunzip as AsyncIterable<Uint8Array>) {
      signal.throwIfAborted();
      size += chunk.length;
      if (size > limits.textBytes) throw bundleError('bundle-too-large', file);
      yield chunk;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw asBundleError(error, file);
  } finally {
    gunzip.destroy();
  }
}

/** The bytes of a file that begins like gzip. */
async function* compressed(
  file: string,
  limits: BundleLimits,
): AsyncGenerator<Uint8Array, void, undefined> {
  let size = 0;
  for await (const chunk of createReadStream(file) as AsyncIterable<Uint8Array>) {
    if (size === 0 && GZIP_MAGIC.some((byte, index) => (chunk[index] ?? byte) !== byte)) {
      throw bundleError('not-a-bundle', file, 'it is not compressed with gzip');
    }
    size += chunk.length;
    // Members without content make no text, however many they are.
    if (size > limits.textBytes) throw bundleError('bundle-too-large', file);
    yield chunk;
  }
  if (size === 0) throw bundleError('bundle-cut-off', file, 'it is empty');
}

function asBundleError(error: unknown, file: string): unknown {
  if (!(error instanceof Error) || !('code' in error) || error instanceof SourceError) return error;
  switch (error.code) {
    case 'Z_BUF_ERROR':
      return bundleError('bundle-cut-off', file, undefined, error);
    case 'Z_DATA_ERROR':
    case 'Z_NEED_DICT':
      return bundleError('bundle-damaged', file, 'gzip finds it inconsistent', error);
    default:
      return bundleError('file-unreadable', file, String(error.code), error);
  }
}
