// SPDX-License-Identifier: Apache-2.0

import type { IpFamily, Route } from '#model/kernel.ts';
import type { Interner } from '#sources/linux/interner.ts';
import {
  type JsonRecord,
  countField,
  hasFlag,
  isJsonRecord,
  parseJsonRecords,
  textField,
} from '#sources/linux/json-records.ts';
import { parseRouteText } from '#sources/linux/route-text.ts';
import { isJsonOutput } from '#sources/linux/text-lines.ts';

/**
 * Parses `ip -j -d -4|-6 route show table main`. What iproute2 leaves out has its default: type unicast, protocol
 * boot, scope global, metric 0 (iproute2:ip/iproute.c, print_route). Text in place of JSON is parsed as such.
 *
 * @throws LinuxParseError
 */
export function parseRoutes(
  text: string,
  family: IpFamily,
  interner: Interner<Route>,
): readonly Route[] {
  if (!isJsonOutput(text)) {
    const told = parseRouteText(text, family);
    return Object.freeze(told.map((route) => interner.intern(route.dst, route, sameRoute)));
  }
  const routes: Route[] = [];
  for (const record of parseJsonRecords('ip route', text)) {
    const route = routeOf(record, family, interner);
    if (route !== undefined) routes.push(route);
  }
  return Object.freeze(routes);
}

function routeOf(
  record: JsonRecord,
  family: IpFamily,
  interner: Interner<Route>,
): Route | undefined {
  const printed = textField(record, 'dst');
  if (printed === undefined) return undefined;
  const dst = destination(printed, family);
  const gateway = gatewayOf(record);
  // A multipath route has its links in the next hops; one next hop alone is an ordinary route in other words.
  const link = textField(record, 'dev');
  const type = textField(record, 'type') ?? 'unicast';
  const protocol = textField(record, 'protocol') ?? 'boot';
  const scope = textField(record, 'scope') ?? 'global';
  const metric = countField(record, 'metric') ?? 0;
  const onlink = hasFlag(record, 'flags', 'onlink');
  const route: Route = {
    family,
    dst,
    ...(gateway !== undefined && { gateway }),
    ...(link !== undefined && { link }),
    type,
    protocol,
    scope,
    metric,
    onlink,
  };
  return interner.intern(dst, route, sameRoute);
}

function sameRoute(a: Route, b: Route): boolean {
  return (
    a.dst === b.dst &&
    a.gateway === b.gateway &&
    a.link === b.link &&
    a.family === b.family &&
    a.type === b.type &&
    a.protocol === b.protocol &&
    a.scope === b.scope &&
    a.metric === b.metric &&
    a.onlink === b.onlink
  );
}

function destination(printed: string, family: IpFamily): string {
  if (printed === 'default') return family === 4 ? '0.0.0.0/0' : '::/0';
  if (printed.includes('/')) return printed;
  return `${printed}/${family === 4 ? '32' : '128'}`;
}

/** `gateway`, or the host of `via`, where an IPv4 route has an IPv6 next hop. */
function gatewayOf(record: JsonRecord): string | undefined {
  const gateway = textField(record, 'gateway');
  if (gateway !== undefined) return gateway;
  const via = record['via'];
  return isJsonRecord(via) ? textField(via, 'host') : undefined;
}
