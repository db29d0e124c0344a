// SPDX-License-Identifier: Apache-2.0
import type { Family } from './prefix.ts';

/** Kind of a link, by what drives it. */
export type LinkKind = 'loopback' | 'physical' | 'veth' | 'vxlan' | 'bridge' | 'wireguard' | 'ipip';

/** An address on a link. */
export interface LinkAddress {
  readonly family: Family;
  readonly local: string;
  readonly prefixLength: number;
  /** IPv4 only; absent when none was set. */
  readonly broadcast?: string;
  readonly scope: 'global' | 'link' | 'host';
  /** IPv6 without duplicate address detection (IFA_F_NODAD). */
  readonly nodad?: boolean;
}

/** What makes a link a VXLAN tunnel end. */
export interface VxlanParameters {
  readonly vni: number;
  /** Source address of the outer packets; its family is the underlay's. */
  readonly local: string;
  /** Name of the underlay link. */
  readonly lower: string;
  /** UDP destination port. */
  readonly port: number;
  readonly learning: boolean;
}

/** Counters since the link was made; the names are iproute2's. */
export interface LinkCounters {
  readonly rx: { bytes: number; packets: number; errors: number; dropped: number };
  readonly tx: { bytes: number; packets: number; errors: number; dropped: number };
}

/** What is needed to make a link. */
export interface LinkSpec {
  readonly name: string;
  readonly kind: LinkKind;
  /** Link-layer address: an IPv4 address for ipip, empty for wireguard, which has none. */
  readonly mac: string;
  readonly mtu: number;
  readonly vxlan?: VxlanParameters;
  /**
   * Length of the transmit queue in packets. Absent: 1000, which the kernel gives. What flannel and CNI
   * plugins make has 0, the zero value of their library (netlink@v1.3.1:link.go, LinkAttrs).
   */
  readonly txqlen?: number;
  /** Name of the bridge it is a port of. */
  readonly master?: string;
  /** Interface index of a veth's other end, which is in another network namespace. */
  readonly peerIndex?: number;
  /** Absent: the next free one. */
  readonly index?: number;
}

/** A link of a node. Only the kernel model changes it. */
export interface Link extends LinkSpec {
  readonly index: number;
  mtu: number;
  mac: string;
  up: boolean;
  /** False for a bridge that lost its last port: the link then works no more, though it is up. */
  carrier: boolean;
  addresses: LinkAddress[];
  readonly counters: LinkCounters;
}

/** Whether a link carries bare IP packets: no MAC, no neighbours, no IPv6 link-local address. */
export function carriesBareIp({ kind }: Pick<LinkSpec, 'kind'>): boolean {
  return kind === 'wireguard' || kind === 'ipip';
}

/**
 * Bytes that a tunnelled packet grows by, the inner Ethernet and the outer IP, UDP and VXLAN headers:
 * 50 over IPv4, 70 over IPv6
 * (drivers/net/vxlan/vxlan_core.c, vxlan_headroom).
 */
export function vxlanHeadroom(family: Family): 50 | 70 {
  return family === 4 ? 50 : 70;
}

/** The link-local address that the kernel derives from a MAC (RFC 4291, modified EUI-64). */
export function linkLocalAddress(mac: string): string {
  const octets = mac.split(':').map((octet) => parseInt(octet, 16));
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = octets;
  const groups = [(a ^ 2) * 256 + b, c * 256 + 0xff, 0xfe00 + d, e * 256 + f];
  return `fe80::${groups.map((group) => group.toString(16)).join(':')}`;
}
