// SPDX-License-Identifier: Apache-2.0

import { memoiseByIdentity } from '#expected/memoise.ts';
import { enabledFamilies, leaseParts, peerOf, type PlanInputs } from '#expected/peer-plan.ts';
import { wireguardLinkName } from '#expected/tunnel-names.ts';
import type { FlannelWorkload, NetConf, NodeObject } from '#model/cluster.ts';
import type { IpFamily, Route } from '#model/kernel.ts';
import { formatCidr, parseCidr } from '#model/net/cidr.ts';

/** The one route of a family that wireguard's link holds: the whole pod network. */
export interface NetworkRoute {
  readonly family: IpFamily;
  readonly link: string;
  /** Canonical text of the pod network. */
  readonly network: string;
  /** The route as `ip route` prints it. */
  readonly text: string;
}

/** A pod range of another node that a node sends past wireguard's link. */
export interface DivertedPeer {
  readonly peer: string;
  /** Position in the `nodes` fact. */
  readonly nodeIndex: number;
  readonly podCidr: string;
  readonly expected: NetworkRoute;
  readonly route: Route;
  /** Position in the `routes` fact. */
  readonly index: number;
}

interface WireguardFamily {
  readonly expected: NetworkRoute;
  /** Nodes with a usable lease, by pod range. */
  readonly peers: ReadonlyMap<string, { readonly node: string; readonly nodeIndex: number }>;
}

const familiesOf = memoiseByIdentity(
  (
    nodes: readonly NodeObject[],
    flannel: FlannelWorkload,
    netConf: NetConf,
  ): readonly WireguardFamily[] =>
    enabledFamilies(netConf).flatMap((family) => {
      const text = (family === 4 ? netConf.network : netConf.ipv6Network) ?? '';
      const cidr = parseCidr(text);
      if (cidr === undefined) return [];
      const [link, network] = [wireguardLinkName(netConf, family), formatCidr(cidr)];
      const peers = leaseParts(nodes, flannel, family).flatMap((part) => {
        const peer = peerOf(part, 'wireguard');
        return peer === undefined ? [] : [[peer.podCidr, peer] as const];
      });
      const scope = family === 4 ? ' scope link' : '';
      const expected = { family, link, network, text: `${network} dev ${link}${scope}` };
      return [{ expected, peers: new Map(peers) }];
    }),
);

/**
 * Routes to the whole pod network that a node lacks. flanneld writes them when it takes note of another node, so a
 * node alone has none (flannel@v0.28.9:pkg/backend/wireguard/wireguard_network.go, handleSubnetEvents).
 */
export function missingNetworkRoutes(
  { nodes, flannel, netConf }: PlanInputs,
  node: string,
  routes: readonly Route[],
): readonly NetworkRoute[] {
  return familiesOf(nodes, flannel, netConf)
    .filter(({ peers }) => [...peers.values()].some((peer) => peer.node !== node))
    .map(({ expected }) => expected)
    .filter(
      ({ link, network }) =>
        !routes.some(
          (route) => route.link === link && route.dst === network && route.gateway === undefined,
        ),
    );
}

/** Routes to the whole pod range of another node that do not lead by wireguard's link: the longer prefix wins. */
export function divertedPeers(
  { nodes, flannel, netConf }: PlanInputs,
  node: string,
  routes: readonly Route[],
): readonly DivertedPeer[] {
  return familiesOf(nodes, flannel, netConf).flatMap(({ expected, peers }) =>
    routes.flatMap((route, index): readonly DivertedPeer[] => {
      const peer = peers.get(route.dst);
      if (peer === undefined || peer.node === node || route.link === expected.link) return [];
      const { node: name, nodeIndex } = peer;
      return [{ peer: name, nodeIndex, podCidr: route.dst, expected, route, index }];
    }),
  );
}
