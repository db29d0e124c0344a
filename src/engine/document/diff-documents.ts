// SPDX-License-Identifier: Apache-2.0

import {
  type ItemFields,
  SECTION_ITEMS,
  type SectionItems,
} from '#engine/document/section-items.ts';
import { definedFields } from '#model/defined-fields.ts';
import {
  type DiffChange,
  type DiffItem,
  type DiffSection,
  DOCUMENT_SCHEMA_VERSION,
  type DocumentContent,
  type DocumentDiff,
} from '#report/cluster-document.ts';

/** One version of a page, and when it was made or kept first. */
export interface DatedContent {
  readonly at: string;
  readonly content: DocumentContent;
}

/** What differs between two versions of a page, in the order of its sections. Pure. */
export function diffDocuments(before: DatedContent, after: DatedContent): DocumentDiff {
  const names = Object.keys(SECTION_ITEMS) as readonly DiffSection['section'][];
  return {
    schemaVersion: DOCUMENT_SCHEMA_VERSION,
    kind: 'DocumentDiff',
    before: before.at,
    after: after.at,
    sections: names.flatMap((section) => {
      const itemsOf = SECTION_ITEMS[section];
      const difference = diffItems(itemsOf(before.content), itemsOf(after.content));
      return isEmpty(difference) ? [] : [{ section, ...difference }];
    }),
  };
}

type Difference = Omit<DiffSection, 'section'>;

function isEmpty({ added, removed, changed }: Difference): boolean {
  return added.length + removed.length + changed.length === 0;
}

function diffItems(before: SectionItems, after: SectionItems): Difference {
  return {
    added: onlyIn(after, before),
    removed: onlyIn(before, after),
    changed: [...after].flatMap(([what, fields]) => {
      const old = before.get(what);
      return old === undefined ? [] : changedFields(what, old, fields);
    }),
  };
}

function onlyIn(one: SectionItems, other: SectionItems): readonly DiffItem[] {
  return [...one]
    .filter(([what]) => !other.has(what))
    .map(([what, fields]) => ({
      what,
      fields: Object.entries(fields).map(([name, value]) => ({ name, value })),
    }));
}

function changedFields(what: string, old: ItemFields, now: ItemFields): readonly DiffChange[] {
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  return names
    .filter((field) => old[field] !== now[field])
    .map((field) => definedFields({ what, field, before: old[field], after: now[field] }));
}
