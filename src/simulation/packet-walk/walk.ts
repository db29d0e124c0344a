// SPDX-License-Identifier: Apache-2.0
import type { Link } from '#simulation/kernel/link.ts';
import { vxlanHeadroom } from '#simulation/kernel/link.ts';
import { familyOf, parseAddress } from '#simulation/kernel/prefix.ts';
import type { Family } from '#simulation/kernel/prefix.ts';
import type { Route } from '#simulation/kernel/route-table.ts';
import type { Underlay, UnderlayNode } from './underlay.ts';

/** A packet on its way. */
export interface Packet {
  readonly source: string;
  readonly destination: string;
  /** Of the IP packet, headers included. */
  readonly bytes: number;
  readonly dontFragment: boolean;
}

/** Where a packet came to. */
export type Arrival =
  | { readonly arrived: true; readonly node: UnderlayNode; readonly delayMs: number }
  | { readonly arrived: false; readonly at: string; readonly reason: string };

/** Hops after which a packet counts as going in circles, as its TTL would. */
const HOP_LIMIT = 64;
/** Time that one node's kernel needs, in milliseconds. */
const NODE_DELAY_MS = 0.02;

/** A packet in the hands of a node. */
interface Position {
  readonly node: UnderlayNode;
  /** Made by the node itself, or passing through. */
  readonly origin: 'local' | 'forwarded';
}

type Step =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'moved'; readonly to: UnderlayNode; readonly delayMs: number }
  | { readonly kind: 'lost'; readonly at: string; readonly reason: string };

/**
 * Follows a packet from kernel to kernel: route, neighbour, forwarding entry, the outer packet
 * through the underlay, the other end's tunnel, its forwarding, its route. Reverse path filters and
 * connection tracking are not modelled.
 */
export function walk(
  underlay: Underlay,
  start: UnderlayNode,
  origin: Position['origin'],
  packet: Packet,
): Arrival {
  let position: Position = { node: start, origin };
  let delayMs = 0;
  for (let hop = 0; hop < HOP_LIMIT; hop += 1) {
    delayMs += NODE_DELAY_MS;
    const step = nextStep(underlay, position, packet);
    switch (step.kind) {
      case 'delivered':
        return { arrived: true, node: position.node, delayMs };
      case 'lost':
        return { arrived: false, at: step.at, reason: step.reason };
      case 'moved':
        position = { node: step.to, origin: 'forwarded' };
        delayMs += step.delayMs;
    }
  }
  return { arrived: false, at: position.node.name, reason: 'time to live exceeded' };
}

function lost(node: UnderlayNode, reason: string): Step {
  return { kind: 'lost', at: node.name, reason };
}

function nextStep(underlay: Underlay, { node, origin }: Position, packet: Packet): Step {
  const { kernel } = node;
  const { destination } = packet;
  if (kernel.ownerOf(destination) !== undefined) return { kind: 'delivered' };
  const family = familyOf(destination) ?? 4;
  const refusal = origin === 'forwarded' ? refusalToForward(node, family) : undefined;
  if (refusal !== undefined) return lost(node, refusal);
  const route = kernel.routes[family].lookup(parseAddress(destination) ?? 0n);
  if (route === undefined) return lost(node, `no route to ${destination}`);
  const link = kernel.findLink(route.dev ?? '');
  if (link === undefined) return lost(node, `route to ${destination} is a ${route.type}`);
  if (packet.dontFragment && packet.bytes > link.mtu) {
    return lost(node, `fragmentation needed: MTU of ${link.name} is ${String(link.mtu)}`);
  }
  return throughLink(underlay, node, { link, route, packet });
}

interface Way {
  readonly link: Link;
  readonly route: Route;
  readonly packet: Packet;
}

function throughLink(underlay: Underlay, node: UnderlayNode, way: Way): Step {
  const { link, route, packet } = way;
  const { destination } = packet;
  if (link.kind === 'vxlan') return throughTunnel(underlay, node, way);
  if (link.kind === 'bridge' || link.kind === 'veth') {
    if (node.hasPod(destination)) return { kind: 'delivered' };
    return lost(node, `nobody on ${link.name} has ${destination}`);
  }
  const nextHop = route.gateway ?? destination;
  return throughUnderlay(underlay, node, {
    destination: nextHop,
    bytes: Math.min(packet.bytes, link.mtu),
  });
}

function refusalToForward({ kernel }: UnderlayNode, family: Family): string | undefined {
  const key = family === 4 ? 'net.ipv4.ip_forward' : 'net.ipv6.conf.all.forwarding';
  if (kernel.sysctls.get(key) !== '1') return 'forwarding is off';
  return family === 4 && kernel.rules.dropsForwarded ? 'a rule of FORWARD drops it' : undefined;
}

function throughTunnel(underlay: Underlay, node: UnderlayNode, way: Way): Step {
  const { link, packet } = way;
  const end = tunnelEnd(node, way);
  if ('kind' in end) {
    link.counters.tx.dropped += 1;
    return end;
  }
  const { vxlan, mac, remote } = end;
  if (node.kernel.filters.droppedUdpPorts.has(vxlan.port)) {
    return lost(node, `UDP port ${String(vxlan.port)} is blocked`);
  }
  const inner = Math.min(packet.bytes, link.mtu);
  link.counters.tx.packets += 1;
  link.counters.tx.bytes += inner;
  const family = familyOf(remote) ?? 4;
  if (node.kernel.routes[family].lookup(parseAddress(remote) ?? 0n) === undefined) {
    return lost(node, `no route to ${remote}`);
  }
  const bytes = inner + vxlanHeadroom(family);
  const step = throughUnderlay(underlay, node, { destination: remote, bytes });
  if (step.kind !== 'moved') return step;
  return leaveTunnel(underlay, step, { vxlan, mac, inner });
}

interface TunnelEnd {
  readonly vxlan: NonNullable<Link['vxlan']>;
  readonly mac: string;
  readonly remote: string;
}

function tunnelEnd(node: UnderlayNode, { link, route, packet }: Way): TunnelEnd | Step {
  const nextHop = route.gateway ?? packet.destination;
  const mac = node.kernel.neighbour(link.name, nextHop)?.lladdr;
  if (mac === undefined) return lost(node, `no neighbour entry for ${nextHop} on ${link.name}`);
  const remote = node.kernel.fdbEntry(link.name, mac)?.dst;
  const { vxlan } = link;
  if (vxlan === undefined || remote === undefined) {
    return lost(node, `no forwarding entry for ${mac} on ${link.name}`);
  }
  return { vxlan, mac, remote };
}

function leaveTunnel(
  underlay: Underlay,
  step: Extract<Step, { kind: 'moved' }>,
  { vxlan, mac, inner }: { vxlan: NonNullable<Link['vxlan']>; mac: string; inner: number },
): Step {
  const { kernel } = step.to;
  const port = String(vxlan.port);
  if (kernel.filters.droppedUdpPorts.has(vxlan.port)) {
    return lost(step.to, `UDP port ${port} is blocked`);
  }
  if (underlay.chance(kernel.filters.udpLossRatio.get(vxlan.port) ?? 0)) {
    return lost(step.to, `packet to UDP port ${port} was lost`);
  }
  const end = kernel
    .links()
    .find(
      (link) =>
        link.up &&
        link.vxlan?.vni === vxlan.vni &&
        link.vxlan.port === vxlan.port &&
        familyOf(link.vxlan.local) === familyOf(vxlan.local),
    );
  if (end === undefined) {
    return lost(step.to, `no VXLAN link with VNI ${String(vxlan.vni)} on UDP port ${port}`);
  }
  end.counters.rx.packets += 1;
  end.counters.rx.bytes += inner;
  return end.mac === mac
    ? step
    : lost(step.to, `inner frame is for ${mac}, ${end.name} has ${end.mac}`);
}

function throughUnderlay(
  underlay: Underlay,
  node: UnderlayNode,
  { destination, bytes }: { destination: string; bytes: number },
): Step {
  const target = underlay.owner(destination);
  if (target === undefined) return lost(node, `nobody in the underlay answers for ${destination}`);
  const mtu = Math.min(node.portMtu, target.portMtu);
  if (bytes > mtu) {
    const size = `${String(bytes)} bytes, ${String(mtu)} pass`;
    return { kind: 'lost', at: 'underlay', reason: `packet too large (${size})` };
  }
  return { kind: 'moved', to: target, delayMs: underlay.delayMs() };
}
