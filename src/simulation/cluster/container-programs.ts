// SPDX-License-Identifier: Apache-2.0
import { bridge } from '#simulation/iproute2/bridge.ts';
import { busyboxIp } from '#simulation/iproute2/busybox-ip.ts';
import { ip } from '#simulation/iproute2/ip.ts';
import type { Kernel } from '#simulation/kernel/kernel.ts';
import { iptablesLegacySave, iptablesSave, nft } from '#simulation/netfilter/iptables-save.ts';
import type { NodeFiles } from '#simulation/kernel/node-files.ts';
import type { PingOutcome } from '#simulation/packet-walk/ping.ts';
import { parseOptions } from '#simulation/shell/applet-input.ts';
import { FILE_PROGRAMS } from '#simulation/shell/file-programs.ts';
import type { Machine, Process, Program } from '#simulation/shell/program.ts';
import { runShell } from '#simulation/shell/shell.ts';
import type { ExecResult } from '#simulation/workload-backend.ts';
import type { ImageFlavour } from './cluster-options.ts';

/** What a container of a node can see and do. */
export interface ContainerView {
  readonly hostname: string;
  readonly files: NodeFiles;
  readonly kernelVersion: string;
  now(): Date;
  /** Sends one echo request. */
  echo(destination: string, bytes: number): PingOutcome;
  /** Whether a DNS server of the cluster answers a query within a second. */
  answersDns(server: string): boolean;
  /** The node's kernel, for containers in the host's network that have tools for it. */
  readonly network?: {
    readonly kernel: Kernel;
    readonly image: ImageFlavour;
    /** Whether it has NET_ADMIN, without which the kernel shows no packet rules. */
    readonly mayAdmin: boolean;
  };
  /** The node's kernel log; absent: it may not be read (kernel.dmesg_restrict is 1, and SYSLOG is missing). */
  readonly kernelLog?: readonly string[];
}

/** The programs of a container with a BusyBox userland, and with iproute2 where it sees the host's network. */
export function containerMachine(view: ContainerView): Machine {
  const programs = new Map<string, Program>(FILE_PROGRAMS);
  const machine: Machine = { files: view.files, programs };
  programs.set('sh', (process) => sh(machine, process));
  programs.set('date', (process) => date(view, process));
  programs.set('hostname', ({ out }) => print(out, view.hostname));
  programs.set('uname', (process) => uname(view, process));
  programs.set('ping', (process) => ping(view, process));
  programs.set('nslookup', (process) => nslookup(view, process));
  programs.set('timeout', (process) => timeout(machine, process));
  programs.set('sleep', () => 0);
  programs.set('dmesg', (process) => dmesg(view, process));
  programs.set('id', ({ out }) => print(out, 'uid=0(root) gid=0(root)'));
  programs.set('env', ({ out }) => print(out, 'PATH=/usr/sbin:/usr/bin:/sbin:/bin'));
  programs.set('true', () => 0);
  programs.set('false', () => 1);
  programs.set('echo', ({ args, out }) => print(out, args.join(' ')));
  if (view.network !== undefined) addNetworkPrograms(programs, view.network);
  return machine;
}

function addNetworkPrograms(
  programs: Map<string, Program>,
  { kernel, image, mayAdmin }: NonNullable<ContainerView['network']>,
): void {
  const tool = (run: (kernel: Kernel, args: readonly string[]) => ExecResult): Program => {
    return (process) => emit(process, run(kernel, process.args));
  };
  programs.set('ip', tool(image === 'busybox' ? busyboxIp : ip));
  if (image === 'iproute2') programs.set('bridge', tool(bridge));
  const permitted = (run: (kernel: Kernel, args: readonly string[]) => ExecResult): Program =>
    mayAdmin ? tool(run) : tool(() => NOT_PERMITTED);
  programs.set(
    'iptables-save',
    permitted(({ rules }, args) => iptablesSave(rules, args)),
  );
  if (image === 'iproute2') {
    programs.set(
      'iptables-legacy-save',
      tool(({ rules }) => iptablesLegacySave(rules)),
    );
  }
  programs.set(
    'nft',
    permitted(({ rules }, args) => nft(rules, args)),
  );
}

/** As BusyBox has it. */
function dmesg({ kernelLog }: ContainerView, { out, err }: Process): number {
  if (kernelLog === undefined) {
    err('dmesg: klogctl: Operation not permitted\n');
    return 1;
  }
  for (const line of kernelLog) out(`${line}\n`);
  return 0;
}

/** nft v1.0.6 without NET_ADMIN; iptables-nft-save v1.8.9 says it much the same way. */
const NOT_PERMITTED: ExecResult = {
  stdout: '',
  stderr: 'Error: Could not process rule: Operation not permitted (you must be root)\n',
  exitCode: 1,
};

function emit(process: Process, { stdout, stderr, exitCode }: ExecResult): number {
  if (stdout !== '') process.out(stdout);
  if (stderr !== '') process.err(stderr);
  return exitCode;
}

function print(out: (text: string) => void, text: string): number {
  out(`${text}\n`);
  return 0;
}

function sh(machine: Machine, process: Process): number {
  const [option = '', script = '', name, ...parameters] = process.args;
  const read = /^-[a-z]*c$/.test(option);
  const result = runShell(machine, {
    script: read ? script : process.stdin,
    ...(read && name !== undefined ? { name } : {}),
    parameters: read ? parameters : [],
    stdin: read ? process.stdin : '',
  });
  return emit(process, result);
}

function date(view: ContainerView, { args, out, err }: Process): number {
  const now = view.now();
  const format = args.find((word) => word.startsWith('+'))?.slice(1);
  if (format === undefined) return print(out, now.toUTCString());
  const iso = now.toISOString();
  const values: Readonly<Record<string, string>> = {
    s: String(Math.floor(now.getTime() / 1000)),
    Y: iso.slice(0, 4),
    m: iso.slice(5, 7),
    d: iso.slice(8, 10),
    H: iso.slice(11, 13),
    M: iso.slice(14, 16),
    S: iso.slice(17, 19),
    F: iso.slice(0, 10),
    T: iso.slice(11, 19),
    Z: 'UTC',
    N: `${iso.slice(20, 23)}000000`,
    '%': '%',
  };
  const unknown = [...format.matchAll(/%(.)/g)].find(([, letter = '']) => !(letter in values));
  if (unknown !== undefined) {
    err(`date: format ${unknown[0]} is not modelled\n`);
    return 1;
  }
  return print(
    out,
    format.replace(/%(.)/g, (_, letter: string) => values[letter] ?? ''),
  );
}

function uname(view: ContainerView, { args, out }: Process): number {
  const { flags } = parseOptions(args, '');
  const facts: readonly (readonly [string, string])[] = [
    ['s', 'Linux'],
    ['n', view.hostname],
    ['r', view.kernelVersion],
    ['v', '#1 SMP PREEMPT_DYNAMIC'],
    ['m', 'x86_64'],
  ];
  const wanted = flags.size === 0 ? new Set(['s']) : flags;
  const words = facts.filter(([letter]) => wanted.has('a') || wanted.has(letter));
  return print(out, words.map(([, text]) => text).join(' '));
}

/** `ping [-q] [-c COUNT] [-i SEC] [-s SIZE] [-W SEC] HOST` of BusyBox; without `-c` four requests. */
function ping(view: ContainerView, process: Process): number {
  const { flags, values, operands } = parseOptions(process.args, 'csWwiItp');
  const [destination = ''] = operands;
  const count = Number(values.get('c') ?? 4);
  const bytes = Number(values.get('s') ?? 56);
  process.out(`PING ${destination} (${destination}): ${String(bytes)} data bytes\n`);
  const times: number[] = [];
  for (let sequence = 0; sequence < count; sequence += 1) {
    const outcome = view.echo(destination, bytes);
    if (outcome.delivered) {
      times.push(outcome.rttMs);
      if (flags.has('q')) continue;
      const head = `${String(bytes + 8)} bytes from ${destination}: seq=${String(sequence)}`;
      process.out(`${head} ttl=62 time=${outcome.rttMs.toFixed(3)} ms\n`);
    } else if (outcome.at === view.hostname && outcome.reason.startsWith('no route to')) {
      process.err('ping: sendto: Network unreachable\n');
      return 1;
    }
  }
  process.out(pingSummary(destination, count, times));
  return times.length > 0 ? 0 : 1;
}

/** `nslookup [-type=A] NAME SERVER` of BusyBox, for the one name that every cluster has. */
function nslookup(view: ContainerView, { args, out }: Process): number {
  const [name = '', server = ''] = args.filter((word) => !word.startsWith('-'));
  if (!view.answersDns(server)) {
    out(';; connection timed out; no servers could be reached\n\n');
    return 1;
  }
  out(`Server:\t\t${server}\nAddress:\t${server}:53\n\n`);
  if (!name.startsWith('kubernetes.default.svc.')) {
    out(`** server can't find ${name}: NXDOMAIN\n\n`);
    return 1;
  }
  out(`Name:\t${name}\nAddress: 10.96.0.1\n\n`);
  return 0;
}

/** `timeout SECS PROGRAM …`: nothing here takes time. */
function timeout(machine: Machine, process: Process): number {
  const [, name = '', ...args] = process.args;
  const program = machine.programs.get(name);
  if (program === undefined) {
    process.err(`timeout: can't execute '${name}': No such file or directory\n`);
    return 127;
  }
  const status = program({ ...process, args });
  return status;
}

function pingSummary(destination: string, count: number, times: readonly number[]): string {
  const loss = Math.floor(((count - times.length) * 100) / count);
  const counts = `${String(count)} packets transmitted, ${String(times.length)} packets received`;
  const head = `\n--- ${destination} ping statistics ---\n${counts}, ${String(loss)}% packet loss\n`;
  if (times.length === 0) return head;
  const average = times.reduce((sum, time) => sum + time, 0) / times.length;
  const numbers = [Math.min(...times), average, Math.max(...times)].map((time) => time.toFixed(3));
  return `${head}round-trip min/avg/max = ${numbers.join('/')} ms\n`;
}
