// SPDX-License-Identifier: Apache-2.0
import type { Kernel } from '#simulation/kernel/kernel.ts';
import type { Link } from '#simulation/kernel/link.ts';
import {
  flagsOf,
  hardwareOf,
  mtuRangeOf,
  operstateOf,
  qdiscOf,
  queueLengthOf,
  queuesOf,
  tsoMaxSizeOf,
} from './link-facts.ts';
import { bridgeJson, peerInDump, portJson } from './link-json.ts';
import type { JsonValue } from './json-text.ts';
import { RawJson } from './json-text.ts';
import type { IpOptions } from './options.ts';

/** A link as `ip [-d] [-s] link show` prints it, lines ending in newlines. */
export function linkText(link: Link, kernel: Kernel, options: IpOptions): string {
  const state = operstateOf(link, kernel);
  const head = `${headText(link)}state ${state} mode DEFAULT group default ${queueText(link)}`;
  const details = options.details ? detailsText(link, kernel, 'addrgenmode eui64 ') : '';
  const statistics = options.statistics ? statisticsText(link) : '';
  return `${head}\n    ${hardwareText(link)}${details}\n${statistics}`;
}

/** The link part of `ip [-d] [-4|-6] addr show`. */
export function linkOfAddressText(
  link: Link,
  kernel: Kernel,
  options: IpOptions,
  everyLink: boolean,
): string {
  const bare = options.family === 6 && everyLink;
  const state = operstateOf(link, kernel);
  const head = `${bare ? dumpHeadText(link, kernel) : headText(link)}state ${state} ${bare ? '' : 'group default '}${queueText(link)}`;
  const netns = link.peerIndex === undefined || bare ? '' : ' link-netnsid 0';
  if (options.family !== undefined) return `${head}${netns}\n`;
  return `${head}\n    ${hardwareText(link)}${options.details ? detailsText(link, kernel, '') : ''}\n`;
}

function queueText(link: Link): string {
  const length = queueLengthOf(link);
  return length === undefined ? '' : `qlen ${String(length)}`;
}

function headText(link: Link): string {
  const { index, name, peerIndex, mtu, master } = link;
  const peer = peerIndex === undefined ? '' : `@if${String(peerIndex)}`;
  const flags = flagsOf(link).join(',');
  const bridge = master === undefined ? '' : `master ${master} `;
  return `${String(index)}: ${name}${peer}: <${flags}> mtu ${String(mtu)} qdisc ${qdiscOf(link)} ${bridge}`;
}

function dumpHeadText(link: Link, kernel: Kernel): string {
  const peer = peerInDump(link, kernel);
  const suffix = peer === undefined ? '' : `@${peer.name ?? `if${String(peer.index)}`}`;
  const flags = flagsOf(link).join(',');
  return `${String(link.index)}: ${link.name}${suffix}: <${flags}> mtu ${String(link.mtu)} `;
}

function hardwareText(link: Link): string {
  const { type, broadcast } = hardwareOf(link);
  const netns = link.peerIndex === undefined ? '' : ' link-netnsid 0';
  return broadcast === undefined
    ? `link/${type}${netns}`
    : `link/${type} ${link.mac} brd ${broadcast}${netns}`;
}

function detailsText(link: Link, kernel: Kernel, addressMode: string): string {
  const { min, max } = mtuRangeOf(link);
  const port = link.master === undefined ? 0 : 1;
  const queues = String(queuesOf(link));
  const tail =
    `${addressMode}numtxqueues ${queues} numrxqueues ${queues} gso_max_size 65536 gso_max_segs 65535 ` +
    `tso_max_size ${String(tsoMaxSizeOf(link))} tso_max_segs 65535 gro_max_size 65536 `;
  const range = `minmtu ${String(min)} maxmtu ${String(max)} `;
  const counts = ` promiscuity ${String(port)}  allmulti ${String(port)} `;
  return `${counts}${range}${kindText(link, kernel)}${tail}`;
}

function kindText(link: Link, kernel: Kernel): string {
  const { kind, vxlan, master } = link;
  if (kind === 'loopback' || kind === 'physical') return '';
  if (kind === 'ipip') return `\n    ipip ipip remote any local ${link.mac} ttl inherit pmtudisc `;
  if (kind === 'bridge') return `\n    bridge ${membersText(bridgeJson(link), BRIDGE_WORDS)}`;
  if (vxlan === undefined) {
    if (master === undefined) return `\n    ${kind} `;
    const port = portJson(link, kernel).info_slave_data;
    return `\n    ${kind} \n    bridge_slave ${membersText(port, PORT_WORDS)}`;
  }
  const { vni, local, lower, port, learning } = vxlan;
  return (
    `\n    vxlan id ${String(vni)} local ${local} dev ${lower} srcport 0 0 dstport ${String(port)} ` +
    `${learning ? '' : 'nolearning '}ttl auto ageing 300 udpcsum noudp6zerocsumtx noudp6zerocsumrx `
  );
}

/** Members whose word in the text differs from their name in JSON. */
const BRIDGE_WORDS: Readonly<Record<string, string>> = {
  root_id: 'designated_root',
  group_addr: 'group_address',
  mcast_last_member_cnt: 'mcast_last_member_count',
  mcast_startup_query_cnt: 'mcast_startup_query_count',
  mcast_last_member_intvl: 'mcast_last_member_interval',
  mcast_membership_intvl: 'mcast_membership_interval',
  mcast_querier_intvl: 'mcast_querier_interval',
  mcast_query_intvl: 'mcast_query_interval',
  mcast_query_response_intvl: 'mcast_query_response_interval',
  mcast_startup_query_intvl: 'mcast_startup_query_interval',
};

const PORT_WORDS: Readonly<Record<string, string>> = {
  id: 'port_id',
  no: 'port_no',
  bridge_id: 'designated_bridge',
  root_id: 'designated_root',
  multicast_router: 'mcast_router',
};

function membersText(
  members: Readonly<Record<string, JsonValue>>,
  words: Readonly<Record<string, string>>,
): string {
  const texts = Object.entries(members).map(([key, value]) => {
    const text = `${words[key] ?? key} ${memberText(value)} `;
    // The text names what JSON calls fastleave a second time, by another name.
    return key === 'multicast_router' ? `${text}mcast_fast_leave off ` : text;
  });
  return texts.join('');
}

function memberText(value: JsonValue): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (value instanceof RawJson) return value.text.padStart(7);
  return typeof value === 'number' ? String(value) : ((value as string | undefined) ?? '');
}

function statisticsText({ counters: { rx, tx } }: Link): string {
  return (
    `    RX:  bytes packets errors dropped  missed   mcast           \n${countersText(rx)}` +
    `    TX:  bytes packets errors dropped carrier collsns           \n${countersText(tx)}`
  );
}

function countersText({ bytes, packets, errors, dropped }: Link['counters']['rx']): string {
  const cells = [bytes, packets, errors, dropped, 0, 0];
  const texts = cells.map((cell, index) => String(cell).padStart(COLUMN_WIDTHS[index] ?? 7));
  return `    ${texts.join(' ')} \n`;
}

const COLUMN_WIDTHS = [10, 7, 6, 7, 7, 7];
