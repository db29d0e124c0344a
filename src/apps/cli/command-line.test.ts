// SPDX-License-Identifier: Apache-2.0

// cspell:ignore chekc onyl missin

import { describe, expect, it } from 'vitest';

import { capturedIo } from '../../../testkit/captured-io.ts';
import { runCommandLine } from './command-line.ts';

describe('a wrong command line', () => {
  it.each([
    [['chekc'], "unknown command 'chekc'", 'Did you mean check?'],
    [['check', '--onyl', 'x'], "unknown option '--onyl'", 'Did you mean --only?'],
    [['check', '-o', 'xml'], "argument 'xml' is invalid", 'Allowed choices are table, wide, short'],
    [['check', '-o', 'yml'], "argument 'yml' is invalid", 'Did you mean yaml?'],
    [['check', '--fail-on', 'info'], "argument 'info' is invalid", 'critical, warning'],
    [['check', '--request-timeout', 'soon'], "argument 'soon' is invalid", 'like 30s'],
    [['check', '--concurrency', '0'], "argument '0' is invalid", 'from 1 to 256'],
    [['snapshot', '-o', 'json'], "unknown option '-o'", "Run 'selvage snapshot --help'"],
    [['snapshot', 'x.gz'], 'too many arguments', "Run 'selvage snapshot --help'"],
    [['check', '--bundle'], 'argument missing', "Run 'selvage check --help'"],
    [['check', '--wait', '0s'], "argument '0s' is invalid", 'from 1s to 576h'],
    [['check', '--wait', '60m', '--interval', '10ms'], "'10ms' is invalid", 'from 1s'],
    [['check', '--wait', '5m', '--watch'], 'cannot be used with option', '--watch'],
    [['check', '--watch', '--bundle', 'x.gz'], 'cannot be used with option', '--bundle'],
    [['check', '--interval', '5s'], 'says how often to check', 'Add --watch or --wait'],
    [['access', '--bundle', 'x', '--context', 'y'], 'cannot be used with option', '--context'],
    [['access', '--bundle', 'x', '--print-rbac'], 'cannot be used with option', '--bundle'],
    [['snapshot', '--bundle', 'x'], 'is a snapshot already', 'Copy the file'],
    [['explain', '--bundle', 'x'], "unknown option '--bundle'", "Run 'selvage explain --help'"],
    [['check', 'worker-1'], 'too many arguments', "Run 'selvage check --help'"],
    [['check', '--only', 'route-missin'], "no check 'route-missin'", 'Did you mean route-missing?'],
    [['check', '--only', 'route-missing', '--skip', 'route-missing'], 'no check to run', '--skip'],
    [['explain', 'route-missin'], "no check 'route-missin'", 'Did you mean route-missing?'],
    [
      ['explain', '../../package'],
      "no check '../../package'",
      "List the ids with 'selvage explain'",
    ],
  ])('%j ends with 2, says what is wrong and what to do', async (argv, what, whatToDo) => {
    const io = capturedIo();

    const exitCode = await runCommandLine(argv, io);

    expect(exitCode).toBe(2);
    expect(io.stderr.text()).toContain(what);
    expect(io.stderr.text()).toContain(whatToDo);
    expect(io.stdout.text()).toBe('');
  });

  it('is told in the words of kubectl when kubectl called it', async () => {
    const io = capturedIo({ program: 'kubectl selvage' });

    await runCommandLine(['check', '--nope'], io);

    expect(io.stderr.text()).toContain("Run 'kubectl selvage check --help'");
  });
});

describe('help', () => {
  it.each([
    [[]],
    [['--help']],
    [['help']],
    [['check', '--help']],
    [['help', 'check']],
    [['snapshot', '--help']],
  ])('%j goes to standard output and ends with 0', async (argv) => {
    const io = capturedIo({ program: 'kubectl selvage' });

    const exitCode = await runCommandLine(argv, io);

    expect(exitCode).toBe(0);
    expect(io.stdout.text()).toContain('Usage: kubectl selvage');
    expect(io.stderr.text()).toBe('');
  });
});

describe('version', () => {
  it('prints one line', async () => {
    const io = capturedIo();

    const exitCode = await runCommandLine(['version'], io);

    expect(exitCode).toBe(0);
    expect(io.stdout.text()).toMatch(/^selvage \d+\.\d+\.\d+\n$/u);
  });

  it('prints nothing but JSON when asked for JSON', async () => {
    const io = capturedIo();

    await runCommandLine(['version', '-o', 'json'], io);

    expect(JSON.parse(io.stdout.text())).toMatchObject({ name: 'selvage' });
  });
});

describe('explain', () => {
  it('lists every check without an id', async () => {
    const io = capturedIo();

    const exitCode = await runCommandLine(['explain'], io);

    expect(exitCode).toBe(0);
    expect(io.stdout.text()).toMatch(/^route-missing +critical +/mu);
  });

  it("prints the check's page without escape sequences into a pipe", async () => {
    const io = capturedIo();

    const exitCode = await runCommandLine(['explain', 'route-missing'], io);

    expect(exitCode).toBe(0);
    expect(io.stdout.text()).toContain('What is wrong\n');
    expect(io.stdout.text()).not.toContain('\u001B');
  });
});
