// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { runCommandLine } from '../../src/apps/cli/command-line.ts';
import { capturedIo } from '../../testkit/captured-io.ts';

const COLUMNS = 80;

/** The help of a command on a terminal of that many columns. */
async function helpOf(words: readonly string[]): Promise<readonly string[]> {
  const io = capturedIo({ isTTY: true, columns: COLUMNS });
  await runCommandLine([...words, '--help'], io);
  return io.stdout.text().split('\n');
}

/** The words of every command, those below others too; none for the program itself. */
async function commandsBelow(...words: readonly string[]): Promise<readonly string[][]> {
  const lines = await helpOf(words);
  const own = lines.slice(lines.indexOf('Commands:') + 1);
  const names = lines.includes('Commands:')
    ? own.flatMap((line) => /^ {2}([a-z][a-z-]*)(?: |$)/u.exec(line)?.[1] ?? [])
    : [];
  const below = names
    .filter((name) => name !== 'help')
    .map((name) => commandsBelow(...words, name));
  return [[...words], ...(await Promise.all(below)).flat()];
}

const COMMANDS = await commandsBelow();

describe('the help', () => {
  it('is there for every command', () => {
    expect(COMMANDS.length).toBeGreaterThan(25);
    expect(COMMANDS).toContainEqual(['tune', 'flannel']);
  });

  it.each(COMMANDS.map((words) => ['selvage', ...words].join(' ')))(
    'fits a terminal of 80 columns: %s',
    async (command) => {
      const lines = await helpOf(command.split(' ').slice(1));

      expect(lines.filter((line) => line.length > COLUMNS)).toEqual([]);
    },
  );

  it('breaks what stands behind the flags, and keeps meanings in their column', async () => {
    const text = (await helpOf(['top'])).join('\n');

    expect(text).toContain(
      'Usage comes from metrics-server; where there is none from the server of\n',
    );
    expect(text).toMatch(/\n {2}selvage top nodes {10,}use of .*\n {20,}\S/u);
    expect(text).toContain('\n  selvage top pods -n shop --watch\n');
  });
});
