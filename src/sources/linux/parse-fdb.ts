// SPDX-License-Identifier: Apache-2.0

import type { FdbEntry } from '#model/kernel.ts';
import type { Interner } from '#sources/linux/interner.ts';
import { type JsonRecord, parseJsonRecords, textField } from '#sources/linux/json-records.ts';
import { parseFdbText } from '#sources/linux/neighbour-text.ts';
import { type VxlanLinkNames, keepsEntriesOf } from '#sources/linux/parse-links.ts';
import { isJsonOutput } from '#sources/linux/text-lines.ts';

/**
 * Parses `bridge -j fdb show`, keeping the entries of the named links only: unfiltered output also lists the
 * multicast addresses of every network card. Text in place of JSON is parsed as such.
 *
 * @throws LinuxParseError
 */
export function parseFdb(
  text: string,
  links: VxlanLinkNames,
  interner: Interner<FdbEntry>,
): readonly FdbEntry[] {
  if (!isJsonOutput(text)) {
    const kept = parseFdbText(text).filter(({ link }) => keepsEntriesOf(link, links));
    return Object.freeze(kept.map((entry) => interner.intern(entry.mac, entry, sameEntry)));
  }
  const entries: FdbEntry[] = [];
  for (const record of parseJsonRecords('bridge fdb', text)) {
    const entry = entryOf(record, links, interner);
    if (entry !== undefined) entries.push(entry);
  }
  return Object.freeze(entries);
}

function entryOf(
  record: JsonRecord,
  links: VxlanLinkNames,
  interner: Interner<FdbEntry>,
): FdbEntry | undefined {
  const link = textField(record, 'ifname');
  if (link === undefined || !keepsEntriesOf(link, links)) return undefined;
  const mac = textField(record, 'mac')?.toLowerCase();
  if (mac === undefined) return undefined;
  const dst = textField(record, 'dst');
  const state = textField(record, 'state') ?? '';
  const entry: FdbEntry = { mac, link, ...(dst !== undefined && { dst }), state };
  return interner.intern(mac, entry, sameEntry);
}

function sameEntry(a: FdbEntry, b: FdbEntry): boolean {
  return a.mac === b.mac && a.dst === b.dst && a.link === b.link && a.state === b.state;
}
