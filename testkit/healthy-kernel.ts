// SPDX-License-Identifier: Apache-2.0

import type { FlannelLog } from '#model/flannel-log.ts';
import type { NetConf } from '#model/cluster.ts';
import type {
  FdbEntry,
  IpFamily,
  Link,
  LinkAddress,
  Neighbour,
  Route,
  SubnetEnv,
} from '#model/kernel.ts';
import type { NodeFacts } from '#model/snapshot.ts';
import { healthyProbes } from './healthy-probes.ts';
import { healthyFilterRules, healthyIptablesWorlds, healthyNatRules } from './healthy-rules.ts';
import type { HealthyNode, HealthyOptions } from './healthy-node.ts';
import {
  TUNNEL_OVERHEAD,
  type TunnelBackend,
  tunnelLinks,
  tunnelRoutes,
} from './healthy-tunnel.ts';

interface Stack {
  readonly family: IpFamily;
  readonly link: string;
  readonly podCidr: (node: HealthyNode) => string;
  readonly network: (node: HealthyNode) => string;
  readonly publicIp: (node: HealthyNode) => string;
  readonly mac: (node: HealthyNode) => string;
  readonly mtu: number;
}

function stacks(netConf: NetConf, underlayMtu: number): readonly Stack[] {
  const wanted = (netConf.mtu ?? underlayMtu) - 50;
  const v4: Stack = {
    family: 4,
    link: `flannel.${String(netConf.vni)}`,
    podCidr: (node) => node.podCidr,
    network: (node) => node.network,
    publicIp: (node) => node.publicIp,
    mac: (node) => node.vtepMac,
    mtu: Math.min(wanted, underlayMtu - 50),
  };
  const v6: Stack = {
    family: 6,
    link: `flannel-v6.${String(netConf.vni)}`,
    podCidr: (node) => node.podCidr6,
    network: (node) => node.network6,
    publicIp: (node) => node.publicIp6,
    mac: (node) => node.vtepMac6,
    mtu: Math.min(wanted, underlayMtu - 70),
  };
  return netConf.ipv6 ? [v4, v6] : [v4];
}

/** The kernel of one node of a healthy cluster, as flannel leaves it. */
export function healthyKernel(
  own: HealthyNode,
  all: readonly HealthyNode[],
  netConf: NetConf,
  options: HealthyOptions,
): NodeFacts {
  const underlayMtu = options.underlayMtu ?? 1500;
  const used = stacks(netConf, underlayMtu);
  const tunnel = tunnelBackend(netConf);
  const peers = all.filter((node) => node !== own);
  const tunnels = netConf.backendType === 'vxlan' ? used : [];
  const isDirect = (peer: HealthyNode): boolean =>
    netConf.backendType === 'host-gw' ||
    tunnel !== undefined ||
    (netConf.directRouting && peer.directSegment === own.directSegment);
  const tunnelled = peers.filter((peer) => !isDirect(peer));
  return {
    links: [
      ...linksOf(own, tunnels, netConf, underlayMtu),
      ...(tunnel === undefined ? [] : tunnelLinks(tunnel, netConf, underlayMtu)),
    ],
    addresses: addressesOf(own, used, tunnels),
    routes: [
      ...hostRoutes(own),
      ...(netConf.backendType === 'host-gw' && netConf.ipv6 ? [hostRoute6()] : []),
      ...(tunnel === undefined
        ? used.flatMap((stack) => peers.map((peer) => peerRoute(stack, peer, isDirect(peer))))
        : tunnelRoutes(tunnel, netConf, own, peers)),
    ],
    neighbours: used.flatMap((stack) => tunnelled.map((peer) => neighbourOf(stack, peer))),
    fdb: used.flatMap((stack) => tunnelled.map((peer) => fdbEntryOf(stack, peer))),
    probes: healthyProbes(own, all, { netConf, underlayMtu }),
    subnetEnv: subnetEnvOf(own, netConf, underlayMtu),
    sysctls: {
      'net.ipv4.ip_forward': 1,
      'net.ipv6.conf.all.forwarding': 1,
      'net.bridge.bridge-nf-call-iptables': 1,
      'net.bridge.bridge-nf-call-ip6tables': 1,
      'net.ipv4.conf.all.rp_filter': 0,
      [`net.ipv4.conf.flannel/${String(netConf.vni)}.rp_filter`]: 0,
      'net.netfilter.nf_conntrack_count': 120,
      'net.netfilter.nf_conntrack_max': 262_144,
    },
    filterRules: healthyFilterRules(netConf.network ?? '10.244.0.0/15'),
    natRules: healthyNatRules(netConf.network ?? '10.244.0.0/15', own.podCidr),
    iptablesWorlds: healthyIptablesWorlds(),
    udpCounters: [
      { family: 4, inDatagrams: 1_250_000, inCsumErrors: 0 },
      { family: 6, inDatagrams: 8000, inCsumErrors: 0 },
    ],
    boot: { bootId: `00000000-0000-4000-8000-${own.name}`, bootedAt: '2026-11-20T07:58:00.000Z' },
    cniConfig: { files: [{ name: '10-flannel.conflist', plugins: ['flannel'] }] },
    flannelProcess: { pid: 1, state: 'S' },
    flannelLog: healthyLog(),
  };
}

/** A flannel that started well, and has had nothing to say since. */
function healthyLog(): FlannelLog {
  const startedAt = '2026-11-20T08:00:00.000Z';
  return {
    readAt: '2026-11-24T12:00:00.000Z',
    lines: 24,
    matches: [
      {
        id: 'running',
        count: 1,
        firstAt: startedAt,
        lastAt: startedAt,
        lastLine: 18,
        text: 'Running backend.',
      },
    ],
  };
}

function tunnelBackend({ backendType }: NetConf): TunnelBackend | undefined {
  return backendType === 'wireguard' || backendType === 'ipip' ? backendType : undefined;
}

function podMtu(backend: string, mtu: number | undefined, underlayMtu: number): number {
  if (backend === 'vxlan') return (mtu ?? underlayMtu) - 50;
  if (backend === 'wireguard') return (mtu ?? underlayMtu) - TUNNEL_OVERHEAD.wireguard;
  return backend === 'ipip' ? underlayMtu - TUNNEL_OVERHEAD.ipip : underlayMtu;
}

function subnetEnvOf(own: HealthyNode, netConf: NetConf, underlayMtu: number): SubnetEnv {
  const { network = '10.244.0.0/15', ipv6, ipv6Network, backendType, mtu } = netConf;
  return {
    network,
    subnet: own.gateway,
    ...(ipv6 && ipv6Network !== undefined
      ? { ipv6Network, ipv6Subnet: own.podCidr6.replace('::/', '::1/') }
      : {}),
    mtu: podMtu(backendType, mtu, underlayMtu),
    ipMasq: true,
  };
}

function linksOf(
  own: HealthyNode,
  used: readonly Stack[],
  netConf: NetConf,
  underlayMtu: number,
): readonly Link[] {
  const tunnels = used.map((stack, index): Link => ({
    ifindex: 3 + index,
    name: stack.link,
    up: true,
    mtu: stack.mtu,
    mac: stack.mac(own),
    kind: 'vxlan',
    vxlan: {
      vni: netConf.vni,
      local: stack.publicIp(own),
      lowerLink: 'eth0',
      port: netConf.port ?? 8472,
      learning: false,
      gbp: false,
    },
  }));
  const mac = own.vtepMac.replace('02:00', '02:01');
  return [
    { ifindex: 1, name: 'lo', up: true, mtu: 65536, mac: '00:00:00:00:00:00' },
    { ifindex: 2, name: 'eth0', up: true, mtu: underlayMtu, mac },
    ...tunnels,
    {
      ifindex: 9,
      name: 'cni0',
      up: true,
      mtu: podMtu(netConf.backendType, netConf.mtu, underlayMtu),
      mac,
      kind: 'bridge',
    },
  ];
}

function addressesOf(
  own: HealthyNode,
  used: readonly Stack[],
  tunnels: readonly Stack[],
): readonly LinkAddress[] {
  const address = (
    link: string,
    text: string,
    prefixLength: number,
    scope = 'global',
  ): LinkAddress => ({
    link,
    family: text.includes(':') ? 6 : 4,
    address: text,
    prefixLength,
    scope,
  });
  return [
    address('lo', '127.0.0.1', 8, 'host'),
    ...used.map((stack) => address('eth0', stack.publicIp(own), stack.family === 4 ? 24 : 64)),
    ...tunnels.map((stack) =>
      address(stack.link, stack.network(own), stack.family === 4 ? 32 : 128),
    ),
    address('cni0', own.gateway.replace('/24', ''), 24),
  ];
}

function route(fields: Partial<Route> & { readonly dst: string }): Route {
  return {
    family: fields.dst.includes(':') ? 6 : 4,
    type: 'unicast',
    protocol: 'boot',
    scope: 'global',
    metric: 0,
    onlink: false,
    ...fields,
  };
}

function hostRoutes(own: HealthyNode): readonly Route[] {
  const segment = own.publicIp.slice(0, own.publicIp.lastIndexOf('.'));
  return [
    route({ dst: '0.0.0.0/0', gateway: `${segment}.254`, link: 'eth0', protocol: 'static' }),
    route({ dst: `${segment}.0/24`, link: 'eth0', protocol: 'kernel', scope: 'link' }),
    route({ dst: own.podCidr, link: 'cni0', protocol: 'kernel', scope: 'link' }),
  ];
}

function hostRoute6(): Route {
  const fields = { link: 'eth0', protocol: 'kernel', metric: 256 };
  return route({ dst: '2001:db8::/64', ...fields });
}

/** The route a healthy node has for a peer. */
function peerRoute(stack: Stack, peer: HealthyNode, direct: boolean): Route {
  const dst = stack.podCidr(peer);
  const metric = stack.family === 6 ? 1024 : 0;
  if (direct) return route({ dst, gateway: stack.publicIp(peer), link: 'eth0', metric });
  return route({
    dst,
    gateway: stack.network(peer),
    link: stack.link,
    onlink: true,
    metric,
  });
}

function neighbourOf(stack: Stack, peer: HealthyNode): Neighbour {
  return {
    family: stack.family,
    address: stack.network(peer),
    link: stack.link,
    mac: stack.mac(peer),
    nud: 'permanent',
  };
}

function fdbEntryOf(stack: Stack, peer: HealthyNode): FdbEntry {
  return { mac: stack.mac(peer), link: stack.link, dst: stack.publicIp(peer), state: 'permanent' };
}

/** Links as the `ip` of BusyBox shows them: their kinds are not told, nor what is particular to vxlan. */
export function asBusyBoxShows(links: NodeFacts['links']): NodeFacts['links'] {
  return links.map(({ kind: _, vxlan: __, ...link }) => link);
}
