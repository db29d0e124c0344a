// SPDX-License-Identifier: Apache-2.0

// cspell:ignore chekc

import { describe, expect, it } from 'vitest';

import { READING_COMMANDS } from '#engine/reading-commands.ts';
import { CHECKS } from '#engine/registry.generated.ts';
import { capturedIo } from '../../../../testkit/captured-io.ts';
import { OUTPUT_FORMATS } from '../check/output-formats.ts';
import { runCommandLine } from '../command-line.ts';

/** What is offered for the last of the words, without descriptions, and the number of the last line. */
async function complete(...words: readonly string[]): Promise<readonly string[]> {
  const io = capturedIo({ env: { HOME: '/nonexistent' } });
  await runCommandLine(['__complete', ...words], io);
  return io.stdout
    .text()
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/\t.*$/u, ''));
}

describe('a completion', () => {
  it('offers every command of the help', async () => {
    const io = capturedIo();
    await runCommandLine(['--help'], io);

    const commands = [...io.stdout.text().matchAll(/^ {2}([a-z]+)(?: |$)/gmu)].map(
      ([, name]) => name,
    );
    expect([...(await complete(''))].sort()).toEqual([...commands, ':4'].sort());
  });

  it.each([
    'check',
    'fix',
    'undo',
    'audit',
    'restart',
    'tune flannel',
    'install metrics-server',
    'snapshot',
    'access',
    'explain',
    'demo',
    'version',
    'completion',
  ])('offers every flag of the help of %s', async (line) => {
    const command = line.split(' ');
    const io = capturedIo();
    await runCommandLine([...command, '--help'], io);

    const flags = [...io.stdout.text().matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gmu)].map(([, f]) => f);
    expect(flags).toContain('--help');
    expect([...(await complete(...command, '-'))].sort()).toEqual([...new Set(flags), ':4'].sort());
  });

  it.each(['tune', 'install', 'help'])('offers the commands below %s', async (parent) => {
    const io = capturedIo();
    await runCommandLine(parent === 'help' ? ['--help'] : [parent, '--help'], io);

    const commands = [...io.stdout.text().matchAll(/^ {2}([a-z-]+) (?=.* {2})/gmu)].map(
      ([, name]) => name,
    );
    const offered = commands.filter((name) => parent !== 'help' || name !== 'help');
    expect(offered.length).toBeGreaterThan(1);
    expect([...(await complete(parent, ''))].sort()).toEqual([...offered, ':4'].sort());
  });

  it('offers the forms of output, and the choices of other commands', async () => {
    expect(await complete('check', '-o', '')).toEqual([...OUTPUT_FORMATS, ':4']);
    expect(await complete('version', '--output', '')).toEqual(['table', 'json', ':4']);
  });

  it.each([
    ['check', '--only'],
    ['check', '--skip'],
    ['explain', ''],
  ])('offers the ids of all checks for %s %s', async (...words) => {
    const offered = await complete(...words.filter((word) => word !== ''), '');

    expect(offered).toEqual([...CHECKS.map(({ id }) => id), ':4']);
  });

  it('offers the commands that roles can be printed for, in a list too', async () => {
    expect(await complete('access', '--for', '')).toEqual([...READING_COMMANDS, ':4']);
    expect(await complete('access', '--for', 'check,li')).toEqual(['check,limits', ':4']);
    expect(await complete('access', '--for', 'check', '--fo')).toContain('--for');
  });

  it('goes on in a list and leaves out what is in it', async () => {
    const offered = await complete('check', '--only', 'route-missing,link-down,route-');

    expect(offered).toContain('route-missing,link-down,route-wrong');
    expect(offered).not.toContain('route-missing,link-down,route-missing');
  });

  it('offers remedies where they may be named, and there only', async () => {
    const forFix = await complete('fix', '--only', 're');
    const forCheck = await complete('check', '--only', 're');

    expect(forFix).toEqual(
      expect.arrayContaining(['restart-coredns', 'reverse-path-filter-strict']),
    );
    expect(forCheck).not.toContain('restart-coredns');
  });

  it('offers a flag once, unless it may be repeated', async () => {
    const offered = await complete('check', '--fail-on', 'critical', '--only', 'a', '-');

    expect(offered).not.toContain('--fail-on');
    expect(offered).toContain('--only');
  });

  it.each([
    ['a file', ['check', '--kubeconfig', ''], [':0']],
    ['the file of a plan', ['fix', '--plan', ''], [':0']],
    ['the id of a change', ['undo', ''], [':4']],
    [
      'a choice of a command below another',
      ['tune', 'flannel', '--profile', 'r'],
      ['runbook', 'recommended', ':4'],
    ],
    ['a word that is no command below another', ['tune', 'coredns', '-'], [':4']],
    ['a number', ['check', '--concurrency', ''], [':4']],
    ['a second argument', ['explain', 'route-missing', ''], [':4']],
    ['a command that does not exist', ['chekc', '--'], [':4']],
    ['contexts without a kubeconfig', ['check', '--context', ''], [':4']],
    ['flags behind two hyphens', ['explain', '--', '-'], [':4']],
    ['a space for an empty word', ['version', '-o', ' '], ['table', 'json', ':4']],
  ])('knows what to offer for %s', async (_, words, offered) => {
    expect(await complete(...words)).toEqual(offered);
  });
});
