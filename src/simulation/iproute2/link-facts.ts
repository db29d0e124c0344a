// SPDX-License-Identifier: Apache-2.0
import type { Kernel } from '#simulation/kernel/kernel.ts';
import type { Link, LinkKind } from '#simulation/kernel/link.ts';
import { carriesBareIp } from '#simulation/kernel/link.ts';

const FLAGS: Readonly<Partial<Record<LinkKind, readonly string[]>>> = {
  loopback: ['LOOPBACK'],
  wireguard: ['POINTOPOINT', 'NOARP'],
  ipip: ['NOARP'],
};

/** IFF_ flags of a link, in the order in which iproute2 prints them. */
export function flagsOf({ kind, up, carrier }: Link): string[] {
  const fixed = FLAGS[kind] ?? ['BROADCAST', 'MULTICAST'];
  if (!up) return [...fixed];
  return carrier ? [...fixed, 'UP', 'LOWER_UP'] : ['NO-CARRIER', ...fixed, 'UP'];
}

/** RFC 2863 state: tunnels and the loopback do not track theirs; a bridge is up with its first port. */
export function operstateOf(link: Link, kernel: Kernel): 'UP' | 'DOWN' | 'UNKNOWN' {
  if (link.kind === 'loopback') return 'UNKNOWN';
  if (!link.up || !link.carrier) return 'DOWN';
  if (link.kind === 'vxlan' || carriesBareIp(link)) return 'UNKNOWN';
  if (link.kind !== 'bridge') return 'UP';
  return kernel.links().some(({ master, up }) => up && master === link.name) ? 'UP' : 'UNKNOWN';
}

/** Queueing discipline that the kernel gives a link of this kind. */
export function qdiscOf({ kind }: Link): string {
  return kind === 'physical' ? 'pfifo_fast' : 'noqueue';
}

/** Length of the transmit queue; undefined when it is 0, which tools do not print. */
export function queueLengthOf({ txqlen = 1000 }: Link): number | undefined {
  return txqlen === 0 ? undefined : txqlen;
}

/** Link type and broadcast address; a link without addresses has none. */
export function hardwareOf({ kind }: Link): { type: string; broadcast?: string } {
  if (kind === 'loopback') return { type: 'loopback', broadcast: '00:00:00:00:00:00' };
  if (kind === 'wireguard') return { type: 'none' };
  if (kind === 'ipip') return { type: 'ipip', broadcast: '0.0.0.0' };
  return { type: 'ether', broadcast: 'ff:ff:ff:ff:ff:ff' };
}

/** Number of transmit and receive queues. */
export function queuesOf({ kind }: Link): number {
  return kind === 'veth' ? 2 : 1;
}

/** Largest segment that a link can offload. */
export function tsoMaxSizeOf({ kind }: Link): number {
  return kind === 'physical' ? 65536 : 524280;
}

/** Allowed MTUs as the link announces them; a VXLAN link's real limit is not among them. */
export function mtuRangeOf({ kind }: Link): { min: number; max: number } {
  return kind === 'loopback' ? { min: 0, max: 0 } : { min: 68, max: 65535 };
}

/** Identifier of a bridge: priority and MAC, octets without leading zeros. */
export function bridgeId(mac: string): string {
  return `8000.${mac
    .split(':')
    .map((octet) => parseInt(octet, 16).toString(16))
    .join(':')}`;
}

/** Position of a port in its bridge, from 1. */
export function portNumber(link: Link, kernel: Kernel): number {
  const ports = kernel.links().filter(({ master }) => master === link.master);
  return ports.findIndex(({ name }) => name === link.name) + 1;
}
