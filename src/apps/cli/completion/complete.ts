// SPDX-License-Identifier: Apache-2.0

import type { Command, Option } from 'commander';

import { readingCommands } from '../access/reading-commands.ts';
import { collectList } from '../flag-values.ts';

/** What may stand at one place of the command line. */
export interface Candidate {
  readonly value: string;
  /** A few words; empty when there is nothing to say. */
  readonly description: string;
}

/** What to offer for the last word of a command line. */
export interface Completion {
  readonly candidates: readonly Candidate[];
  /** Files may stand there, too. */
  readonly files: boolean;
}

/** Values that are not in the tree of commands, by the name of the flag or argument that takes them. */
export interface KnownValues {
  /** `command`, `flag` as in the flags' objects (`asGroup`) or the argument's name; undefined: nothing is known. */
  readonly valuesOf: (
    command: string,
    name: string,
    words: readonly string[],
  ) => Promise<readonly Candidate[] | undefined>;
}

const NOTHING: Completion = { candidates: [], files: false };

/**
 * What may stand in place of the last of `words`, from the tree of commands itself: nothing else has to be kept in
 * step with it.
 *
 * @param words the words behind the program's name; the last is the one to complete and may be empty
 */
export async function complete(
  program: Command,
  words: readonly string[],
  known: KnownValues,
): Promise<Completion> {
  const current = words.at(-1) ?? '';
  const { command, before } = commandAt(program, words.slice(0, -1));
  const place = { command, before, current, known };
  if (command.commands.length > 0) return starting(commandsOf(command, before[0]), current);
  const isPlain = before.includes('--');
  const taker = isPlain ? undefined : optionOf(command, before.at(-1) ?? '');
  if (taker?.required === true) return valuesFor(taker, place);
  return !isPlain && current.startsWith('-') ? flagOrValue(place) : argumentValues(place);
}

interface Place {
  readonly command: Command;
  readonly before: readonly string[];
  readonly current: string;
  readonly known: KnownValues;
}

/** The command that the words name, through commands of commands, and the words behind it. */
function commandAt(
  from: Command,
  words: readonly string[],
): { readonly command: Command; readonly before: readonly string[] } {
  const [name, ...rest] = words;
  const command = from.commands.find((each) => each.name() === name);
  return command === undefined ? { command: from, before: words } : commandAt(command, rest);
}

/** The commands below one, where `name`, the word behind it, is absent or asks for help. */
function commandsOf(parent: Command, name: string | undefined): readonly Candidate[] {
  if (name !== undefined && name !== 'help') return [];
  const commands = parent.commands.map((each) => ({
    value: each.name(),
    description: firstSentence(each.description()),
  }));
  const help = { value: 'help', description: 'show the help of a command' };
  return name === undefined ? [...commands, help] : commands;
}

function optionOf(command: Command, word: string): Option | undefined {
  return command.options.find(({ long, short }) => word === long || word === short);
}

async function flagOrValue(place: Place): Promise<Completion> {
  const { command, before, current } = place;
  const equals = current.indexOf('=');
  if (equals === -1) return starting(flagsOf(command, before), current);
  const flag = current.slice(0, equals);
  const option = optionOf(command, flag);
  if (option?.required !== true) return NOTHING;
  const { candidates } = await valuesFor(option, { ...place, current: current.slice(equals + 1) });
  return {
    candidates: candidates.map((each) => ({ ...each, value: `${flag}=${each.value}` })),
    files: false,
  };
}

/** Of options that take a list, and may be given again. */
const LIST_PARSERS: ReadonlySet<unknown> = new Set([collectList, readingCommands]);

function flagsOf(command: Command, before: readonly string[]): readonly Candidate[] {
  const used = new Set(before.map((word) => word.replace(/=.*$/su, '')));
  const flags = command.options
    .filter(({ hidden, long, short, parseArg }) => {
      const isUsed = used.has(long ?? '') || used.has(short ?? '');
      return !hidden && (!isUsed || LIST_PARSERS.has(parseArg));
    })
    .flatMap(({ long, description }) =>
      long === undefined ? [] : [{ value: long, description: firstSentence(description) }],
    );
  return [...flags, { value: '--help', description: 'show this help' }];
}

async function valuesFor(option: Option, place: Place): Promise<Completion> {
  const { command, before, current, known } = place;
  const name = option.attributeName();
  if (option.flags.endsWith('<file>')) return { candidates: [], files: true };
  const values =
    option.argChoices?.map(plainCandidate) ?? (await known.valuesOf(command.name(), name, before));
  if (values === undefined) return NOTHING;
  return LIST_PARSERS.has(option.parseArg) ? listed(values, current) : starting(values, current);
}

/** The last item of a comma-separated list; items that are in it already are not offered again. */
function listed(values: readonly Candidate[], current: string): Completion {
  const at = current.lastIndexOf(',') + 1;
  const head = current.slice(0, at);
  const named = new Set(head.split(','));
  const left = values.filter(({ value }) => !named.has(value));
  return starting(
    left.map((each) => ({ ...each, value: `${head}${each.value}` })),
    current,
  );
}

async function argumentValues({ command, before, current, known }: Place): Promise<Completion> {
  const given = before.filter((word, index) => {
    const takesIt = optionOf(command, before[index - 1] ?? '')?.required === true;
    return !takesIt && (word === '-' || !word.startsWith('-'));
  });
  const argument = command.registeredArguments[given.length];
  if (argument === undefined) return NOTHING;
  const values =
    argument.argChoices?.map(plainCandidate) ??
    (await known.valuesOf(command.name(), argument.name(), before));
  return values === undefined ? NOTHING : starting(values, current);
}

function plainCandidate(value: string): Candidate {
  return { value, description: '' };
}

function starting(candidates: readonly Candidate[], current: string): Completion {
  return { candidates: candidates.filter(({ value }) => value.startsWith(current)), files: false };
}

function firstSentence(text: string): string {
  return (text.split('\n')[0] ?? '').replace(/;.*$/u, '');
}
