// SPDX-License-Identifier: Apache-2.0

/**
 * What a bundle may be at most. The largest cluster that Kubernetes supports (5,000 nodes) stays below each of them;
 * a hostile file within them takes time and memory, but not more than a machine has.
 */
export interface BundleLimits {
  /** Of the decompressed text, and of the file. */
  readonly textBytes: number;
  /** Of one line. A parsed value takes up to twenty times the memory of its text. */
  readonly lineBytes: number;
  /** Node records. */
  readonly nodes: number;
  /** Entries of all tables. */
  readonly entries: number;
  /** Places in node facts that name an entry. */
  readonly references: number;
}

/** The limits of this version. */
export const BUNDLE_LIMITS: BundleLimits = {
  textBytes: 1024 ** 3,
  lineBytes: 32 * 1024 ** 2,
  nodes: 20_000,
  entries: 4_000_000,
  references: 100_000_000,
};
