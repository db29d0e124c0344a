// SPDX-License-Identifier: Apache-2.0
import type { Neighbour, NeighbourState } from '#simulation/kernel/entries.ts';
import type { Kernel } from '#simulation/kernel/kernel.ts';
import { familyOf } from '#simulation/kernel/prefix.ts';
import type { ExecResult } from '#simulation/workload-backend.ts';
import { CommandFailure, listing, MESSAGES, success } from './command-result.ts';
import type { JsonValue } from './json-text.ts';
import { requireLink } from './link-command.ts';
import type { IpOptions } from './options.ts';

const MAC = /^[0-9a-f]{1,2}(:[0-9a-f]{1,2}){5}$/i;

/** `ip neighbour …` */
export function neighbourCommand(
  kernel: Kernel,
  options: IpOptions,
  words: readonly string[],
): ExecResult {
  const [verb = 'show', ...rest] = words;
  switch (verb) {
    case 'show':
    case 'list':
    case 'ls':
      return showNeighbours(kernel, options, rest);
    case 'add':
    case 'replace':
      setNeighbour(kernel, rest);
      return success();
    case 'del':
    case 'delete': {
      const [dst = ''] = rest;
      const { name } = requireLink(kernel, valueOf(rest, 'dev') ?? '');
      kernel.deleteNeighbour(name, dst);
      return success();
    }
    default:
      throw new CommandFailure(MESSAGES.badCommand(verb, 'ip neigh help'), 255);
  }
}

function valueOf(words: readonly string[], key: string): string | undefined {
  const index = words.indexOf(key);
  return index === -1 ? undefined : words[index + 1];
}

function showNeighbours(kernel: Kernel, options: IpOptions, words: readonly string[]): ExecResult {
  const dev = valueOf(words, 'dev');
  if (dev !== undefined) requireLink(kernel, dev);
  const to = valueOf(words, 'to');
  const nud = valueOf(words, 'nud')?.toUpperCase();
  const entries = kernel
    .neighbours()
    .filter(
      (entry) =>
        (options.family === undefined || entry.family === options.family) &&
        (dev === undefined || entry.dev === dev) &&
        (to === undefined || entry.dst === to) &&
        (nud === undefined || nud === 'ALL' || entry.state === nud),
    );
  return listing(
    entries,
    options,
    (entry) => neighbourJson(entry, options, dev !== undefined),
    (entry) => neighbourText(entry, options, dev !== undefined),
  );
}

function neighbourJson(entry: Neighbour, { statistics }: IpOptions, ofOneLink: boolean): JsonValue {
  const times = statistics ? { used: 0, confirmed: 0, updated: 0, probes: 0 } : {};
  return {
    dst: entry.dst,
    dev: ofOneLink ? undefined : entry.dev,
    lladdr: entry.lladdr,
    ...times,
    state: [entry.state],
  };
}

function neighbourText(entry: Neighbour, { statistics }: IpOptions, ofOneLink: boolean): string {
  const dev = ofOneLink ? '' : `dev ${entry.dev} `;
  const lladdr = entry.lladdr === undefined ? '' : `lladdr ${entry.lladdr} `;
  const times = statistics ? ' used 0/0/0probes 0 ' : '';
  return `${entry.dst} ${dev}${lladdr}${times}${entry.state} \n`;
}

function setNeighbour(kernel: Kernel, words: readonly string[]): void {
  const [dst = ''] = words;
  const family = familyOf(dst);
  if (family === undefined) {
    throw new CommandFailure(`Error: any valid address is expected rather than "${dst}".`, 1);
  }
  const { name } = requireLink(kernel, valueOf(words, 'dev') ?? '');
  const lladdr = valueOf(words, 'lladdr');
  if (lladdr !== undefined && !MAC.test(lladdr)) {
    throw new CommandFailure(`"${lladdr}" is invalid lladdr.`, 1);
  }
  const nud = valueOf(words, 'nud')?.toUpperCase();
  const state: NeighbourState = nud === 'REACHABLE' || nud === 'STALE' ? nud : 'PERMANENT';
  kernel.setNeighbour({
    family,
    dst,
    dev: name,
    ...(lladdr === undefined ? {} : { lladdr: lladdr.toLowerCase() }),
    state,
  });
}
