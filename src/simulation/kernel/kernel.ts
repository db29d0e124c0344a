// SPDX-License-Identifier: Apache-2.0
import type { FdbEntry, Neighbour } from './entries.ts';
import { fdbKey, neighbourKey } from './entries.ts';
import { KernelError } from './kernel-error.ts';
import { LayeredTable } from './layered-table.ts';
import type { Link, LinkAddress, LinkSpec } from './link.ts';
import { carriesBareIp, linkLocalAddress, vxlanHeadroom } from './link.ts';
import type { Family, Prefix } from './prefix.ts';
import { addressBits, familyOf, formatAddress, parseAddress, prefixOf } from './prefix.ts';
import { checkNextHop } from './next-hop.ts';
import { PacketRules } from '#simulation/netfilter/packet-rules.ts';
import type { Route, RouteGroup } from './route-table.ts';
import { RouteTable } from './route-table.ts';

/** Packet filters of a node, as far as the simulation knows them. */
export interface PacketFilters {
  /** UDP ports whose packets are dropped in both directions. */
  readonly droppedUdpPorts: Set<number>;
  /** Share (0 to 1) of incoming packets lost, by UDP port. */
  readonly udpLossRatio: Map<number, number>;
}

/** How a route to be deleted is named; what is absent matches any. */
export interface RouteSelector {
  readonly prefix: Prefix;
  readonly gateway?: string;
  readonly dev?: string;
  readonly metric?: number;
}

/** Table entries that every node of a cluster holds alike, by key of the table. */
export interface SharedEntries {
  readonly routes: Readonly<Record<Family, ReadonlyMap<string, RouteGroup>>>;
  readonly neighbours: ReadonlyMap<string, Neighbour>;
  readonly fdb: ReadonlyMap<string, FdbEntry>;
}

/** Keys of shared entries that a node does not take over: its own. */
export interface SkippedEntries {
  /** Texts of prefixes, of both families. */
  readonly prefixes: ReadonlySet<string>;
  readonly neighbours: ReadonlySet<string>;
  readonly fdb: ReadonlySet<string>;
}

/**
 * The network state of one node's kernel, and what the kernel does to it by itself.
 * Behaviour as observed on Linux 6.18, see `iproute2/recordings`.
 */
export class Kernel {
  readonly routes: Readonly<Record<Family, RouteTable>> = {
    4: new RouteTable(4),
    6: new RouteTable(6),
  };
  readonly filters: PacketFilters = { droppedUdpPorts: new Set(), udpLossRatio: new Map() };
  readonly rules: PacketRules = new PacketRules();
  /** By key, e.g. `net.ipv4.ip_forward`. */
  readonly sysctls: Map<string, string> = new Map<string, string>();
  readonly #links = new Map<string, Link>();
  readonly #neighbours = new LayeredTable<Neighbour>();
  readonly #fdb = new LayeredTable<FdbEntry>();
  readonly #additionListeners = new Set<(name: string) => void>();
  readonly #deletionListeners = new Set<(name: string) => void>();
  #nextIndex = 1;

  /** Links by interface index. */
  links(): Link[] {
    return [...this.#links.values()].sort((a, b) => a.index - b.index);
  }

  /** Reads a link; undefined when there is none of that name. */
  findLink(name: string): Link | undefined {
    return this.#links.get(name);
  }

  /** @throws KernelError `ENODEV` */
  link(name: string): Link {
    const link = this.#links.get(name);
    if (link === undefined) throw new KernelError('ENODEV');
    return link;
  }

  /**
   * Makes a link, down and without addresses.
   *
   * @throws KernelError `EEXIST`
   */
  addLink(spec: LinkSpec): Link {
    if (this.#links.has(spec.name)) throw new KernelError('EEXIST');
    const index = spec.index ?? this.#nextIndex;
    this.#nextIndex = Math.max(this.#nextIndex, index + 1);
    const counters = {
      rx: { bytes: 0, packets: 0, errors: 0, dropped: 0 },
      tx: { bytes: 0, packets: 0, errors: 0, dropped: 0 },
    };
    const mtu = Math.min(spec.mtu, this.#mtuLimit(spec));
    const link: Link = { ...spec, index, mtu, up: false, carrier: true, addresses: [], counters };
    this.#links.set(spec.name, link);
    this.#updateBridge(spec.master);
    for (const listener of [...this.#additionListeners]) listener(spec.name);
    return link;
  }

  /**
   * Removes a link with all that is on it, and the tunnels that use it as underlay.
   *
   * @throws KernelError `ENODEV`
   */
  deleteLink(name: string): void {
    const link = this.link(name);
    for (const other of this.links()) {
      if (other.vxlan?.lower === name) this.deleteLink(other.name);
    }
    this.#flush(link, 'everything');
    this.#fdb.transform((entry) => (entry.dev === name ? undefined : entry));
    this.#links.delete(name);
    this.#updateBridge(link.master);
    for (const listener of [...this.#deletionListeners]) listener(name);
  }

  /** Calls back after each new link of any kind. */
  onLinkAdded(listener: (name: string) => void): void {
    this.#additionListeners.add(listener);
  }

  /** Calls back after each removal of a link (RTM_DELLINK); returns the function that ends it. */
  onLinkDeleted(listener: (name: string) => void): () => void {
    this.#deletionListeners.add(listener);
    return () => this.#deletionListeners.delete(listener);
  }

  /**
   * Administratively up or down. Down flushes the link's routes, its neighbours (PERMANENT ones
   * too) and its IPv6 addresses, silently; IPv4 addresses and forwarding entries stay. Up brings
   * back the routes that follow from addresses, no others.
   *
   * @throws KernelError `ENODEV`
   */
  setUp(name: string, up: boolean): void {
    const link = this.link(name);
    if (link.up === up) return;
    link.up = up;
    if (!up) {
      this.#flush(link, 'ipv6-addresses');
      return;
    }
    for (const address of link.addresses) this.#addConnectedRoute(link, address);
    if (link.kind === 'loopback' || carriesBareIp(link)) return;
    const local = formatAddress(6, parseAddress(linkLocalAddress(link.mac)) ?? 0n);
    this.addAddress(name, { family: 6, local, prefixLength: 64, scope: 'link' });
  }

  /**
   * A VXLAN link's MTU cannot exceed its underlay's less the headers.
   *
   * @throws KernelError `ENODEV`, `EINVAL`
   */
  setMtu(name: string, mtu: number): void {
    const link = this.link(name);
    if (mtu < 68 || mtu > this.#mtuLimit(link)) throw new KernelError('EINVAL');
    link.mtu = mtu;
  }

  /** @throws KernelError `ENODEV` */
  setMac(name: string, mac: string): void {
    this.link(name).mac = mac;
  }

  /** @throws KernelError `ENODEV`, `EEXIST` */
  addAddress(name: string, address: LinkAddress): void {
    const link = this.link(name);
    if (link.addresses.some(({ local }) => local === address.local)) {
      throw new KernelError('EEXIST');
    }
    link.addresses = insertAddress(link.addresses, address);
    if (link.up) this.#addConnectedRoute(link, address);
  }

  /**
   * Removing the last IPv4 address flushes every IPv4 route of the link (net/ipv4/fib_frontend.c, fib_disable_ip).
   *
   * @throws KernelError `ENODEV`, `ENOENT`
   */
  deleteAddress(name: string, local: string): void {
    const link = this.link(name);
    const address = link.addresses.find((candidate) => candidate.local === local);
    if (address === undefined) throw new KernelError('ENOENT');
    link.addresses = link.addresses.filter((candidate) => candidate !== address);
    const { family } = address;
    const last = family === 4 && !link.addresses.some((other) => other.family === 4);
    const connected = `${local}/${String(address.prefixLength)}`;
    this.routes[family].remove(
      (route) =>
        (route.dev === name && (last || isConnected(route, prefixOf(connected)))) ||
        (family === 4 && route.prefsrc === local),
    );
  }

  /** The link that holds an address and is up; undefined when the address is not the node's. */
  ownerOf(address: string): Link | undefined {
    const value = parseAddress(address);
    return this.links().find(
      (link) => link.up && link.addresses.some(({ local }) => parseAddress(local) === value),
    );
  }

  /**
   * @param mode `add` refuses a prefix and metric that exist, `replace` takes their place
   * @throws KernelError `EEXIST`, `ENODEV`, `nexthop-down`, `nexthop-invalid`
   */
  setRoute(route: Route, mode: 'add' | 'replace'): void {
    const dev = checkNextHop(this, route);
    const resolved = dev === undefined ? route : { ...route, dev };
    const table = this.routes[route.prefix.family];
    const group = table.group(route.prefix);
    const same = group.find(({ metric }) => metric === route.metric);
    if (same === undefined) {
      table.add(resolved);
      return;
    }
    if (mode === 'add') throw new KernelError('EEXIST');
    table.setGroup(
      route.prefix,
      group.map((other) => (other === same ? resolved : other)),
    );
  }

  /**
   * Removes the first route that fits.
   *
   * @throws KernelError `ESRCH`
   */
  deleteRoute(selector: RouteSelector): void {
    const table = this.routes[selector.prefix.family];
    const group = table.group(selector.prefix);
    const victim = group.find(
      (route) =>
        (selector.gateway ?? route.gateway) === route.gateway &&
        (selector.dev ?? route.dev) === route.dev &&
        (selector.metric ?? route.metric) === route.metric,
    );
    if (victim === undefined) throw new KernelError('ESRCH');
    table.setGroup(
      selector.prefix,
      group.filter((route) => route !== victim),
    );
  }

  /** Neighbour entries, IPv4 first. */
  neighbours(): Neighbour[] {
    const all = [...this.#neighbours.values()];
    return [
      ...all.filter(({ family }) => family === 4),
      ...all.filter(({ family }) => family === 6),
    ];
  }

  /** Reads the entry of an address on a link. */
  neighbour(dev: string, dst: string): Neighbour | undefined {
    return this.#neighbours.get(neighbourKey(dev, dst));
  }

  /** Adds or replaces an entry. @throws KernelError `ENODEV` */
  setNeighbour(entry: Neighbour): void {
    this.link(entry.dev);
    this.#neighbours.set(neighbourKey(entry.dev, entry.dst), entry);
  }

  /** @throws KernelError `ENOENT` */
  deleteNeighbour(dev: string, dst: string): void {
    if (this.neighbour(dev, dst) === undefined) throw new KernelError('ENOENT');
    this.#neighbours.delete(neighbourKey(dev, dst));
  }

  /** Forwarding entries that were set; those that follow from links are not among them. */
  fdb(): FdbEntry[] {
    return [...this.#fdb.values()];
  }

  /** Reads the entry of a MAC on a VXLAN link. */
  fdbEntry(dev: string, mac: string): FdbEntry | undefined {
    return this.#fdb.get(fdbKey(dev, mac));
  }

  /**
   * `append` to a unicast MAC that exists changes nothing (drivers/net/vxlan/vxlan_core.c,
   * vxlan_fdb_update_existing). Several ends for one MAC are not modelled.
   *
   * @throws KernelError `ENODEV`, `EEXIST`
   */
  setFdbEntry(entry: FdbEntry, mode: 'add' | 'append' | 'replace'): void {
    this.link(entry.dev);
    const existing = this.fdbEntry(entry.dev, entry.mac);
    if (existing !== undefined && mode === 'add') throw new KernelError('EEXIST');
    if (existing !== undefined && mode === 'append') return;
    this.#fdb.set(fdbKey(entry.dev, entry.mac), entry);
  }

  /** @throws KernelError `ENOENT` when there is none, or it leads elsewhere than `dst` */
  deleteFdbEntry(dev: string, mac: string, dst?: string): void {
    const existing = this.fdbEntry(dev, mac);
    if (existing === undefined || (dst !== undefined && existing.dst !== dst)) {
      throw new KernelError('ENOENT');
    }
    this.#fdb.delete(fdbKey(dev, mac));
  }

  /** Sets every entry of a shared set but the skipped ones, with replace semantics. All their links must be up. */
  adopt(shared: SharedEntries, skip: SkippedEntries): void {
    this.routes[4].adopt(shared.routes[4], skip.prefixes);
    this.routes[6].adopt(shared.routes[6], skip.prefixes);
    this.#neighbours.adopt(shared.neighbours, skip.neighbours);
    this.#fdb.adopt(shared.fdb, skip.fdb);
  }

  #mtuLimit({ vxlan }: LinkSpec): number {
    const lower = vxlan === undefined ? undefined : this.#links.get(vxlan.lower);
    if (vxlan === undefined || lower === undefined) return 65535 + 1;
    return lower.mtu - vxlanHeadroom(familyOf(vxlan.local) ?? 4);
  }

  /** A bridge has carrier while it has ports, and the smallest MTU of its ports (net/bridge/br_if.c). */
  #updateBridge(name: string | undefined): void {
    const bridge = name === undefined ? undefined : this.#links.get(name);
    if (bridge === undefined) return;
    const ports = this.links().filter(({ master }) => master === name);
    bridge.carrier = ports.length > 0;
    bridge.mtu = ports.length > 0 ? Math.min(...ports.map(({ mtu }) => mtu)) : 1500;
  }

  #flush(link: Link, addresses: 'ipv6-addresses' | 'everything'): void {
    const { name } = link;
    for (const family of [4, 6] as const) {
      this.routes[family].remove((route) => route.dev === name);
    }
    this.#neighbours.transform((entry) => (entry.dev === name ? undefined : entry));
    link.addresses =
      addresses === 'everything' ? [] : link.addresses.filter(({ family }) => family === 4);
  }

  #addConnectedRoute({ name, kind }: Link, address: LinkAddress): void {
    const { family, local, prefixLength } = address;
    if (kind === 'loopback') return;
    if (family === 4 && prefixLength === addressBits(4)) return;
    const route: Route = {
      type: 'unicast',
      prefix: prefixOf(`${local}/${String(prefixLength)}`),
      dev: name,
      protocol: 'kernel',
      scope: family === 4 ? 'link' : 'global',
      ...(family === 4 ? { prefsrc: local } : {}),
      metric: family === 4 ? 0 : 256,
      onlink: false,
    };
    this.routes[family].add(route);
  }
}

function isConnected(route: Route, prefix: Prefix): boolean {
  return (
    route.protocol === 'kernel' &&
    route.prefix.value === prefix.value &&
    route.prefix.length === prefix.length
  );
}

/** IPv4 addresses stand first; of IPv6 the wider scope, then the newest (net/ipv6/addrconf.c, ipv6_link_dev_addr). */
function insertAddress(addresses: readonly LinkAddress[], added: LinkAddress): LinkAddress[] {
  const before = addresses.findIndex((other) => rank(other) >= rank(added));
  const index = added.family === 4 ? addresses.filter(({ family }) => family === 4).length : before;
  return addresses.toSpliced(index === -1 ? addresses.length : index, 0, added);
}

function rank({ family, scope }: LinkAddress): number {
  if (family === 4) return 0;
  return { global: 1, link: 2, host: 3 }[scope];
}
