// SPDX-License-Identifier: Apache-2.0
import { localTable } from '#simulation/kernel/implied-entries.ts';
import type { Kernel, RouteSelector } from '#simulation/kernel/kernel.ts';
import type { Family, Prefix } from '#simulation/kernel/prefix.ts';
import { addressBits, familyOf, formatAddress, parsePrefix } from '#simulation/kernel/prefix.ts';
import type { Route } from '#simulation/kernel/route-table.ts';
import type { ExecResult } from '#simulation/workload-backend.ts';
import { CommandFailure, listing, MESSAGES, success } from './command-result.ts';
import type { JsonValue } from './json-text.ts';
import { requireLink } from './link-command.ts';
import type { IpOptions } from './options.ts';
import { getRoute } from './route-get.ts';

/** `ip route …` */
export function routeCommand(
  kernel: Kernel,
  options: IpOptions,
  words: readonly string[],
): ExecResult {
  const [verb = 'show', ...rest] = words;
  switch (verb) {
    case 'show':
    case 'list':
    case 'ls':
      return showRoutes(kernel, options, rest);
    case 'get':
      return getRoute(kernel, options, rest);
    case 'add':
    case 'replace':
      kernel.setRoute(parseRoute(kernel, options, rest), verb);
      return success();
    case 'del':
    case 'delete':
      kernel.deleteRoute(parseSelector(kernel, options, rest));
      return success();
    default:
      throw new CommandFailure(MESSAGES.badCommand(verb, 'ip route help'), 255);
  }
}

/** Text of a destination: `default`, a prefix, or a bare address when it is one host. */
export function destinationText({ family, value, length }: Prefix): string {
  const address = formatAddress(family, value);
  if (length === 0 && value === 0n) return 'default';
  return length === addressBits(family) ? address : `${address}/${String(length)}`;
}

interface Listing {
  readonly table: 'main' | 'local' | 'all';
  readonly dev?: string;
  readonly exact?: Prefix;
  readonly protocol?: string;
  readonly type?: string;
}

const ROUTE_TYPES = new Set(['unicast', 'local', 'broadcast', 'multicast', 'blackhole']);

function parseListing(kernel: Kernel, options: IpOptions, words: readonly string[]): Listing {
  let wanted: Listing = { table: 'main' };
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    const value = words[index + 1] ?? '';
    if (['table', 'dev', 'proto', 'protocol', 'type'].includes(word)) index += 1;
    if (word === 'table') wanted = { ...wanted, table: tableName(value, options) };
    else if (word === 'dev') wanted = { ...wanted, dev: requireLink(kernel, value).name };
    else if (word === 'proto' || word === 'protocol') wanted = { ...wanted, protocol: value };
    else if (word === 'type') wanted = { ...wanted, type: value };
    else if (ROUTE_TYPES.has(word)) wanted = { ...wanted, type: word };
    else if (word !== 'exact') wanted = { ...wanted, exact: parseDestination(word, options) };
  }
  return wanted;
}

function tableName(text: string, { json, family = 4 }: IpOptions): Listing['table'] {
  if (text === 'all' || text === '0') return 'all';
  if (text === 'local' || text === '255') return 'local';
  if (text === 'main' || text === '254') return 'main';
  if (/^\d+$/.test(text)) {
    const message = `Error: ipv${String(family)}: FIB table does not exist.\nDump terminated`;
    throw new CommandFailure(message, 2, json ? '[' : '');
  }
  throw new CommandFailure(`Error: argument "${text}" is wrong: table id value is invalid\n`, 255);
}

function showRoutes(kernel: Kernel, options: IpOptions, words: readonly string[]): ExecResult {
  const wanted = parseListing(kernel, options, words);
  const family = options.family ?? wanted.exact?.family;
  const families: readonly Family[] =
    family !== undefined ? [family] : wanted.table === 'all' ? [4, 6] : [4];
  const routes = families.flatMap((each) => [
    ...(wanted.table === 'local'
      ? []
      : kernel.routes[each].dump().map((route) => listed(kernel, route, 'main'))),
    ...(wanted.table === 'main'
      ? []
      : localTable(kernel, each).map((route) => listed(kernel, route, 'local'))),
  ]);
  const fits = routes.filter(({ route }) => fitsListing(route, wanted));
  return listing(
    fits,
    options,
    (item) => routeJson(item, options, wanted),
    (item) => routeText(item, options, wanted),
  );
}

interface ListedRoute {
  readonly route: Route;
  readonly flags: readonly string[];
  readonly table: 'main' | 'local';
}

function listed(kernel: Kernel, route: Route, table: ListedRoute['table']): ListedRoute {
  const carrier = kernel.findLink(route.dev ?? '')?.carrier ?? true;
  const flags = [...(route.onlink ? ['onlink'] : []), ...(carrier ? [] : ['linkdown'])];
  return { route, flags, table };
}

function fitsListing(route: Route, { dev, exact, protocol, type }: Listing): boolean {
  if (dev !== undefined && route.dev !== dev) return false;
  if (protocol !== undefined && route.protocol !== protocol) return false;
  if (type !== undefined && route.type !== type) return false;
  if (exact === undefined) return true;
  return exact.value === route.prefix.value && exact.length === route.prefix.length;
}

/** What is shown of a route; the usual is left out unless details are asked for. */
function shownFacts(
  { route, table }: ListedRoute,
  { details }: IpOptions,
  wanted: Listing,
): ShownFacts {
  const v6 = route.prefix.family === 6;
  const unlessUsual = <T>(value: T, usual: T): T | undefined =>
    details || value !== usual ? value : undefined;
  return {
    type: unlessUsual<string>(route.type, 'unicast'),
    dev: wanted.dev === undefined ? route.dev : undefined,
    table: wanted.table === 'all' ? unlessUsual<string>(table, 'main') : undefined,
    protocol: unlessUsual<string>(route.protocol, 'boot'),
    scope: unlessUsual<string>(route.scope, 'global'),
    metric: v6 || route.metric !== 0 ? route.metric : undefined,
    pref: v6 ? 'medium' : undefined,
  };
}

interface ShownFacts {
  readonly type: string | undefined;
  readonly dev: string | undefined;
  readonly table: string | undefined;
  readonly protocol: string | undefined;
  readonly scope: string | undefined;
  readonly metric: number | undefined;
  readonly pref: string | undefined;
}

function routeJson(item: ListedRoute, options: IpOptions, wanted: Listing): JsonValue {
  const { type, dev, table, protocol, scope, metric, pref } = shownFacts(item, options, wanted);
  const { prefix, gateway, prefsrc } = item.route;
  const dst = destinationText(prefix);
  const { flags } = item;
  return { type, dst, gateway, dev, table, protocol, scope, prefsrc, metric, flags, pref };
}

function routeText(item: ListedRoute, options: IpOptions, wanted: Listing): string {
  const shown = shownFacts(item, options, wanted);
  const { prefix, gateway, prefsrc } = item.route;
  const words: readonly (readonly [string, string | number | undefined])[] = [
    ['', shown.type],
    ['', destinationText(prefix)],
    ['via ', gateway],
    ['dev ', shown.dev],
    ['table ', shown.table],
    ['proto ', shown.protocol],
    ['scope ', shown.scope],
    ['src ', prefsrc],
    ['metric ', shown.metric],
    ...item.flags.map((flag) => ['', flag] as const),
    ['pref ', shown.pref],
  ];
  const line = words.flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}${String(value)}`],
  );
  return `${line.join(' ')}${prefix.family === 6 ? '' : ' '}\n`;
}

function parseDestination(text: string, { family }: IpOptions): Prefix {
  if (text === 'default') return { family: family ?? 4, value: 0n, length: 0 };
  const prefix = parsePrefix(text);
  if (prefix === undefined) throw new CommandFailure(MESSAGES.badPrefix(text), 1);
  return prefix;
}

interface RouteWords {
  readonly type: Route['type'];
  readonly prefix: Prefix;
  readonly onlink: boolean;
  readonly named: ReadonlyMap<string, string>;
}

function parseRouteWords(kernel: Kernel, options: IpOptions, words: readonly string[]): RouteWords {
  const rest = [...words];
  const type = rest[0] === 'blackhole' ? 'blackhole' : 'unicast';
  if (ROUTE_TYPES.has(rest[0] ?? '')) rest.shift();
  const prefix = parseDestination(rest.shift() ?? '', options);
  const named = new Map<string, string>();
  let onlink = false;
  while (rest.length > 0) {
    const key = rest.shift() ?? '';
    if (key === 'onlink') onlink = true;
    else named.set(key, rest.shift() ?? '');
  }
  const dev = named.get('dev');
  if (dev !== undefined) requireLink(kernel, dev);
  const via = named.get('via');
  if (via !== undefined && familyOf(via) === undefined) {
    throw new CommandFailure(MESSAGES.badPrefix(via), 1);
  }
  return { type, prefix, onlink, named };
}

const PROTOCOLS: readonly Route['protocol'][] = ['kernel', 'boot', 'static', 'ra', 'dhcp'];

function parseRoute(kernel: Kernel, options: IpOptions, words: readonly string[]): Route {
  const { type, prefix, onlink, named } = parseRouteWords(kernel, options, words);
  const gateway = named.get('via');
  const dev = named.get('dev');
  const prefsrc = named.get('src');
  const onLink = prefix.family === 4 && gateway === undefined && type === 'unicast';
  return {
    type,
    prefix,
    ...(gateway === undefined ? {} : { gateway }),
    ...(dev === undefined ? {} : { dev }),
    protocol: PROTOCOLS.find((name) => name === named.get('proto')) ?? 'boot',
    scope: onLink ? 'link' : 'global',
    ...(prefsrc === undefined ? {} : { prefsrc }),
    metric: Number(named.get('metric') ?? (prefix.family === 4 ? 0 : 1024)),
    onlink,
  };
}

function parseSelector(
  kernel: Kernel,
  options: IpOptions,
  words: readonly string[],
): RouteSelector {
  const { prefix, named } = parseRouteWords(kernel, options, words);
  const gateway = named.get('via');
  const dev = named.get('dev');
  const metric = named.get('metric');
  return {
    prefix,
    ...(gateway === undefined ? {} : { gateway }),
    ...(dev === undefined ? {} : { dev }),
    ...(metric === undefined ? {} : { metric: Number(metric) }),
  };
}
