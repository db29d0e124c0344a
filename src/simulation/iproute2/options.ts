// SPDX-License-Identifier: Apache-2.0
import type { Family } from '#simulation/kernel/prefix.ts';

/** Options that stand before the object in `ip OPTIONS OBJECT …` and `bridge OPTIONS OBJECT …`. */
export interface IpOptions {
  readonly json: boolean;
  readonly details: boolean;
  readonly statistics: boolean;
  readonly oneline: boolean;
  /** Absent: both, where a command knows both. */
  readonly family?: Family;
}

/** The options, and the words after them; or the first word that is no known option. */
export type ParsedOptions =
  { readonly options: IpOptions; readonly words: readonly string[] } | { readonly unknown: string };

const SWITCHES: Readonly<Record<string, Partial<IpOptions>>> = {
  '-j': { json: true },
  '-json': { json: true },
  '-d': { details: true },
  '-details': { details: true },
  '-s': { statistics: true },
  '-stats': { statistics: true },
  '-statistics': { statistics: true },
  '-o': { oneline: true },
  '-oneline': { oneline: true },
  '-4': { family: 4 },
  '-6': { family: 6 },
};

/** Parses the options before the object. `-f inet` and `-f inet6` are understood too. */
export function parseOptions(argv: readonly string[]): ParsedOptions {
  let options: IpOptions = { json: false, details: false, statistics: false, oneline: false };
  const words = [...argv];
  for (let word = words[0]; word?.startsWith('-') === true; word = words[0]) {
    words.shift();
    const plain = word.replace(/^--/, '-');
    const change =
      plain === '-f' || plain === '-family' ? familySwitch(words.shift()) : SWITCHES[plain];
    if (change === undefined) return { unknown: word };
    options = { ...options, ...change };
  }
  return { options, words };
}

function familySwitch(name: string | undefined): Partial<IpOptions> | undefined {
  if (name === 'inet') return { family: 4 };
  return name === 'inet6' ? { family: 6 } : undefined;
}
