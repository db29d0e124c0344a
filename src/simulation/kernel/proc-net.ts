// SPDX-License-Identifier: Apache-2.0
import type { Neighbour } from './entries.ts';
import type { Kernel } from './kernel.ts';
import { parseAddress } from './prefix.ts';
import type { Route } from './route-table.ts';

/** `/proc/net/route`: the IPv4 routes of the main table (net/ipv4/fib_trie.c, fib_route_seq_show). */
export function procNetRoute(kernel: Kernel): string {
  const head =
    'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT';
  return [head, ...kernel.routes[4].dump().map(routeLine)]
    .map((line) => `${line.padEnd(127)}\n`)
    .join('');
}

function routeLine({ dev, prefix, gateway, metric, type }: Route): string {
  const mask = (0xffffffffn << BigInt(32 - prefix.length)) & 0xffffffffn;
  // RTF_UP, RTF_GATEWAY, RTF_HOST, RTF_REJECT (include/uapi/linux/route.h).
  const flags =
    (type === 'blackhole' ? 0x201 : 0x1) |
    (gateway === undefined ? 0 : 0x2) |
    (prefix.length === 32 ? 0x4 : 0);
  const destination = hexAddress(prefix.value);
  const router = hexAddress(parseAddress(gateway ?? '0.0.0.0') ?? 0n);
  const numbers = `${flags.toString(16).padStart(4, '0')}\t0\t0\t${String(metric)}`;
  return `${dev ?? '*'}\t${destination}\t${router}\t${numbers}\t${hexAddress(mask)}\t0\t0\t0`;
}

/** Eight hexadecimal digits of the address in network order, read by a little-endian machine. */
function hexAddress(value: bigint): string {
  const octets = value.toString(16).padStart(8, '0').toUpperCase().match(/../g) ?? [];
  return octets.reverse().join('');
}

/** `/proc/net/arp`: the IPv4 neighbours (net/ipv4/arp.c, arp_format_neigh_entry). */
export function procNetArp(kernel: Kernel): string {
  const head = 'IP address       HW type     Flags       HW address            Mask     Device\n';
  const entries = kernel.neighbours().filter(({ family }) => family === 4);
  return head + entries.map(arpLine).join('');
}

function arpLine({ dst, dev, lladdr, state }: Neighbour): string {
  // ATF_COM, ATF_PERM (include/uapi/linux/if_arp.h).
  const complete = state === 'FAILED' || state === 'INCOMPLETE' ? '0' : '2';
  const flags = state === 'PERMANENT' ? '6' : complete;
  const mac = lladdr ?? '00:00:00:00:00:00';
  return `${dst.padEnd(16)} 0x${'1'.padEnd(10)}0x${flags.padEnd(10)}${mac}     *        ${dev}\n`;
}

/** `/proc/net/snmp`, as far as UDP and its neighbours go, of a node without a fault (net/ipv4/proc.c, snmp_seq_show). */
export const PROC_NET_SNMP = `Icmp: InMsgs InErrors InCsumErrors
Icmp: 20 0 0
Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors IgnoredMulti MemErrors
Udp: 81000 12 0 80500 0 0 0 0 0
UdpLite: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors IgnoredMulti MemErrors
UdpLite: 0 0 0 0 0 0 0 0 0
`;

/** `/proc/net/snmp6`, likewise (net/ipv6/proc.c, snmp6_seq_show). */
export const PROC_NET_SNMP6: string = [
  ['Udp6InDatagrams', 4000],
  ['Udp6NoPorts', 0],
  ['Udp6InErrors', 0],
  ['Udp6OutDatagrams', 4000],
  ['Udp6InCsumErrors', 0],
  ['UdpLite6InDatagrams', 0],
]
  .map(([name, value]) => `${String(name).padEnd(32)}\t${String(value)}\n`)
  .join('');
