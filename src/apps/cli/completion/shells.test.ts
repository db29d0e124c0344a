// SPDX-License-Identifier: Apache-2.0

// cspell:ignore compdef

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { completionScript, KUBECTL_COMPLETER } from './shell-scripts.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
const run = promisify(execFile);

function find(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'selvage-completion-'));
  const program = `#!/bin/sh\nexec '${process.execPath}' --disable-warning=ExperimentalWarning '${MAIN}' "$@"\n`;
  await writeFile(join(folder, 'selvage'), program, { mode: 0o755 });
  await writeFile(join(folder, 'kubectl-selvage'), program, { mode: 0o755 });
  await writeFile(join(folder, 'kubectl_complete-selvage'), KUBECTL_COMPLETER, { mode: 0o755 });
  const names = ['prod', 'arn:aws:eks:eu-west-1:1:cluster/a', 'in;side', 'b c', '$(touch x)'];
  const contexts = names.map((name) => ({ name, context: {} }));
  await writeFile(join(folder, 'kubeconfig'), JSON.stringify({ contexts }));
  await writeFile(join(folder, 'old.gz'), '');
  for (const shell of ['bash', 'zsh', 'fish'] as const) {
    await writeFile(join(folder, `completion.${shell}`), completionScript(shell));
  }
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** Runs a program in the folder, with nothing of this environment but the programs that it needs. */
async function output(program: string, ...args: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await run(program, args, {
    cwd: folder,
    env: {
      PATH: `${folder}${delimiter}/usr/bin${delimiter}/bin`,
      HOME: folder,
      KUBECONFIG: join(folder, 'kubeconfig'),
      LANG: 'C.UTF-8',
    },
    timeout: 30_000,
  });
  return stdout.split('\n').filter((line) => line !== '');
}

/** Lines, and what stands at the end of each when the key for completion is pressed, as far as readline replaces it. */
const CASES: readonly (readonly [line: string, offered: readonly string[]])[] = [
  ['selvage exp', ['explain']],
  ['selvage check --fail', ['--fail-on']],
  ['selvage check -o ju', ['junit']],
  ['selvage check --fail-on ', ['critical', 'warning']],
  ['selvage check --node a --only route-mis', ['route-missing']],
  ['selvage check --context ', ['arn:aws:eks:eu-west-1:1:cluster/a', 'prod']],
  ['selvage explain route-mis', ['route-missing']],
  ['selvage completion ', ['bash', 'fish', 'powershell', 'zsh']],
];

function skipped(name: string): string {
  return find(name) === undefined ? `: SKIPPED, no ${name} in the PATH` : '';
}

const TIMEOUT = { timeout: 60_000 };

describe.skipIf(find('bash') === undefined)(`bash${skipped('bash')}`, TIMEOUT, () => {
  /** What readline would be given for a line with the cursor at its end. */
  async function complete(line: string): Promise<readonly string[]> {
    const script = [
      'source completion.bash',
      'COMP_LINE=$1; COMP_POINT=${#1}',
      '_selvage_complete',
      'printf "%s\\n" "${COMPREPLY[@]}"',
    ].join('\n');
    const lines = await output('bash', '--norc', '-c', script, 'bash', line);
    return [...lines].sort();
  }

  it.each(CASES)('completes %s', async (line, offered) => {
    expect(await complete(line)).toEqual(offered);
  });

  it.each([
    ['selvage check --output=ju', ['junit']],
    ['selvage check --context arn:aws:e', ['eks:eu-west-1:1:cluster/a']],
  ])('gives readline only what stands behind its last break: %s', async (line, offered) => {
    expect(await complete(line)).toEqual(offered);
  });

  it('types the rest of a word and files into a real line', async () => {
    const typed = [
      'PS1=; bind "set bell-style none"; source completion.bash',
      'selvage check --cont\tpro\t --help; selvage check --bundle ol\t --help',
      'exit',
    ].join('\n');
    const child = run('script', ['-qec', 'bash --norc -i', '/dev/null'], {
      cwd: folder,
      env: {
        PATH: `${folder}${delimiter}/usr/bin${delimiter}/bin`,
        HOME: folder,
        KUBECONFIG: join(folder, 'kubeconfig'),
        TERM: 'dumb',
        LANG: 'C.UTF-8',
      },
      timeout: 30_000,
    });
    child.child.stdin?.end(`${typed}\n`);
    const { stdout } = await child;

    expect(stdout).toContain('selvage check --context prod');
    expect(stdout).toContain('--bundle old.gz');
  });
});

describe.skipIf(find('zsh') === undefined)(`zsh${skipped('zsh')}`, TIMEOUT, () => {
  /** Presses Tab in a zsh of its own and reads what _describe was given. */
  async function complete(line: string): Promise<readonly string[]> {
    const words = line.split(' ');
    const script = [
      'compdef() { : }; source completion.zsh',
      '_describe() { print -rl -- "${(@P)4}" }; _files() { print -r -- files }',
      'words=("$@"); CURRENT=$#words; PREFIX=${words[-1]}',
      '_selvage',
    ].join('\n');
    const lines = await output('zsh', '-f', '-c', script, 'zsh', ...words);
    return lines
      .map((each) =>
        each.replaceAll('\\:', '\u0000').replace(/:.*$/u, '').replaceAll('\u0000', ':'),
      )
      .sort();
  }

  it.each(CASES)('completes %s', async (line, offered) => {
    expect(await complete(line)).toEqual(offered);
  });

  it('offers files where a file is meant', async () => {
    expect(await complete('selvage check --bundle ')).toEqual(['files']);
  });
});

describe.skipIf(find('fish') === undefined)(`fish${skipped('fish')}`, TIMEOUT, () => {
  /** What fish itself offers for a line with the cursor at its end. */
  async function complete(line: string): Promise<readonly string[]> {
    const lines = await output(
      'fish',
      '--no-config',
      '-c',
      'source completion.fish; complete -C "$argv[1]"',
      line,
    );
    return lines.map((each) => each.replace(/\t.*$/u, '')).sort();
  }

  it.each(CASES)('completes %s', async (line, offered) => {
    expect(await complete(line)).toEqual(offered);
  });

  it('offers files where a file is meant', async () => {
    expect(await complete('selvage check --bundle ol')).toEqual(['old.gz']);
  });
});

describe.skipIf(find('kubectl') === undefined)(`kubectl${skipped('kubectl')}`, TIMEOUT, () => {
  it.each([
    ['check --fail', ['--fail-on\tmildest severity that makes the exit code 1', ':4']],
    ['check --fail-on c', ['critical', ':4']],
    ['check --bundle ', [':0']],
    [
      'tune f',
      ['flannel\tset requests and limits of the flannel container in its DaemonSet', ':4'],
    ],
  ])('hands on what the plugin offers for %s', async (line, offered) => {
    const words = line.split(' ');

    expect(await output('kubectl', '__complete', 'selvage', ...words)).toEqual(offered);
  });
});
