// SPDX-License-Identifier: Apache-2.0

import { formatAddress, parseAddress } from '#model/net/address.ts';

/** Addresses of one peer to ping. */
export interface PingTarget {
  readonly underlay: string;
  readonly overlay?: string;
  /** Size of the large packets, bytes, IP header included. */
  readonly largestPacket?: number;
}

/** What to probe from one node. */
export interface ProbeRequest {
  readonly targets: readonly PingTarget[];
  readonly dnsServers: readonly string[];
}

/**
 * One ping of a target, by the letter that its block's name begins with; the number of the target follows.
 * A repetition is made where some small packets, or all large ones, were lost.
 */
export const PING_LETTERS = {
  underlayPing: 'u',
  underlayAgain: 'v',
  overlayPing: 'o',
  overlayAgain: 'p',
  largePing: 'l',
  largeAgain: 'm',
} as const;

/** Letter of a query's block; the number of the server follows. */
export const DNS_LETTER = 'd';

/** The name that is asked for. CoreDNS answers in any case, if only that it does not exist. */
const DNS_NAME = 'kubernetes.default.svc.cluster.local';

/** Most targets and servers of one script. */
export const MAX_TARGETS = 50;

/** Processes at a time: each takes up to half a MiB of the memory that flannel's container may use. */
const PARALLEL = 10;

/** What ping is called with, as the guide tells it: size, count and interval differ. */
export const PING_COMMAND = 'ping -q -c 20 -i 0.02 -W 1 -s 56 ADDRESS';

/** What DNS is asked with, as the guide tells it. */
export const NSLOOKUP_COMMAND: string = `nslookup -type=a ${DNS_NAME} ADDRESS`;

/**
 * `q NAME COUNT INTERVAL SIZE ADDRESS` pings once and prints one block in one write, so that blocks of jobs that run
 * side by side do not mix. Status: 0 all answered, 1 none, 2 some, 3 ping itself failed.
 *
 * `t N UNDERLAY [OVERLAY [BYTES]]` is one target, `d N SERVER` one query. POSIX sh; runs in BusyBox ash and dash.
 * One query of one kind at a time: A and AAAA asked together now and then lose one answer to a race in conntrack.
 * BusyBox's ping leaves the DF bit to the kernel, which sets it on every packet that fits the link (linux:
 * net/ipv4/ip_output.c, __ip_make_skb, with IP_PMTUDISC_WANT).
 */
const FUNCTIONS = `b() { printf '\\n%s begin %s\\n%s\\n%s end %s %s\\n' "$m" "$1" "$3" "$m" "$1" "$2"; }
q() {
o=$(ping -q -c $2 -i $3 -W 1 -s $4 $5 2>&1)
b $1 $? "$o"
case $o in
*' 0% packet loss'*) return 0 ;;
*' 100% packet loss'*) return 1 ;;
*'% packet loss'*) return 2 ;;
esac
return 3
}
t() {
q u$1 3 0.03 56 $2
if [ $? = 2 ]; then q v$1 40 0.02 56 $2; fi
if [ -z "$3" ]; then return; fi
q o$1 20 0.02 56 $3
case $? in
0) : ;;
2) q p$1 40 0.02 56 $3 ;;
*) return ;;
esac
if [ -z "$4" ]; then return; fi
q l$1 3 0.03 $4 $3
if [ $? = 1 ]; then q m$1 10 0.02 $4 $3; fi
}
d() {
for i in 1 2 3; do
o=$(timeout 1 nslookup -type=a ${DNS_NAME} $2 2>&1)
r=$?
if [ $r = 0 ]; then break; fi
done
b d$1 $r "$o"
}`;

/** Headers of an echo request: ICMP, and IP by family. */
function headerBytes(address: string): number {
  return 8 + (address.includes(':') ? 40 : 20);
}

/**
 * The address in canonical notation, made anew from its bits: no text of a cluster reaches a shell.
 *
 * @throws Error (a programmer's error) when it is none
 */
function addressWord(text: string): string {
  const address = parseAddress(text);
  if (address === undefined) throw new Error('a target of a probe is no address');
  return formatAddress(address);
}

function payloadWord(overlay: string, largestPacket: number): string {
  const bytes = largestPacket - headerBytes(overlay);
  if (!Number.isInteger(bytes) || bytes < 56 || bytes > 65_000) {
    throw new Error('the size of a probe is none');
  }
  return String(bytes);
}

function targetLine({ underlay, overlay, largestPacket }: PingTarget, index: number): string {
  const words = ['t', String(index), addressWord(underlay)];
  if (overlay === undefined) return words.join(' ');
  words.push(addressWord(overlay));
  if (largestPacket !== undefined) words.push(payloadWord(overlay, largestPacket));
  return words.join(' ');
}

/**
 * The script that probes all targets of one node, some at a time.
 *
 * @throws Error (a programmer's error) when a target is no address, a size is none, or there are too many
 */
export function probeScript(marker: string, { targets, dnsServers }: ProbeRequest): string {
  if (!/^[0-9a-f]{16,64}$/.test(marker)) throw new Error('the marker is not hexadecimal');
  if (targets.length > MAX_TARGETS || dnsServers.length > MAX_TARGETS) {
    throw new Error('too many targets for one script');
  }
  const jobs = [
    ...targets.map(targetLine),
    ...dnsServers.map((server, index) => `d ${String(index)} ${addressWord(server)}`),
  ];
  const lines = [];
  for (let first = 0; first < jobs.length; first += PARALLEL) {
    lines.push(...jobs.slice(first, first + PARALLEL).map((job) => `${job} &`), 'wait');
  }
  return [`m=${marker}`, FUNCTIONS, ...lines, ''].join('\n');
}

/** What one job printed. */
export interface ProbeBlock {
  readonly text: string;
  /** Exit code of the program. */
  readonly exitCode: number;
}

/** The blocks of a probe script's output by name, in whatever order they came. A block without its end is left out. */
export function probeBlocks(output: string, marker: string): ReadonlyMap<string, ProbeBlock> {
  const blocks = new Map<string, ProbeBlock>();
  const [, ...parts] = output.split(`\n${marker} begin `);
  for (const part of parts) {
    const newline = part.indexOf('\n');
    const name = part.slice(0, newline);
    const end = part.indexOf(`\n${marker} end ${name} `);
    const code = /^(\d{1,3})\n/.exec(part.slice(end + marker.length + name.length + 7))?.[1];
    if (newline < 0 || end < newline || code === undefined || !/^[a-z]\d{1,3}$/.test(name))
      continue;
    blocks.set(name, { text: part.slice(newline + 1, end), exitCode: Number(code) });
  }
  return blocks;
}
