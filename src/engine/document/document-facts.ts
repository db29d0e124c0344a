// SPDX-License-Identifier: Apache-2.0

import type { AuditEntry } from '#audit/audit-record.ts';
import type { ResourcePicture } from '#model/resources.ts';
import type { Snapshot } from '#model/snapshot.ts';
import type { Suppression } from '#model/suppression.ts';

/** All that a page is made from. */
export interface DocumentFacts {
  readonly snapshot: Snapshot;
  readonly pods: ResourcePicture['pods'];
  /** What the record of changes holds, or why it could not be read. */
  readonly changes: readonly AuditEntry[] | { readonly why: string };
  /** Findings that are accepted; absent: no file was given. */
  readonly accepted?: readonly Suppression[] | undefined;
}
