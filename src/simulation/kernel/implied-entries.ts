// SPDX-License-Identifier: Apache-2.0
import type { FdbEntry } from './entries.ts';
import type { Kernel } from './kernel.ts';
import type { Link, LinkAddress } from './link.ts';
import { carriesBareIp } from './link.ts';
import type { Family } from './prefix.ts';
import { formatAddress, lastAddress, parseAddress, prefixOf } from './prefix.ts';
import type { Route } from './route-table.ts';
import { RouteTable } from './route-table.ts';

/** The `local` table of a family, which follows from the addresses of the links that are up. */
export function localTable(kernel: Kernel, family: Family): Route[] {
  const table = new RouteTable(family);
  for (const link of kernel.links().filter(({ up }) => up)) {
    for (const address of link.addresses.filter((each) => each.family === family)) {
      for (const route of localRoutes(link, address)) table.add(route);
    }
  }
  if (family === 6) {
    for (const { dev } of kernel.routes[6].group(prefixOf('fe80::/64'))) {
      if (dev !== undefined) table.add(impliedRoute('multicast', 'ff00::/8', dev, 256));
    }
  }
  return table.dump();
}

function localRoutes(link: Link, { family, local, prefixLength, broadcast }: LinkAddress): Route[] {
  if (family === 6) return [impliedRoute('local', local, link.name, 0)];
  const own = (type: Route['type'], dst: string): Route => ({
    ...impliedRoute(type, dst, link.name, 0),
    scope: type === 'local' ? 'host' : 'link',
    prefsrc: local,
  });
  const routes = [own('local', local)];
  const prefix = prefixOf(`${local}/${String(prefixLength)}`);
  if (link.kind === 'loopback')
    routes.push(own('local', `${local.split('.')[0] ?? '127'}.0.0.0/8`));
  if (prefixLength < 31) {
    routes.push(own('broadcast', broadcast ?? formatAddress(4, lastAddress(prefix))));
  }
  return routes;
}

function impliedRoute(type: Route['type'], dst: string, dev: string, metric: number): Route {
  return {
    type,
    prefix: prefixOf(dst),
    dev,
    protocol: 'kernel',
    scope: 'global',
    metric,
    onlink: false,
  };
}

/**
 * Forwarding entries of a link that nobody set: the multicast MACs that it listens to, a bridge's
 * and a port's own MAC. A VXLAN link has none. Order as observed.
 */
export function impliedFdb(link: Link): FdbEntry[] {
  if (!link.up || link.kind === 'loopback' || link.kind === 'vxlan') return [];
  if (carriesBareIp(link)) return [];
  const self = (mac: string): FdbEntry => ({
    mac,
    dev: link.name,
    table: 'self',
    state: 'permanent',
  });
  const groups = [...new Set(link.addresses.filter((each) => each.family === 6).map(solicitedMac))];
  const snooping = link.kind === 'bridge' ? ['01:00:5e:00:00:6a', '33:33:00:00:00:6a'] : [];
  // Link-local addresses are made first, so their groups stand before those of global ones.
  const listened = ['33:33:00:00:00:01', ...snooping, '01:00:5e:00:00:01', ...groups.reverse()];
  const entries = listened.map(self);
  const master = link.kind === 'bridge' ? link.name : link.master;
  if (master === undefined) return entries;
  const own: FdbEntry = {
    mac: link.mac,
    dev: link.name,
    table: 'master',
    master,
    state: 'permanent',
  };
  return link.kind === 'bridge' ? [...entries, own] : [own, ...entries];
}

/** MAC of the solicited-node multicast group of an address (RFC 4291, RFC 2464). */
function solicitedMac({ local }: LinkAddress): string {
  const low = ((parseAddress(local) ?? 0n) & 0xffffffn).toString(16).padStart(6, '0');
  return `33:33:ff:${low.slice(0, 2)}:${low.slice(2, 4)}:${low.slice(4, 6)}`;
}
