// SPDX-License-Identifier: Apache-2.0
import type { Kernel } from '#simulation/kernel/kernel.ts';
import type { Link, LinkAddress } from '#simulation/kernel/link.ts';
import type { ExecResult } from '#simulation/workload-backend.ts';
import { CommandFailure, listing, MESSAGES, success } from './command-result.ts';
import type { JsonValue } from './json-text.ts';
import { linkJson, linkOfAddressJson } from './link-json.ts';
import { linkOfAddressText, linkText } from './link-text.ts';
import type { IpOptions } from './options.ts';

/** `ip link …` */
export function linkCommand(
  kernel: Kernel,
  options: IpOptions,
  words: readonly string[],
): ExecResult {
  const [verb = 'show', ...rest] = words;
  switch (verb) {
    case 'show':
    case 'list':
    case 'ls': {
      const links = selectLinks(kernel, rest);
      return listing(
        links,
        options,
        (link) => linkJson(link, kernel, options),
        (link) => linkText(link, kernel, options),
      );
    }
    case 'set':
      setLink(kernel, rest);
      return success();
    case 'del':
    case 'delete': {
      const name = rest.find((word) => word !== 'dev') ?? '';
      requireLink(kernel, name);
      kernel.deleteLink(name);
      return success();
    }
    default:
      throw new CommandFailure(MESSAGES.badCommand(verb, 'ip link help'), 255);
  }
}

/** `ip address …` */
export function addressCommand(
  kernel: Kernel,
  options: IpOptions,
  words: readonly string[],
): ExecResult {
  const [verb = 'show', ...rest] = words;
  switch (verb) {
    case 'show':
    case 'list':
    case 'ls':
      return showAddresses(kernel, options, rest);
    case 'del':
    case 'delete': {
      const [local = '', , dev = ''] = rest;
      requireLink(kernel, dev);
      kernel.deleteAddress(dev, local.split('/')[0] ?? '');
      return success();
    }
    default:
      throw new CommandFailure(MESSAGES.badCommand(verb, 'ip address help'), 255);
  }
}

/** @throws CommandFailure when there is no such link */
export function requireLink(kernel: Kernel, name: string): Link {
  const link = kernel.findLink(name);
  if (link === undefined) throw new CommandFailure(MESSAGES.cannotFind(name), 1);
  return link;
}

function selectLinks(kernel: Kernel, words: readonly string[]): Link[] {
  let links = kernel.links();
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    const value = words[index + 1] ?? '';
    if (word === 'up') links = links.filter(({ up }) => up);
    else if (word === 'type') links = links.filter(({ kind }) => kind === value);
    else if (word === 'master') links = links.filter(({ master }) => master === value);
    else links = [namedLink(kernel, word === 'dev' ? value : word)];
    if (['type', 'master', 'dev'].includes(word)) index += 1;
  }
  return links;
}

function namedLink(kernel: Kernel, name: string): Link {
  const link = kernel.findLink(name);
  if (link === undefined) throw new CommandFailure(MESSAGES.doesNotExist(name), 1);
  return link;
}

function setLink(kernel: Kernel, words: readonly string[]): void {
  const [name = '', ...changes] = words[0] === 'dev' ? words.slice(1) : words;
  requireLink(kernel, name);
  for (let index = 0; index < changes.length; index += 1) {
    const change = changes[index] ?? '';
    if (change === 'up' || change === 'down') {
      kernel.setUp(name, change === 'up');
    } else if (change === 'mtu') {
      index += 1;
      kernel.setMtu(name, Number(changes[index]));
    } else {
      const text = `Error: either "dev" is duplicate, or "${change}" is a garbage.`;
      throw new CommandFailure(text, 255);
    }
  }
}

function showAddresses(kernel: Kernel, options: IpOptions, words: readonly string[]): ExecResult {
  const everyLink = words.length === 0;
  const { family } = options;
  const ofFamily = (link: Link): LinkAddress[] =>
    link.addresses.filter((address) => family === undefined || address.family === family);
  const links = selectLinks(kernel, words).filter(
    (link) => family === undefined || ofFamily(link).length > 0,
  );
  return listing(
    links,
    options,
    (link) => ({
      ...linkOfAddressJson(link, kernel, options, everyLink),
      addr_info: ofFamily(link).map((address) => addressJson(link, address)),
    }),
    (link) =>
      linkOfAddressText(link, kernel, options, everyLink) +
      ofFamily(link)
        .map((address) => addressText(link, address))
        .join(''),
  );
}

const FOREVER = 4_294_967_295;

function addressJson(link: Link, address: LinkAddress): JsonValue {
  const { family, local, prefixLength, broadcast, scope, nodad } = address;
  return {
    family: family === 4 ? 'inet' : 'inet6',
    local,
    prefixlen: prefixLength,
    broadcast,
    scope,
    nodad: nodad === true ? true : undefined,
    label: family === 4 ? link.name : undefined,
    valid_life_time: FOREVER,
    preferred_life_time: FOREVER,
  };
}

function addressText(link: Link, address: LinkAddress): string {
  const { family, local, prefixLength, broadcast, scope, nodad } = address;
  const kind = family === 4 ? 'inet' : 'inet6';
  const brd = broadcast === undefined ? '' : `brd ${broadcast} `;
  const tail = family === 4 ? link.name : nodad === true ? 'nodad ' : '';
  const line = `    ${kind} ${local}/${String(prefixLength)} ${brd}scope ${scope} ${tail}`;
  return `${line}\n       valid_lft forever preferred_lft forever\n`;
}
