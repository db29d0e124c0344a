// SPDX-License-Identifier: Apache-2.0

import type { IpFamily, Route } from '#model/kernel.ts';
import { parseAddress } from '#model/net/address.ts';
import { parseCidr } from '#model/net/cidr.ts';
import { LinuxParseError } from '#sources/linux/parse-error.ts';
import { isAddress, isLinkName, textLines, wordsOf } from '#sources/linux/text-lines.ts';

const SUBJECT = 'ip route';

/** iproute2:lib/rt_names.c, ip/rtm_map.c, rtnl_rtntype_n2a; the types that the main table can hold. */
const TYPES: ReadonlySet<string> = new Set([
  ...['unicast', 'local', 'broadcast', 'anycast', 'multicast', 'blackhole', 'unreachable'],
  ...['prohibit', 'throw', 'nat'],
]);
/** Words without a value (iproute2:ip/iproute.c, print_rt_flags; busybox:networking/libiproute/iproute.c, print_route). */
const FLAGS: ReadonlySet<string> = new Set([
  ...['onlink', 'dead', 'linkdown', 'pervasive', 'offload', 'trap', 'offload_failed', 'rt_offload'],
  ...['rt_trap', 'notify', 'cache', 'unresolved'],
]);
/** Words with one value that no check reads, or that is read by its name. */
const KEYS: ReadonlySet<string> = new Set([
  ...[
    'via',
    'dev',
    'table',
    'proto',
    'scope',
    'src',
    'metric',
    'tos',
    'dsfield',
    'realm',
    'realms',
  ],
  ...[
    'mtu',
    'advmss',
    'window',
    'rtt',
    'rttvar',
    'rto_min',
    'cwnd',
    'initcwnd',
    'initrwnd',
    'ssthresh',
  ],
  ...[
    'reordering',
    'hoplimit',
    'quickack',
    'features',
    'congctl',
    'pref',
    'expires',
    'error',
    'users',
  ],
  ...['age', 'used', 'from', 'iif', 'uid', 'mark', 'nhid', 'fastopen_no_cookie', 'preference'],
]);

/**
 * Parses `ip route show` in text: of BusyBox, which says nothing of protocols, and of iproute2 with `-d`, which always
 * does.
 * A route over several next hops has neither gateway nor link here.
 *
 * @throws LinuxParseError when a line is no route in words that are known
 */
export function parseRouteText(text: string, family: IpFamily): readonly Route[] {
  return textLines(SUBJECT, text)
    .filter((line) => !/^\s/.test(line))
    .map((line) => routeOf(wordsOf(line), family));
}

function routeOf(all: readonly string[], family: IpFamily): Route {
  const [first = ''] = all;
  const type = TYPES.has(first) ? first : undefined;
  const [to = '', ...words] = type === undefined ? all : all.slice(1);
  const dst = destination(to, family);
  if (dst === undefined) throw new LinuxParseError(SUBJECT, 'has a line that is no route');
  const { values, flags } = attributes(words);
  return {
    family,
    dst,
    ...named(values),
    type: type ?? 'unicast',
    scope: values.get('scope') ?? 'global',
    metric: metricOf(values.get('metric')),
    onlink: flags.has('onlink'),
  };
}

function named(values: ReadonlyMap<string, string>): Pick<Route, 'gateway' | 'link' | 'protocol'> {
  const [gateway, link, protocol] = ['via', 'dev', 'proto'].map((key) => values.get(key));
  return {
    ...(gateway !== undefined && { gateway }),
    ...(link !== undefined && { link }),
    ...(protocol !== undefined && { protocol }),
  };
}

function destination(text: string, family: IpFamily): string | undefined {
  if (text === 'default') return family === 4 ? '0.0.0.0/0' : '::/0';
  const address = text.includes('/') ? parseCidr(text) : parseAddress(text);
  if (address?.family !== family) return undefined;
  return text.includes('/') ? text : `${text}/${family === 4 ? '32' : '128'}`;
}

interface Attributes {
  readonly values: ReadonlyMap<string, string>;
  readonly flags: ReadonlySet<string>;
}

function attributes(words: readonly string[]): Attributes {
  const values = new Map<string, string>();
  const flags = new Set<string>();
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (FLAGS.has(word)) {
      flags.add(word);
      continue;
    }
    if (!KEYS.has(word)) throw new LinuxParseError(SUBJECT, `has the unknown word ${word}`);
    at += QUALIFIERS[word]?.includes(words[at + 1] ?? '') === true ? 2 : 1;
    const value = words[at];
    if (!isValueOf(word, value)) throw unknownValue(word);
    if (!values.has(word)) values.set(word, value);
  }
  return { values, flags };
}

/** Words between a key and its value: a next hop of the other family is named with it, `via inet6 fe80::1`. */
const QUALIFIERS: Readonly<Partial<Record<string, readonly string[]>>> = {
  via: ['inet', 'inet6'],
  mtu: ['lock'],
};

function isValueOf(key: string, value: string | undefined): value is string {
  if (key === 'via') return isAddress(value);
  return key === 'dev' ? isLinkName(value) : value !== undefined;
}

function metricOf(text: string | undefined): number {
  if (text === undefined) return 0;
  const metric = Number(text);
  if (!/^\d{1,10}$/.test(text) || metric > 0xffffffff) throw unknownValue('metric');
  return metric;
}

function unknownValue(word: string): LinuxParseError {
  return new LinuxParseError(SUBJECT, `has no usable value after ${word}`);
}
