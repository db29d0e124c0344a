// SPDX-License-Identifier: Apache-2.0

import type { Neighbour } from '#model/kernel.ts';
import type { Interner } from '#sources/linux/interner.ts';
import { type JsonRecord, parseJsonRecords, textField } from '#sources/linux/json-records.ts';
import { parseNeighbourText } from '#sources/linux/neighbour-text.ts';
import { type VxlanLinkNames, keepsEntriesOf } from '#sources/linux/parse-links.ts';
import { isJsonOutput } from '#sources/linux/text-lines.ts';

/**
 * Parses `ip -j neigh show` (both families), keeping the entries of the named links only. Text in place
 * of JSON is parsed as such.
 *
 * @throws LinuxParseError
 */
export function parseNeighbours(
  text: string,
  links: VxlanLinkNames,
  interner: Interner<Neighbour>,
): readonly Neighbour[] {
  if (!isJsonOutput(text)) {
    const kept = parseNeighbourText(text).filter(({ link }) => keepsEntriesOf(link, links));
    return Object.freeze(kept.map((entry) => interner.intern(entry.address, entry, sameNeighbour)));
  }
  const neighbours: Neighbour[] = [];
  for (const record of parseJsonRecords('ip neigh', text)) {
    const neighbour = neighbourOf(record, links, interner);
    if (neighbour !== undefined) neighbours.push(neighbour);
  }
  return Object.freeze(neighbours);
}

function neighbourOf(
  record: JsonRecord,
  links: VxlanLinkNames,
  interner: Interner<Neighbour>,
): Neighbour | undefined {
  const link = textField(record, 'dev');
  if (link === undefined || !keepsEntriesOf(link, links)) return undefined;
  const address = textField(record, 'dst');
  if (address === undefined) return undefined;
  const mac = textField(record, 'lladdr')?.toLowerCase();
  const nud = nudOf(record['state']);
  const neighbour: Neighbour = {
    family: address.includes(':') ? 6 : 4,
    address,
    link,
    ...(mac !== undefined && { mac }),
    nud,
  };
  return interner.intern(address, neighbour, sameNeighbour);
}

function sameNeighbour(a: Neighbour, b: Neighbour): boolean {
  return a.address === b.address && a.mac === b.mac && a.link === b.link && a.nud === b.nud;
}

/** The kernel keeps one state at a time; iproute2 prints a list all the same, and none for state NONE. */
function nudOf(state: unknown): string {
  const first: unknown = Array.isArray(state) ? state[0] : state;
  return typeof first === 'string' ? first.slice(0, 32).toLowerCase() : 'none';
}
