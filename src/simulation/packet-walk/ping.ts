// SPDX-License-Identifier: Apache-2.0
import { containsAddress, familyOf, parseAddress } from '#simulation/kernel/prefix.ts';
import type { Prefix } from '#simulation/kernel/prefix.ts';
import type { Underlay, UnderlayNode } from './underlay.ts';
import type { Packet } from './walk.ts';
import { walk } from './walk.ts';

/** Who sends an echo request. */
export interface PingSource {
  readonly node: UnderlayNode;
  /** Address of the pod; absent: the node itself, which takes the address its route gives. */
  readonly podAddress?: string;
}

/** One echo request. */
export interface PingRequest {
  readonly source: PingSource;
  readonly destination: string;
  /** Payload; 56 is what ping sends by default. */
  readonly bytes: number;
  readonly dontFragment: boolean;
  /** Pod networks of the cluster: what leaves them is masqueraded. */
  readonly podNetworks: readonly Prefix[];
}

/** What one echo request met. */
export type PingOutcome =
  | { readonly delivered: true; readonly rttMs: number }
  | {
      readonly delivered: false;
      /** Which of the two packets was lost. */
      readonly lost: 'request' | 'reply';
      /** Node where it was lost, or `underlay`. */
      readonly at: string;
      readonly reason: string;
    };

/** Sends one echo request and follows it and its reply. */
export function ping(underlay: Underlay, request: PingRequest): PingOutcome {
  const { source, destination, dontFragment } = request;
  const family = familyOf(destination) ?? 4;
  const bytes = request.bytes + 8 + (family === 4 ? 20 : 40);
  const address = sourceOf(request);
  if (address === undefined) {
    return {
      delivered: false,
      lost: 'request',
      at: source.node.name,
      reason: `no route to ${destination}`,
    };
  }
  const origin = source.podAddress === undefined ? 'local' : 'forwarded';
  const packet: Packet = { source: address, destination, bytes, dontFragment };
  const there = walk(underlay, source.node, origin, packet);
  if (!there.arrived)
    return { delivered: false, lost: 'request', at: there.at, reason: there.reason };
  const answeredByNode = there.node.kernel.ownerOf(destination) !== undefined;
  const back = walk(underlay, there.node, answeredByNode ? 'local' : 'forwarded', {
    source: destination,
    destination: address,
    bytes,
    dontFragment,
  });
  if (!back.arrived) return { delivered: false, lost: 'reply', at: back.at, reason: back.reason };
  return { delivered: true, rttMs: there.delayMs + back.delayMs };
}

/** Source address on the wire: the pod's, the masquerading node's, or that of the node's route. */
function sourceOf({ source, destination, podNetworks }: PingRequest): string | undefined {
  const value = parseAddress(destination) ?? 0n;
  const family = familyOf(destination) ?? 4;
  const inside = podNetworks.some((net) => net.family === family && containsAddress(net, value));
  if (source.podAddress !== undefined && inside) return source.podAddress;
  const { kernel } = source.node;
  if (kernel.ownerOf(destination) !== undefined) return source.podAddress ?? destination;
  const route = kernel.routes[family].lookup(value);
  if (route === undefined) return undefined;
  if (route.prefsrc !== undefined) return route.prefsrc;
  const global = (name: string | undefined): string | undefined =>
    kernel
      .findLink(name ?? '')
      ?.addresses.find((own) => own.family === family && own.scope === 'global')?.local;
  // A link without an address of its own: the first link that has one lends it (net/ipv4/devinet.c, inet_select_addr).
  const lent = kernel.links().find(({ name }) => global(name) !== undefined)?.name;
  return global(route.dev) ?? source.podAddress ?? global(lent);
}
