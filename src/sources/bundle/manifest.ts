// SPDX-License-Identifier: Apache-2.0

import type { Snapshot } from '#model/snapshot.ts';

/** What the first line of every bundle says it is. */
export const BUNDLE_FORMAT = 'selvage-bundle';

/** Version of the lines; raised when a reader of the older lines would misread them. */
export const BUNDLE_FORMAT_VERSION = 1;

/** Newest snapshot that this version reads; the type holds it to the model's. */
export const NEWEST_SCHEMA_VERSION: Snapshot['schemaVersion'] = 1;

/** The first line of a bundle: what it is, and who wrote it when. */
export interface BundleManifest {
  readonly format: typeof BUNDLE_FORMAT;
  readonly formatVersion: number;
  /** Version of the snapshot's shape. */
  readonly schemaVersion: number;
  readonly tool: { readonly name: string; readonly version: string };
  /** ISO-8601 UTC. */
  readonly createdAt: string;
}

/** The manifest of a bundle that is written now. */
export function bundleManifest(toolVersion: string, createdAt: string): BundleManifest {
  return {
    format: BUNDLE_FORMAT,
    formatVersion: BUNDLE_FORMAT_VERSION,
    schemaVersion: NEWEST_SCHEMA_VERSION,
    tool: { name: 'selvage', version: toolVersion },
    createdAt,
  };
}
