// SPDX-License-Identifier: Apache-2.0
import type { FdbEntry, Neighbour } from '#simulation/kernel/entries.ts';
import { fdbKey, neighbourKey } from '#simulation/kernel/entries.ts';
import type { SharedEntries } from '#simulation/kernel/kernel.ts';
import type { Prefix } from '#simulation/kernel/prefix.ts';
import { containsAddress, formatPrefix, parseAddress } from '#simulation/kernel/prefix.ts';
import type { RouteGroup } from '#simulation/kernel/route-table.ts';
import type { KubernetesObject } from '#simulation/store.ts';
import type { Family } from '#simulation/kernel/prefix.ts';
import type { PeerEntries } from './peer-entries.ts';
import { IPIP_NAME, directEntries, familiesOf, vxlanEntries, vxlanName } from './peer-entries.ts';
import type { AnnotationKeys, FamilyLease, SubnetLease } from './subnet-lease.ts';
import { readLease } from './subnet-lease.ts';

/** How a node programs its peers; nodes with the same way share their entries. */
export interface ProgrammingWay {
  readonly backend: string;
  readonly vni: number;
  readonly directRouting: boolean;
  /** Name of the external interface. */
  readonly dev: string;
  /** Networks on that interface. */
  readonly onLink: readonly Prefix[];
}

/**
 * The leases that the API shows now, and the entries that follow from them. A flanneld that starts
 * programs every node; as all nodes then hold the same entries, they are made once and shared.
 */
export class LeaseBook {
  readonly keys: AnnotationKeys;
  readonly enabled: readonly Family[];
  readonly #leases = new Map<string, SubnetLease>();
  readonly #problems = new Map<string, string>();
  #shared = new Map<string, SharedEntries>();
  #sorted: readonly SubnetLease[] | undefined;
  #bySubnet: ReadonlyMap<string, readonly SubnetLease[]> | undefined;

  constructor(keys: AnnotationKeys, enabled: readonly Family[]) {
    this.keys = keys;
    this.enabled = enabled;
  }

  /** Takes note of a node that was added or changed. */
  put(node: KubernetesObject): void {
    const { name } = node.metadata;
    const reading = readLease(node, this.keys, this.enabled);
    this.#forget(name);
    if ('lease' in reading) this.#leases.set(name, reading.lease);
    if ('problem' in reading) this.#problems.set(name, reading.problem);
  }

  /** Takes note of a node that was deleted. */
  remove(name: string): void {
    this.#forget(name);
  }

  #forget(name: string): void {
    this.#leases.delete(name);
    this.#problems.delete(name);
    this.#sorted = undefined;
    this.#bySubnet = undefined;
    this.#shared = new Map();
  }

  /** All leases, by node name, as an informer lists them. */
  leases(): readonly SubnetLease[] {
    this.#sorted ??= [...this.#leases.values()].sort((a, b) => (a.node < b.node ? -1 : 1));
    return this.#sorted;
  }

  /** Lease of one node. */
  lease(node: string): SubnetLease | undefined {
    return this.#leases.get(node);
  }

  /** Leases with the subnets of the given one, itself included. */
  withSubnetOf(lease: SubnetLease): readonly SubnetLease[] {
    this.#bySubnet ??= groupBySubnet(this.leases());
    return this.#bySubnet.get(subnetKey(lease)) ?? [];
  }

  /** Nodes that flannel manages but cannot read, with the reason. */
  problems(): ReadonlyMap<string, string> {
    return this.#problems;
  }

  /** Entries for every lease, the same object for the same way until a lease changes. */
  shared(way: ProgrammingWay): SharedEntries {
    const { backend, vni, directRouting, dev, onLink } = way;
    const networks = directRouting ? onLink.map(formatPrefix).join() : '';
    const key = [backend, vni, dev, directRouting, networks].join(' ');
    let shared = this.#shared.get(key);
    if (shared === undefined) {
      shared = this.#makeShared(way);
      this.#shared.set(key, shared);
    }
    return shared;
  }

  #makeShared(way: ProgrammingWay): SharedEntries {
    const routes = { 4: new Map<string, RouteGroup>(), 6: new Map<string, RouteGroup>() };
    const neighbours = new Map<string, Neighbour>();
    const fdb = new Map<string, FdbEntry>();
    for (const lease of this.leases()) {
      for (const { route, neighbour, fdb: entry } of entriesFor(lease, way) ?? []) {
        routes[route.prefix.family].set(formatPrefix(route.prefix), [route]);
        if (neighbour !== undefined) {
          neighbours.set(neighbourKey(neighbour.dev, neighbour.dst), neighbour);
        }
        if (entry !== undefined) fdb.set(fdbKey(entry.dev, entry.mac), entry);
      }
    }
    return { routes, neighbours, fdb };
  }
}

function subnetKey(lease: SubnetLease): string {
  return familiesOf(lease)
    .map(({ subnet }) => formatPrefix(subnet))
    .join();
}

function groupBySubnet(leases: readonly SubnetLease[]): Map<string, SubnetLease[]> {
  const groups = new Map<string, SubnetLease[]>();
  for (const lease of leases) {
    const key = subnetKey(lease);
    groups.set(key, [...(groups.get(key) ?? []), lease]);
  }
  return groups;
}

/** Entries for a lease in each of its families; undefined when flannel ignores the lease or cannot decode it. */
export function entriesFor(lease: SubnetLease, way: ProgrammingWay): PeerEntries[] | undefined {
  if (lease.backendType !== way.backend) return undefined;
  const families = familiesOf(lease);
  if (way.backend === 'host-gw') {
    return families.filter((one) => isOnLink(one, way)).map((one) => directEntries(one, way.dev));
  }
  if (way.backend === 'ipip') {
    return families.map((one) => {
      const direct = way.directRouting && isOnLink(one, way);
      return directEntries(one, direct ? way.dev : IPIP_NAME, true);
    });
  }
  if (way.backend === 'wireguard') return [];
  const entries: PeerEntries[] = [];
  for (const one of families) {
    const vxlan = vxlanEntries(one, vxlanName(one.subnet.family, way.vni));
    // One family that cannot be decoded makes flannel skip the whole event.
    if (vxlan === undefined) return undefined;
    entries.push(way.directRouting && isOnLink(one, way) ? directEntries(one, way.dev) : vxlan);
  }
  return entries;
}

function isOnLink({ publicIp, subnet }: FamilyLease, { onLink }: ProgrammingWay): boolean {
  const value = parseAddress(publicIp) ?? 0n;
  return onLink.some((prefix) => prefix.family === subnet.family && containsAddress(prefix, value));
}
