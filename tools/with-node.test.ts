// SPDX-License-Identifier: Apache-2.0

import { spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

/** An npm that notes its arguments, takes its time, and makes node_modules as `npm ci` does. */
const FAKE_NPM = `
const { appendFileSync, mkdirSync } = require('node:fs');
appendFileSync('npm.log', process.argv.slice(2).join(' ') + '\\n');
if (process.env.NPM_FAILS) {
  console.error('npm error code ENOTFOUND');
  console.error('npm error getaddrinfo ENOTFOUND registry.test');
  process.exit(1);
}
setTimeout(() => mkdirSync('node_modules/.bin', { recursive: true }), 300);
`;

interface Outcome {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

describe('with-node', () => {
  let folder = '';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'with-node-'));
    mkdirSync(join(folder, 'tools'));
    cpSync(join(import.meta.dirname, 'with-node.mjs'), join(folder, 'tools/with-node.mjs'));
    writeFileSync(join(folder, 'package-lock.json'), '{}');
    writeFileSync(join(folder, 'npm-cli.js'), FAKE_NPM);
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
    const child = spawn(process.execPath, ['tools/with-node.mjs', ...args], {
      cwd: folder,
      env: { ...process.env, npm_execpath: join(folder, 'npm-cli.js'), ...env },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => {
        resolve({ code, signal, stdout, stderr });
      });
    });
  }

  function npmCalls(): readonly string[] {
    return readFileSync(join(folder, 'npm.log'), 'utf8').trim().split('\n');
  }

  it('installs the packages once, without install scripts, and then is quiet', async () => {
    const first = await run(['node', '-p', '1 + 1']);
    const second = await run(['node', '-p', '1 + 1']);

    expect(first).toMatchObject({ code: 0, stdout: '2\n' });
    expect(first.stderr).toMatch(/^set-up: installing the packages[^\n]*\n$/);
    expect(second).toEqual({ code: 0, signal: null, stdout: '2\n', stderr: '' });
    expect(npmCalls()).toEqual([expect.stringMatching(/^ci .*--ignore-scripts/)]);
  });

  it('installs again when the lockfile changed', async () => {
    await run(['true']);
    writeFileSync(join(folder, 'package-lock.json'), '{ }');

    await run(['true']);

    expect(npmCalls()).toHaveLength(2);
  });

  it('lets a second set-up wait for the first', async () => {
    const outcomes = await Promise.all([run(['true']), run(['true']), run(['true'])]);

    expect(outcomes.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(npmCalls()).toHaveLength(1);
  });

  it('takes over the lock of a set-up that died', async () => {
    mkdirSync(join(folder, '.tools'));
    // Above the largest process id of Linux and macOS.
    writeFileSync(join(folder, '.tools/setup.lock'), '99999999');

    const { code } = await run(['true']);

    expect(code).toBe(0);
  });

  it('says what failed, why, and what to do', async () => {
    const { code, stderr } = await run(['true'], { NPM_FAILS: '1' });

    expect(code).toBe(1);
    expect(stderr).toContain('could not install the packages of package-lock.json');
    expect(stderr).toContain('ENOTFOUND registry.test');
    expect(stderr).toContain('npm config get registry');
  });

  it('gives back the exit code of the command', async () => {
    await run(['true']);

    expect(await run(['sh', '-c', 'exit 7'])).toMatchObject({ code: 7, stderr: '' });
  });

  it('dies of the signal that its command died of', async () => {
    expect(await run(['sh', '-c', 'kill -TERM $$'])).toMatchObject({ signal: 'SIGTERM' });
  });

  it('says that a command does not exist', async () => {
    const { code, stderr } = await run(['no-such-command-here']);

    expect(code).toBe(127);
    expect(stderr).toContain('could not run no-such-command-here');
  });

  it('puts the programs of node_modules first', async () => {
    await run(['true']);
    writeFileSync(join(folder, 'node_modules/.bin/sh'), '#!/bin/sh\necho ours\n');
    chmodSync(join(folder, 'node_modules/.bin/sh'), 0o755);

    expect(await run(['sh'])).toMatchObject({ code: 0, stdout: 'ours\n' });
  });
});
