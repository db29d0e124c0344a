// SPDX-License-Identifier: Apache-2.0
import { localTable } from '#simulation/kernel/implied-entries.ts';
import { KernelError } from '#simulation/kernel/kernel-error.ts';
import type { Kernel } from '#simulation/kernel/kernel.ts';
import type { Link, LinkAddress } from '#simulation/kernel/link.ts';
import type { Family } from '#simulation/kernel/prefix.ts';
import type { Route } from '#simulation/kernel/route-table.ts';
import type { ExecResult } from '#simulation/workload-backend.ts';
import { CommandFailure, failure, success } from './command-result.ts';
import { flagsOf, hardwareOf, qdiscOf, queueLengthOf } from './link-facts.ts';
import { linkCommand } from './link-command.ts';
import type { IpOptions } from './options.ts';
import { destinationText, routeCommand } from './route-command.ts';

/** Usage text of BusyBox 1.35 `ip`, which knows neither `-j` nor `-d`. */
const USAGE = `BusyBox v1.35.0 (Debian 1:1.35.0-4+deb12u1+b1) multi-call binary.

Usage: ip [OPTIONS] address|route|link|tunnel|neigh|rule [ARGS]

OPTIONS := -f[amily] inet|inet6|link | -o[neline]

ip addr add|del IFADDR dev IFACE | show|flush [dev IFACE] [to PREFIX]
ip route list|flush|add|del|change|append|replace|test ROUTE
ip link set IFACE [up|down] [arp on|off] [multicast on|off]
	[promisc on|off] [mtu NUM] [name NAME] [qlen NUM] [address MAC]
	[master IFACE | nomaster] [netns PID]
ip tunnel add|change|del|show [NAME]
	[mode ipip|gre|sit] [remote ADDR] [local ADDR] [ttl TTL]
ip neigh show|flush [to PREFIX] [dev DEV] [nud STATE]
ip rule [list] | add|del SELECTOR ACTION
`;

const PLAIN: IpOptions = { json: false, details: false, statistics: false, oneline: false };

/** `ip …` of BusyBox: text only, without protocols and without VXLAN details. */
export function busyboxIp(kernel: Kernel, argv: readonly string[]): ExecResult {
  const words = [...argv];
  let family: Family | undefined;
  while (words[0]?.startsWith('-') === true) {
    const option = words.shift();
    if (option === '-4') family = 4;
    else if (option === '-6') family = 6;
    else if (option !== '-o') return usage();
  }
  const [object = '', ...rest] = words;
  try {
    return run(kernel, family, object, rest);
  } catch (error) {
    if (error instanceof CommandFailure) return failure(error.message, error.exitCode);
    if (error instanceof KernelError) {
      return failure(`ip: ${error.message.replace(/^Error: /, 'RTNETLINK answers: ')}`, 2);
    }
    throw error;
  }
}

function usage(): ExecResult {
  return { stdout: '', stderr: USAGE, exitCode: 1 };
}

function run(
  kernel: Kernel,
  family: Family | undefined,
  object: string,
  words: readonly string[],
): ExecResult {
  const [verb = 'show', ...rest] = words;
  const shows = ['show', 'list', 'ls'].includes(verb);
  const options: IpOptions = family === undefined ? PLAIN : { ...PLAIN, family };
  if (object === '') return usage();
  if ('link'.startsWith(object)) {
    return shows ? showLinks(kernel, rest) : linkCommand(kernel, options, words);
  }
  if ('address'.startsWith(object) && shows) return showAddresses(kernel, family, rest);
  if ('route'.startsWith(object)) {
    return shows ? showRoutes(kernel, family, rest) : routeCommand(kernel, options, words);
  }
  if ('neigh'.startsWith(object) && shows) return showNeighbours(kernel, family, rest);
  return usage();
}

function selectLinks(kernel: Kernel, words: readonly string[]): Link[] {
  const name = words.find((word) => word !== 'dev');
  if (name === undefined) return kernel.links();
  const link = kernel.findLink(name);
  if (link === undefined) throw new CommandFailure(`ip: can't find device '${name}'`, 2);
  return [link];
}

function showLinks(kernel: Kernel, words: readonly string[]): ExecResult {
  return success(
    selectLinks(kernel, words)
      .map((link) => linkText(link, kernel))
      .join(''),
  );
}

function linkText(link: Link, kernel: Kernel): string {
  const { index, name, peerIndex, mtu, master, mac } = link;
  const local = kernel.links().find((other) => other.index === peerIndex)?.name;
  const peer = peerIndex === undefined ? '' : `@${local ?? `if${String(peerIndex)}`}`;
  // A peer that it cannot find counts as down.
  const lost = peerIndex !== undefined && local === undefined ? ['M-DOWN'] : [];
  const flags = [...flagsOf(link), ...lost].join(',');
  const bridge = master === undefined ? '' : `master ${master} `;
  const { type, broadcast } = hardwareOf(link);
  const head = `${String(index)}: ${name}${peer}: <${flags}> mtu ${String(mtu)} qdisc ${qdiscOf(link)}`;
  const length = queueLengthOf(link);
  const queue = length === undefined ? '' : `qlen ${String(length)}`;
  return `${head} ${bridge}${queue}\n    link/${type} ${mac} brd ${broadcast}\n`;
}

function showAddresses(
  kernel: Kernel,
  family: Family | undefined,
  words: readonly string[],
): ExecResult {
  const texts = selectLinks(kernel, words).map((link) => {
    const addresses = link.addresses.filter(
      (address) => family === undefined || address.family === family,
    );
    return linkText(link, kernel) + addresses.map((each) => addressText(link, each)).join('');
  });
  return success(texts.join(''));
}

function addressText(link: Link, address: LinkAddress): string {
  const { family, local, prefixLength, broadcast, scope, nodad } = address;
  const kind = family === 4 ? 'inet' : 'inet6';
  const brd = broadcast === undefined ? '' : `brd ${broadcast} `;
  const tail = family === 4 ? link.name : nodad === true ? 'flags 02 ' : '';
  const line = `    ${kind} ${local}/${String(prefixLength)} ${brd}scope ${scope} ${tail}`;
  return `${line}\n       valid_lft forever preferred_lft forever\n`;
}

function showRoutes(
  kernel: Kernel,
  family: Family | undefined,
  words: readonly string[],
): ExecResult {
  const all = words.includes('all');
  const families: readonly Family[] = family !== undefined ? [family] : all ? [4, 6] : [4];
  const texts = families.flatMap((each) => [
    ...kernel.routes[each].dump().map((route) => routeText(route, '')),
    ...(all ? localTable(kernel, each).map((route) => routeText(route, ' table local')) : []),
  ]);
  return success(texts.join(''));
}

function routeText(route: Route, table: string): string {
  const { type, prefix, gateway, dev, scope, prefsrc, metric, onlink } = route;
  const kind = type === 'unicast' ? '' : `${type} `;
  const via = gateway === undefined ? '' : ` via ${gateway}`;
  const out = dev === undefined ? '' : ` dev ${dev}`;
  const reach = scope === 'global' ? '' : ` scope ${scope}`;
  const source = prefsrc === undefined ? '' : `  src ${prefsrc}`;
  const cost = prefix.family === 6 || metric !== 0 ? `  metric ${String(metric)}` : '';
  const flag = onlink ? ' onlink' : '';
  return `${kind}${destinationText(prefix)}${via}${out}${table}${reach}${source}${cost}${flag} \n`;
}

function showNeighbours(
  kernel: Kernel,
  family: Family | undefined,
  words: readonly string[],
): ExecResult {
  const dev = words[words.indexOf('dev') + 1];
  const entries = kernel
    .neighbours()
    .filter((entry) => family === undefined || entry.family === family)
    .filter((entry) => !words.includes('dev') || entry.dev === dev);
  const texts = entries.map(({ dst, dev: out, lladdr, state }) => {
    const mac = lladdr === undefined ? '' : ` lladdr ${lladdr}`;
    return `${dst} dev ${out}${mac} used 0/0/0 probes 0 ${state}\n`;
  });
  return success(texts.join(''));
}
