// SPDX-License-Identifier: Apache-2.0
import type { FdbEntry } from '#simulation/kernel/entries.ts';
import { impliedFdb } from '#simulation/kernel/implied-entries.ts';
import { KernelError } from '#simulation/kernel/kernel-error.ts';
import type { Kernel } from '#simulation/kernel/kernel.ts';
import type { ExecResult } from '#simulation/workload-backend.ts';
import { CommandFailure, failure, listing, MESSAGES, success } from './command-result.ts';
import type { JsonValue } from './json-text.ts';
import type { IpOptions } from './options.ts';
import { parseOptions } from './options.ts';

/** `bridge fdb …`; other objects are not modelled. All of its failures exit with 255. */
export function bridge(kernel: Kernel, argv: readonly string[]): ExecResult {
  const parsed = parseOptions(argv);
  if ('unknown' in parsed) {
    return failure(`Option "${parsed.unknown}" is unknown, try "bridge help".`, 255);
  }
  const [object = '', verb = 'show', ...rest] = parsed.words;
  if (object !== 'fdb') return failure(`Object "${object}" is unknown, try "bridge help".`, 255);
  try {
    return fdbCommand(kernel, parsed.options, verb, rest);
  } catch (error) {
    if (error instanceof CommandFailure || error instanceof KernelError) {
      return failure(error.message, 255);
    }
    throw error;
  }
}

function fdbCommand(
  kernel: Kernel,
  options: IpOptions,
  verb: string,
  words: readonly string[],
): ExecResult {
  switch (verb) {
    case 'show':
    case 'list':
    case 'lst':
      return showFdb(kernel, options, words);
    case 'add':
    case 'append':
    case 'replace': {
      const entry = parseEntry(kernel, words);
      kernel.setFdbEntry(entry, verb);
      return success();
    }
    case 'del':
    case 'delete':
      deleteEntry(kernel, parseEntry(kernel, words));
      return success();
    default:
      throw new CommandFailure(MESSAGES.badCommand(verb, 'bridge fdb help'), 255);
  }
}

/** A destination that the entry does not have is no error, and changes nothing (observed). */
function deleteEntry(kernel: Kernel, { dev, mac, dst }: FdbEntry): void {
  const existing = kernel.fdbEntry(dev, mac);
  if (existing !== undefined && dst !== undefined && existing.dst !== dst) return;
  kernel.deleteFdbEntry(dev, mac);
}

function valueOf(words: readonly string[], key: string): string | undefined {
  const index = words.indexOf(key);
  return index === -1 ? undefined : words[index + 1];
}

function parseEntry(kernel: Kernel, words: readonly string[]): FdbEntry {
  const [mac = ''] = words;
  const dev = valueOf(words, 'dev') ?? '';
  if (kernel.findLink(dev) === undefined) throw new CommandFailure(MESSAGES.cannotFind(dev), 255);
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(mac)) {
    throw new CommandFailure(`Invalid mac address ${mac}`, 255);
  }
  const dst = valueOf(words, 'dst');
  return {
    mac: mac.toLowerCase(),
    dev,
    ...(dst === undefined ? {} : { dst }),
    table: 'self',
    state: words.includes('static') ? 'static' : 'permanent',
  };
}

function showFdb(kernel: Kernel, options: IpOptions, words: readonly string[]): ExecResult {
  const dev = valueOf(words, 'dev');
  const bridgeName = valueOf(words, 'br');
  for (const name of [dev, bridgeName]) {
    if (name !== undefined && kernel.findLink(name) === undefined) {
      throw new CommandFailure(MESSAGES.cannotFind(name), 255);
    }
  }
  const set = kernel.fdb();
  const entries = kernel
    .links()
    .filter(({ name }) => dev === undefined || name === dev)
    .filter(
      ({ name, master }) =>
        bridgeName === undefined || name === bridgeName || master === bridgeName,
    )
    .flatMap((link) => [...set.filter((entry) => entry.dev === link.name), ...impliedFdb(link)]);
  return listing(
    entries,
    options,
    (entry) => entryJson(entry, dev !== undefined),
    (entry) => entryText(entry, dev !== undefined),
  );
}

function entryJson(entry: FdbEntry, ofOneLink: boolean): JsonValue {
  return {
    mac: entry.mac,
    ifname: ofOneLink ? undefined : entry.dev,
    dst: entry.dst,
    flags: entry.table === 'self' ? ['self'] : [],
    master: entry.master,
    state: stateText(entry),
  };
}

function entryText(entry: FdbEntry, ofOneLink: boolean): string {
  const dev = ofOneLink ? '' : `dev ${entry.dev} `;
  const dst = entry.dst === undefined ? '' : `dst ${entry.dst} `;
  const table = entry.table === 'self' ? 'self ' : `master ${entry.master ?? ''} `;
  return `${entry.mac} ${dev}${dst}${table}${stateText(entry)}\n`;
}

function stateText({ state }: FdbEntry): string {
  return state === 'learned' ? '' : state;
}
