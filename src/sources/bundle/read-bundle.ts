// SPDX-License-Identifier: Apache-2.0

import type { Snapshot } from '#model/snapshot.ts';
import { bundleError } from '#sources/bundle/bundle-error.ts';
import { BUNDLE_LIMITS, type BundleLimits } from '#sources/bundle/bundle-limits.ts';
import {
  type BundleLine,
  LINE_SCHEMAS,
  manifestSchema,
  versionsSchema,
} from '#sources/bundle/line-schemas.ts';
import {
  BUNDLE_FORMAT_VERSION,
  type BundleManifest,
  NEWEST_SCHEMA_VERSION,
} from '#sources/bundle/manifest.ts';
import { readLines } from '#sources/bundle/read-lines.ts';
import { LineRefusal, SnapshotBuilder } from '#sources/bundle/snapshot-builder.ts';

/** What a bundle holds. */
export interface Bundle {
  readonly manifest: BundleManifest;
  readonly snapshot: Snapshot;
}

/**
 * Reads a bundle. Whatever the file is, the answer is a frozen snapshot of the model's shape or an error that says
 * why not; what an older version did not collect is absent.
 *
 * @throws SourceError `file-unreadable`, `not-a-bundle`, `bundle-cut-off`, `bundle-damaged`, `bundle-too-large`,
 *   `bundle-too-new`; the signal's reason
 */
export async function readBundle(
  file: string,
  signal: AbortSignal,
  limits: BundleLimits = BUNDLE_LIMITS,
): Promise<Bundle> {
  let manifest: BundleManifest | undefined;
  let builder: SnapshotBuilder | undefined;
  try {
    for await (const text of readLines(file, signal, limits)) {
      if (builder === undefined) {
        manifest = readManifest(text, file);
        builder = new SnapshotBuilder(manifest, limits);
        continue;
      }
      const line = readLine(text);
      if (line !== undefined) builder.add(line);
    }
    if (manifest === undefined || builder === undefined) throw bundleError('bundle-cut-off', file);
    return { manifest, snapshot: builder.build() };
  } catch (error) {
    if (error instanceof LineRefusal) throw bundleError(error.code, file, error.message);
    throw error;
  }
}

/** @throws SourceError `not-a-bundle`, `bundle-too-new`, `bundle-damaged` */
function readManifest(text: string, file: string): BundleManifest {
  const value = parseJson(text);
  const versions = versionsSchema.safeParse(value);
  if (!versions.success) throw bundleError('not-a-bundle', file, 'its first line is no manifest');
  const { formatVersion, schemaVersion } = versions.data;
  if (formatVersion > BUNDLE_FORMAT_VERSION || schemaVersion > NEWEST_SCHEMA_VERSION) {
    throw bundleError(
      'bundle-too-new',
      file,
      `its format is ${String(formatVersion)} and its snapshot ${String(schemaVersion)}; this version reads up to ` +
        `${String(BUNDLE_FORMAT_VERSION)} and ${String(NEWEST_SCHEMA_VERSION)}`,
    );
  }
  const manifest = manifestSchema.safeParse(value);
  if (!manifest.success || formatVersion < 1 || schemaVersion < 1) {
    throw bundleError('bundle-damaged', file, 'its manifest is incomplete');
  }
  return manifest.data;
}

/**
 * A line after the manifest; undefined for a kind that a newer version added, which this one can do without.
 *
 * @throws LineRefusal
 */
function readLine(text: string): BundleLine | undefined {
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new LineRefusal('a line is no JSON object');
  }
  for (const [key, schema] of LINE_SCHEMAS) {
    if (!Object.hasOwn(value, key)) continue;
    const result = schema.safeParse(value);
    if (!result.success) throw new LineRefusal(`a line of the kind ${key} is unusable`);
    return result.data;
  }
  return undefined;
}

/** The value, or undefined when the text is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
