// SPDX-License-Identifier: Apache-2.0
import { fdbKey, neighbourKey } from '#simulation/kernel/entries.ts';
import { KernelError } from '#simulation/kernel/kernel-error.ts';
import type { Kernel, SkippedEntries } from '#simulation/kernel/kernel.ts';
import { formatAddress, formatPrefix } from '#simulation/kernel/prefix.ts';
import type { FlannelLog, LogMessage } from './flannel-log.ts';
import type { FlannelRun } from './flannel-host.ts';
import type { ProgrammingWay } from './lease-book.ts';
import { entriesFor } from './lease-book.ts';
import type { PeerEntries } from './peer-entries.ts';
import { familiesOf, vtepMacOf, vxlanName } from './peer-entries.ts';
import { addNetworkRoutes } from './tunnel-link.ts';
import type { FamilyLease, SubnetLease } from './subnet-lease.ts';
import { sameSubnet } from './subnet-lease.ts';

function wayOf({ config, external }: FlannelRun): ProgrammingWay {
  const { type, vni, directRouting } = config.backend;
  return { backend: type, vni, directRouting, dev: external.name, onLink: external.onLink };
}

/** Programs every peer, as at a start. Entries of nodes that are gone stay where they are. */
export function replayPeers(run: FlannelRun, log: FlannelLog, at: Date): void {
  const { kernel, leases } = run.host;
  kernel.adopt(leases.shared(wayOf(run)), ownEntries(run));
  const peers = leases.leases();
  const { type } = run.config.backend;
  if (type === 'wireguard' && peers.some((peer) => !sameSubnet(peer, run.own))) {
    addNetworkRoutes(run);
  }
  const problems = leases.problems();
  log.addLater(at, () => [
    ...[...problems].map(([node, problem]): LogMessage => ({
      severity: 'I',
      source: 'kube.go:304',
      text: `Error turning node "${node}" to lease: ${problem}`,
    })),
    ...peers
      .filter((peer) => !sameSubnet(peer, run.own))
      .map((peer): LogMessage => eventMessage(run, peer)),
  ]);
}

/** What flannel leaves out: every lease with the node's own subnet, be it another node's. */
function ownEntries(run: FlannelRun): SkippedEntries {
  const { leases } = run.host;
  const { vni } = run.config.backend;
  const prefixes = new Set<string>();
  const neighbours = new Set<string>();
  const fdb = new Set<string>();
  for (const { subnet } of familiesOf(run.own)) {
    const dev = vxlanName(subnet.family, vni);
    prefixes.add(formatPrefix(subnet));
    neighbours.add(neighbourKey(dev, formatAddress(subnet.family, subnet.value)));
  }
  for (const lease of leases.withSubnetOf(run.own)) {
    for (const { subnet, backendData } of familiesOf(lease)) {
      fdb.add(fdbKey(vxlanName(subnet.family, vni), vtepMacOf(backendData) ?? ''));
    }
  }
  return { prefixes, neighbours, fdb };
}

function eventMessage(run: FlannelRun, peer: SubnetLease): LogMessage {
  const [v4, v6] = [peer.families[4], peer.families[6]];
  if (run.config.backend.type !== 'vxlan') {
    const text = `Subnet added: ${subnetText(v4)} via ${v4?.publicIp ?? ''}`;
    return { severity: 'I', source: 'route_network.go:93', text };
  }
  const nothing = '(nil)';
  const addresses = `PublicIP: ${v4?.publicIp ?? '0.0.0.0'}, PublicIPv6: ${v6?.publicIp ?? nothing}`;
  const data = `BackendData: ${v4?.backendData ?? nothing}, BackendV6Data: ${v6?.backendData ?? nothing}`;
  const text = `Received Subnet Event with VxLan: BackendType: ${peer.backendType}, ${addresses}, ${data}`;
  return { severity: 'I', source: 'vxlan_network.go:357', text };
}

function subnetText(lease: FamilyLease | undefined): string {
  return lease === undefined ? '' : formatPrefix(lease.subnet);
}

/** An EventAdded: writes the peer's entries with replace semantics. */
export function addPeer(run: FlannelRun, peer: SubnetLease): void {
  const { severity, source, text } = eventMessage(run, peer);
  run.log(severity, source, text);
  const entries = peerEntries(run, peer);
  for (const one of entries ?? []) addEntries(run, one);
  if (entries !== undefined && run.config.backend.type === 'wireguard') addNetworkRoutes(run);
}

/** An EventRemoved: deletes the peer's entries. */
export function removePeer(run: FlannelRun, peer: SubnetLease): void {
  const { severity, source, text } = eventMessage(run, peer);
  run.log(severity, source, text.replace('Subnet added', 'Subnet removed'));
  for (const { neighbour, fdb, route } of peerEntries(run, peer) ?? []) {
    const { kernel } = run.host;
    if (neighbour !== undefined) {
      attempt(run, 'DelARP failed', () => {
        kernel.deleteNeighbour(neighbour.dev, neighbour.dst);
      });
    }
    if (fdb !== undefined) {
      attempt(run, 'DelFDB failed', () => {
        kernel.deleteFdbEntry(fdb.dev, fdb.mac);
      });
    }
    const words = `failed to delete vxlanRoute (${formatPrefix(route.prefix)} -> ${route.gateway ?? ''})`;
    attempt(run, words, () => {
      kernel.deleteRoute({
        prefix: route.prefix,
        ...(route.gateway === undefined ? {} : { gateway: route.gateway }),
      });
    });
  }
}

/** Backends that look after their routes, and that write them alike. */
const ROUTE_NETWORKS: ReadonlySet<string> = new Set(['host-gw', 'ipip']);

/**
 * The check of host-gw and ipip every 10 s: missing routes come back, wrong ones stay
 * (flannel@v0.28.9:pkg/backend/route_network.go, checkSubnetExistInRoutes).
 */
export function recheckRoutes(run: FlannelRun): void {
  if (!ROUTE_NETWORKS.has(run.config.backend.type)) return;
  const { kernel, leases } = run.host;
  for (const peer of leases.leases()) {
    if (sameSubnet(peer, run.own)) continue;
    for (const { route } of entriesFor(peer, wayOf(run)) ?? []) {
      if (kernel.routes[route.prefix.family].group(route.prefix).length > 0) continue;
      const words = `Error recovering route to ${formatPrefix(route.prefix)}`;
      const added = attempt(run, words, () => {
        kernel.setRoute(route, 'add');
      });
      if (!added) continue;
      const text = `Route recovered ${formatPrefix(route.prefix)} : ${route.gateway ?? ''}`;
      run.log('I', 'route_network.go:254', text);
    }
  }
}

function peerEntries(run: FlannelRun, peer: SubnetLease): PeerEntries[] | undefined {
  const way = wayOf(run);
  if (peer.backendType !== way.backend) {
    const subnets = `v4Subnet(${subnetText(peer.families[4])}) v6Subnet(${subnetText(peer.families[6])})`;
    const text =
      way.backend === 'vxlan'
        ? `ignoring non-vxlan ${subnets}: type=${peer.backendType}`
        : `Ignoring non-${way.backend} subnet: type=${peer.backendType}`;
    run.log('W', way.backend === 'vxlan' ? 'vxlan_network.go:359' : 'route_network.go:88', text);
    return undefined;
  }
  const entries = entriesFor(peer, way);
  if (entries === undefined) {
    const text = 'error decoding subnet lease JSON: unexpected end of JSON input';
    run.log('E', 'vxlan_network.go:372', text);
  }
  return entries;
}

/** Neighbour, forwarding entry, route; what was written before a failure is taken back. */
function addEntries(run: FlannelRun, entries: PeerEntries): void {
  const { kernel } = run.host;
  const { neighbour, fdb, route } = entries;
  if (!addTunnelEnd(run, entries)) return;
  if (ROUTE_NETWORKS.has(run.config.backend.type)) replaceOther(kernel, route);
  const kind = route.prefix.family === 6 ? 'v6 vxlanRoute' : 'vxlanRoute';
  const words = `failed to add ${kind} (${formatPrefix(route.prefix)} -> ${route.gateway ?? ''})`;
  const added = attempt(run, words, () => {
    kernel.setRoute(route, 'replace');
  });
  if (added || neighbour === undefined || fdb === undefined) return;
  kernel.deleteNeighbour(neighbour.dev, neighbour.dst);
  kernel.deleteFdbEntry(fdb.dev, fdb.mac);
}

/** Neighbour and forwarding entry, of those that there are; false when one was refused. */
function addTunnelEnd(run: FlannelRun, { neighbour, fdb, route }: PeerEntries): boolean {
  const { kernel } = run.host;
  const family = route.prefix.family === 6 ? 'V6' : '';
  if (neighbour === undefined || fdb === undefined) return true;
  const known = attempt(run, `Add${family}ARP failed`, () => {
    kernel.setNeighbour(neighbour);
  });
  if (!known) return false;
  const reachable = attempt(run, `Add${family}FDB failed`, () => {
    kernel.setFdbEntry(fdb, 'replace');
  });
  if (!reachable) kernel.deleteNeighbour(neighbour.dev, neighbour.dst);
  return reachable;
}

/** A route network deletes a route to the same network that leads elsewhere, before it adds its own. */
function replaceOther(kernel: Kernel, { prefix, gateway }: PeerEntries['route']): void {
  const [first] = kernel.routes[prefix.family].group(prefix);
  if (first !== undefined && first.gateway !== gateway) kernel.deleteRoute({ prefix });
}

/** Texts of errno as Go prints them. */
const GO_ERRORS: Readonly<Partial<Record<KernelError['code'], string>>> = {
  EEXIST: 'file exists',
  EINVAL: 'invalid argument',
  ENODEV: 'no such device',
  ENOENT: 'no such file or directory',
  ESRCH: 'no such process',
  ENETUNREACH: 'network is unreachable',
  'nexthop-down': 'network is down',
  'nexthop-invalid': 'network is unreachable',
};

function attempt(run: FlannelRun, words: string, action: () => void): boolean {
  try {
    action();
    return true;
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    run.log('E', 'vxlan_network.go:429', `${words}: ${GO_ERRORS[error.code] ?? error.message}`);
    return false;
  }
}
