// SPDX-License-Identifier: Apache-2.0
import type { Kernel } from '#simulation/kernel/kernel.ts';
import type { Link } from '#simulation/kernel/link.ts';
import { familyOf } from '#simulation/kernel/prefix.ts';
import type { JsonValue } from './json-text.ts';
import { RawJson } from './json-text.ts';
import {
  bridgeId,
  flagsOf,
  hardwareOf,
  mtuRangeOf,
  operstateOf,
  portNumber,
  qdiscOf,
  queueLengthOf,
  queuesOf,
  tsoMaxSizeOf,
} from './link-facts.ts';
import type { IpOptions } from './options.ts';

/** A JSON object in the order of its members. */
export type JsonObject = Readonly<Record<string, JsonValue>>;

/** A link as `ip -j [-d] [-s] link show` prints it (iproute2@v6.1.0:ip/ipaddress.c, print_linkinfo). */
export function linkJson(link: Link, kernel: Kernel, options: IpOptions): JsonObject {
  return {
    ...linkHeadJson(link, kernel),
    linkmode: 'DEFAULT',
    group: 'default',
    txqlen: queueLengthOf(link),
    ...hardwareJson(link),
    ...(options.details ? detailsJson(link, kernel, true) : {}),
    ...(options.statistics ? { stats64: statisticsJson(link) } : {}),
  };
}

/**
 * The link part of `ip -j [-d] [-4|-6] addr show`. With a family the hardware is left out; a dump
 * of IPv6 links of all devices carries less still.
 */
export function linkOfAddressJson(
  link: Link,
  kernel: Kernel,
  options: IpOptions,
  everyLink: boolean,
): JsonObject {
  const head = linkHeadJson(link, kernel);
  if (options.family === 6 && everyLink) {
    const { ifindex, ifname, flags, mtu, operstate } = head;
    const peer = peerInDump(link, kernel);
    return {
      ifindex,
      link: peer?.name,
      link_index: peer?.index,
      ifname,
      flags,
      mtu,
      operstate,
      txqlen: queueLengthOf(link),
    };
  }
  const { link_netnsid, ...hardware } = hardwareJson(link);
  return {
    ...head,
    group: 'default',
    txqlen: queueLengthOf(link),
    ...(options.family === undefined ? hardware : {}),
    link_netnsid,
    ...(options.details ? detailsJson(link, kernel, false) : {}),
  };
}

/**
 * The other end as an IPv6 dump names it. The dump does not say that the other end is in another
 * namespace, so iproute2 takes its index for one of this namespace, and prints none when it is the
 * link's own (observed).
 */
export function peerInDump(
  link: Link,
  kernel: Kernel,
): { readonly name?: string; readonly index?: number } | undefined {
  const { index, peerIndex } = link;
  if (peerIndex === undefined || peerIndex === index) return undefined;
  const name = kernel.links().find((other) => other.index === peerIndex)?.name;
  return name === undefined ? { index: peerIndex } : { name };
}

function linkHeadJson(link: Link, kernel: Kernel): JsonObject {
  return {
    ifindex: link.index,
    link_index: link.peerIndex,
    ifname: link.name,
    flags: flagsOf(link),
    mtu: link.mtu,
    qdisc: qdiscOf(link),
    master: link.master,
    operstate: operstateOf(link, kernel),
  };
}

function hardwareJson(link: Link): JsonObject {
  const { type, broadcast } = hardwareOf(link);
  return {
    link_type: type,
    address: link.mac === '' ? undefined : link.mac,
    broadcast,
    link_netnsid: link.peerIndex === undefined ? undefined : 0,
  };
}

function detailsJson(link: Link, kernel: Kernel, addressMode: boolean): JsonObject {
  const { min, max } = mtuRangeOf(link);
  const isPort = link.master === undefined ? 0 : 1;
  const parent = link.kind === 'physical';
  return {
    promiscuity: isPort,
    allmulti: isPort,
    min_mtu: min,
    max_mtu: max,
    linkinfo: linkinfoJson(link, kernel),
    inet6_addr_gen_mode: addressMode ? 'eui64' : undefined,
    num_tx_queues: queuesOf(link),
    num_rx_queues: queuesOf(link),
    gso_max_size: 65536,
    gso_max_segs: 65535,
    tso_max_size: tsoMaxSizeOf(link),
    tso_max_segs: 65535,
    gro_max_size: 65536,
    parentbus: parent ? 'pci' : undefined,
    parentdev: parent ? '0000:00:1f.6' : undefined,
  };
}

function linkinfoJson(link: Link, kernel: Kernel): JsonObject | undefined {
  if (link.kind === 'loopback' || link.kind === 'physical') return undefined;
  return {
    info_kind: link.kind,
    info_data: infoDataJson(link),
    ...(link.master === undefined ? {} : portJson(link, kernel)),
  };
}

function infoDataJson(link: Link): JsonObject | undefined {
  if (link.kind === 'bridge') return bridgeJson(link);
  return link.kind === 'ipip' ? ipipJson(link) : vxlanJson(link);
}

/** iproute2@v6.1.0:ip/link_iptnl.c, iptunnel_print_opt; not recorded. */
function ipipJson({ mac }: Link): JsonObject {
  return { proto: 'ipip', remote: 'any', local: mac, ttl: 0, pmtudisc: true };
}

function vxlanJson({ vxlan }: Link): JsonObject | undefined {
  if (vxlan === undefined) return undefined;
  const { vni, local, lower, port, learning } = vxlan;
  return {
    id: vni,
    local: familyOf(local) === 6 ? undefined : local,
    local6: familyOf(local) === 6 ? local : undefined,
    link: lower,
    port_range: { low: 0, high: 0 },
    port,
    learning,
    ttl: 0,
    df: 'unset',
    ageing: 300,
    udp_csum: true,
    udp_zero_csum6_tx: false,
    udp_zero_csum6_rx: false,
  };
}

const ZERO_TIMER = new RawJson('0.00');

/** `info_data` of a bridge. */
export function bridgeJson({ mac }: Link): JsonObject {
  return {
    forward_delay: 1500,
    hello_time: 200,
    max_age: 2000,
    ageing_time: 30000,
    stp_state: 0,
    priority: 32768,
    vlan_filtering: 0,
    bridge_id: bridgeId(mac),
    root_id: bridgeId(mac),
    root_port: 0,
    root_path_cost: 0,
    topology_change: 0,
    topology_change_detected: 0,
    hello_timer: ZERO_TIMER,
    tcn_timer: ZERO_TIMER,
    topology_change_timer: ZERO_TIMER,
    gc_timer: ZERO_TIMER,
    group_fwd_mask: '0',
    group_addr: '01:80:c2:00:00:00',
    mcast_snooping: 1,
    no_linklocal_learn: 0,
    mcast_vlan_snooping: 0,
    mcast_router: 1,
    mcast_query_use_ifaddr: 0,
    mcast_querier: 0,
    mcast_hash_elasticity: 16,
    mcast_hash_max: 4096,
    mcast_last_member_cnt: 2,
    mcast_startup_query_cnt: 2,
    mcast_last_member_intvl: 100,
    mcast_membership_intvl: 26000,
    mcast_querier_intvl: 25500,
    mcast_query_intvl: 12500,
    mcast_query_response_intvl: 1000,
    mcast_startup_query_intvl: 3124,
    mcast_stats_enabled: 0,
    mcast_igmp_version: 2,
    mcast_mld_version: 1,
    nf_call_iptables: 0,
    nf_call_ip6tables: 0,
    nf_call_arptables: 0,
  };
}

/** What `linkinfo` says of a bridge port. */
export function portJson(
  link: Link,
  kernel: Kernel,
): { info_slave_kind: string; info_slave_data: JsonObject } {
  const number = portNumber(link, kernel);
  const bridge = kernel.findLink(link.master ?? '');
  const id = bridgeId(bridge?.mac ?? link.mac);
  return {
    info_slave_kind: 'bridge',
    info_slave_data: {
      state: 'forwarding',
      priority: 32,
      cost: 2,
      hairpin: false,
      guard: false,
      root_block: false,
      fastleave: false,
      learning: true,
      flood: true,
      id: `0x${(0x8000 + number).toString(16)}`,
      no: `0x${number.toString(16)}`,
      designated_port: 0x8000 + number,
      designated_cost: 0,
      bridge_id: id,
      root_id: id,
      hold_timer: ZERO_TIMER,
      message_age_timer: ZERO_TIMER,
      forward_delay_timer: ZERO_TIMER,
      topology_change_ack: 0,
      config_pending: 0,
      proxy_arp: false,
      proxy_arp_wifi: false,
      multicast_router: 1,
      mcast_flood: true,
      bcast_flood: true,
      mcast_to_unicast: false,
      neigh_suppress: false,
      group_fwd_mask: '0',
      group_fwd_mask_str: '0x0',
      vlan_tunnel: false,
      isolated: false,
      locked: false,
    },
  };
}

function statisticsJson({ counters: { rx, tx } }: Link): JsonObject {
  return {
    rx: { ...rx, over_errors: 0, multicast: 0 },
    tx: { ...tx, carrier_errors: 0, collisions: 0 },
  };
}
