// SPDX-License-Identifier: Apache-2.0

import type { IpFamily } from '#model/kernel.ts';
import { formatAddress, parseAddress } from '#model/net/address.ts';
import { formatCidr, parseCidr } from '#model/net/cidr.ts';
import { parseMac } from '#model/net/mac.ts';

/** One entry in typed words: what `ip` and `bridge` print of it and take again. */
export interface EntryWords {
  /** Words that make the entry, after the verb. */
  readonly make: readonly string[];
  /** Words that name the entry for deletion, after the verb. */
  readonly name: readonly string[];
  /** Of two entries with the same slot the kernel holds one only, so that writing one replaces the other. */
  readonly slot: string;
}

/** An address in the tools' own form; undefined for anything else. */
export function addressWord(text: string, family?: IpFamily): string | undefined {
  const address = parseAddress(text);
  if (address === undefined || (family !== undefined && address.family !== family))
    return undefined;
  return formatAddress(address);
}

/** A range in the tools' own form, without host bits; undefined for anything else. */
export function rangeWord(text: string, family?: IpFamily): string | undefined {
  const cidr = parseCidr(text);
  if (cidr === undefined || (family !== undefined && cidr.family !== family)) return undefined;
  const canonical = formatCidr(cidr);
  return canonical === text ? canonical : undefined;
}

/** A link's name; undefined for what is none (at most 15 characters) or would be an option. */
export function linkWord(text: string): string | undefined {
  return /^[A-Za-z0-9][A-Za-z0-9_.-]{0,14}$/.test(text) ? text : undefined;
}

const NAMED: Readonly<Record<string, (value: string, family: IpFamily) => string | undefined>> = {
  via: addressWord,
  dev: linkWord,
  proto: (value) => (/^[a-z0-9]{1,16}$/.test(value) ? value : undefined),
  scope: (value) => (/^(?:global|site|link|host|\d{1,3})$/.test(value) ? value : undefined),
  src: addressWord,
  metric: (value) => (/^\d{1,10}$/.test(value) ? value : undefined),
  pref: (value) => (value === 'medium' ? value : undefined),
};

const TYPES = new Set(['unicast', 'blackhole', 'unreachable', 'prohibit']);

/** A line of `ip -d route show`, single-spaced; undefined when it holds anything that is not known here. */
export function routeWords(line: string, family: IpFamily): EntryWords | undefined {
  const [type = '', dst = '', ...rest] = line.split(' ');
  const host = addressWord(dst, family);
  const destination = dst === 'default' ? dst : (host ?? rangeWord(dst, family));
  if (!TYPES.has(type) || destination === undefined) return undefined;
  const named = namedWords(rest, family);
  if (named === undefined) return undefined;
  const { words, metric } = named;
  const name = [type, destination, ...words];
  const make = named.onlink ? [...name, 'onlink'] : name;
  return { make, name, slot: `${destination} ${metric}` };
}

interface NamedWords {
  readonly words: readonly string[];
  readonly onlink: boolean;
  readonly metric: string;
}

function namedWords(rest: readonly string[], family: IpFamily): NamedWords | undefined {
  const words: string[] = [];
  let onlink = false;
  let metric = '0';
  for (let index = 0; index < rest.length; index += 1) {
    const key = rest[index] ?? '';
    if (key === 'onlink') {
      onlink = true;
      continue;
    }
    index += 1;
    const value = Object.hasOwn(NAMED, key) ? NAMED[key]?.(rest[index] ?? '', family) : undefined;
    if (value === undefined) return undefined;
    if (key === 'metric') metric = value;
    // What the tools take for granted and BusyBox does not know.
    if (key !== 'pref') words.push(key, value);
  }
  return { words, onlink, metric };
}

/** A line of `ip neigh show dev LINK nud permanent`. */
export function neighbourWords(
  line: string,
  family: IpFamily,
  link: string,
): EntryWords | undefined {
  const [to = '', keyword, text = '', state, ...more] = line.split(' ');
  const address = addressWord(to, family);
  const mac = parseMac(text);
  const isPlain = keyword === 'lladdr' && state === 'PERMANENT' && more.length === 0;
  if (!isPlain || address === undefined || mac === undefined) return undefined;
  return {
    make: [address, 'lladdr', mac, 'nud', 'permanent', 'dev', link],
    name: [address, 'dev', link],
    slot: address,
  };
}

/** How `bridge` prints a state, and the word that makes it. */
const FDB_STATES: Readonly<Record<string, string>> = {
  permanent: 'permanent',
  static: 'static',
  '': 'dynamic',
};

/** A line of `bridge fdb show dev LINK`. */
export function fdbWords(line: string, link: string): EntryWords | undefined {
  const [text = '', ...rest] = line.split(' ');
  const mac = parseMac(text);
  const destination = destinationWords(rest);
  if (mac === undefined || destination === undefined) return undefined;
  const [self, state = '', ...more] = rest.slice(destination.length);
  const word = Object.hasOwn(FDB_STATES, state) ? FDB_STATES[state] : undefined;
  if (self !== 'self' || word === undefined || more.length > 0) return undefined;
  const name = [mac, 'dev', link, ...destination, 'self'];
  return { make: [...name, word], name, slot: mac };
}

/** `dst ADDRESS`, or nothing; undefined for what is no address. */
function destinationWords([keyword, text = '']: readonly string[]): readonly string[] | undefined {
  if (keyword !== 'dst') return [];
  const address = addressWord(text);
  return address === undefined ? undefined : ['dst', address];
}
