// SPDX-License-Identifier: Apache-2.0
import type { FdbEntry, Neighbour } from '#simulation/kernel/entries.ts';
import type { Family } from '#simulation/kernel/prefix.ts';
import { formatAddress } from '#simulation/kernel/prefix.ts';
import type { Route } from '#simulation/kernel/route-table.ts';
import type { FamilyLease, SubnetLease } from './subnet-lease.ts';

/** Entries for one peer in one family. */
export interface PeerEntries {
  readonly neighbour?: Neighbour;
  readonly fdb?: FdbEntry;
  readonly route: Route;
}

/** Name of ipip's link. */
export const IPIP_NAME = 'flannel.ipip';

/** Name of flannel's VXLAN link. */
export function vxlanName(family: Family, vni: number): string {
  return family === 4 ? `flannel.${String(vni)}` : `flannel-v6.${String(vni)}`;
}

const vxlanCache = new WeakMap<FamilyLease, Map<string, PeerEntries | undefined>>();

/**
 * Entries that send a peer's pod network through VXLAN; undefined when its backend data cannot be
 * decoded. The same objects are given for the same lease, so that nodes can share them.
 * flannel@v0.28.9:pkg/backend/vxlan/vxlan_network.go (handleSubnetEvents).
 */
export function vxlanEntries(lease: FamilyLease, dev: string): PeerEntries | undefined {
  const cached = vxlanCache.get(lease) ?? new Map<string, PeerEntries | undefined>();
  vxlanCache.set(lease, cached);
  if (!cached.has(dev)) cached.set(dev, makeVxlanEntries(lease, dev));
  return cached.get(dev);
}

function makeVxlanEntries(lease: FamilyLease, dev: string): PeerEntries | undefined {
  const mac = vtepMacOf(lease.backendData);
  if (mac === undefined) return undefined;
  const { subnet, publicIp } = lease;
  const { family } = subnet;
  const gateway = formatAddress(family, subnet.value);
  return {
    neighbour: { family, dst: gateway, dev, lladdr: mac, state: 'PERMANENT' },
    fdb: { mac, dev, dst: publicIp, table: 'self', state: 'permanent' },
    route: flannelRoute(lease, gateway, { dev, onlink: true }),
  };
}

/** Route that sends a peer's pod network to the peer's own address; `dev` absent: the kernel chooses. */
export function directEntries(lease: FamilyLease, dev?: string, onlink = false): PeerEntries {
  return {
    route: flannelRoute(lease, lease.publicIp, {
      onlink,
      ...(dev === undefined ? {} : { dev }),
    }),
  };
}

function flannelRoute(
  { subnet }: FamilyLease,
  gateway: string,
  { dev, onlink }: { dev?: string; onlink: boolean },
): Route {
  return {
    type: 'unicast',
    prefix: subnet,
    gateway,
    ...(dev === undefined ? {} : { dev }),
    protocol: 'boot',
    scope: 'global',
    metric: subnet.family === 4 ? 0 : 1024,
    onlink,
  };
}

/** `VtepMAC` of a vxlan backend-data annotation; undefined when it cannot be decoded. */
export function vtepMacOf(backendData: string): string | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(backendData);
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const field = Object.entries(parsed).find(([key]) => key.toLowerCase() === 'vtepmac');
  const mac: unknown = field?.[1];
  return typeof mac === 'string' && /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(mac)
    ? mac.toLowerCase()
    : undefined;
}

/** Text of the vxlan backend-data annotation, as Go marshals it. */
export function formatVxlanData(vni: number, mac: string): string {
  return JSON.stringify({ VNI: vni, VtepMAC: mac });
}

/** Families of a lease. */
export function familiesOf(lease: SubnetLease): FamilyLease[] {
  return ([4, 6] as const).flatMap((family) => {
    const one = lease.families[family];
    return one === undefined ? [] : [one];
  });
}
