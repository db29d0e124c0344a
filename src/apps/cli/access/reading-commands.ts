// SPDX-License-Identifier: Apache-2.0

import { InvalidArgumentError } from 'commander';

import { READING_COMMANDS, type ReadingCommand } from '#engine/reading-commands.ts';

import { collectList } from '../flag-values.ts';

/** Reads names of commands, comma-separated, the flag more than once or not. @throws InvalidArgumentError for others */
export function readingCommands(
  value: string,
  previous: readonly ReadingCommand[] = [],
): readonly ReadingCommand[] {
  const named = collectList(value).map((name) => {
    const known = READING_COMMANDS.find((each) => each === name);
    if (known !== undefined) return known;
    throw new InvalidArgumentError(`'${name}' is none of ${READING_COMMANDS.join(', ')}.`);
  });
  if (named.length > 0) return [...previous, ...named];
  throw new InvalidArgumentError('It names no command.');
}
