// SPDX-License-Identifier: Apache-2.0

import type { AddHelpTextContext } from 'commander';

import { hang, wrap } from '#render/terminal/wrap.ts';

import type { Io } from './io.ts';

/** Columns where nobody says how many there are. */
const WIDTH = 80;

/** A line of examples: a command line, a gap, and what it is for. */
const EXAMPLE = /^( {2}\S.*? {2,})(\S.*)$/u;

/**
 * What stands behind the flags in the help of a command, as wide as the rest of it: paragraphs, and lines with an
 * indent, of which only what stands behind a gap is broken. Commander breaks everything but this.
 *
 * @param text with `selvage` as the name of the program
 */
export function epilogue(
  text: string,
  { program }: Pick<Io, 'program'>,
): (context: AddHelpTextContext) => string {
  const said = text.replaceAll('selvage', program);
  return ({ error, command }) => {
    const output = command.configureOutput();
    const width = error ? output.getErrHelpWidth?.() : output.getOutHelpWidth?.();
    return broken(said, width ?? WIDTH);
  };
}

function broken(text: string, width: number): string {
  // A line that is neither empty nor indented goes on with the one before, if that is none of these either.
  const blocks = text.replaceAll(/(?<=^\S.*)\n(?=\S)/gmu, ' ').split('\n');
  return blocks.flatMap((block) => linesOf(block, width)).join('\n');
}

function linesOf(block: string, width: number): readonly string[] {
  const [, command, meaning] = EXAMPLE.exec(block) ?? [];
  if (command !== undefined && meaning !== undefined) return hang(command, meaning, width);
  return block.startsWith(' ') ? [block] : wrap(block, width);
}
