// SPDX-License-Identifier: Apache-2.0
import type { Family } from './prefix.ts';

/** State of a neighbour entry, as in ip-neighbour(8). */
export type NeighbourState =
  'PERMANENT' | 'REACHABLE' | 'STALE' | 'DELAY' | 'FAILED' | 'INCOMPLETE';

/** One ARP or NDP entry. */
export interface Neighbour {
  readonly family: Family;
  readonly dst: string;
  readonly dev: string;
  /** Absent while it is unresolved. */
  readonly lladdr?: string;
  readonly state: NeighbourState;
}

/** One forwarding entry of a VXLAN link or a bridge port. */
export interface FdbEntry {
  readonly mac: string;
  readonly dev: string;
  /** Underlay address of the tunnel's other end; absent for bridge entries. */
  readonly dst?: string;
  /** `self`: the link's own table; `master`: that of the bridge it belongs to. */
  readonly table: 'self' | 'master';
  /** Name of the bridge, with `master`. */
  readonly master?: string;
  /** `learned`: made from traffic, and printed with an empty state. */
  readonly state: 'permanent' | 'static' | 'learned';
}

/** Key of a neighbour entry: the kernel holds one for an address on a link. */
export function neighbourKey(dev: string, dst: string): string {
  return `${dev} ${dst}`;
}

/** Key of a VXLAN forwarding entry: the kernel holds one for a unicast MAC. */
export function fdbKey(dev: string, mac: string): string {
  return `${dev} ${mac}`;
}
