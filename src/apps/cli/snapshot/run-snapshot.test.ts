// SPDX-License-Identifier: Apache-2.0

import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Snapshot } from '#model/snapshot.ts';
import { SourceError } from '#sources/source-error.ts';
import { type CapturedIo, capturedIo } from '../../../../testkit/captured-io.ts';
import { healthyCluster } from '../../../../testkit/snapshot-builder.ts';
import type { CheckServices } from '../check/run-check.ts';
import { runCommandLine } from '../command-line.ts';
import { Interruption } from '../io.ts';
import { UsageError } from '../usage-error.ts';
import { runSnapshot } from './run-snapshot.ts';

const healthy = healthyCluster().build();

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'selvage-snapshot-'));
  file = join(folder, 'x.selvage.json.gz');
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

function serve(snapshot: Snapshot): CheckServices {
  return { collect: () => Promise.resolve(snapshot) };
}

interface Run extends CapturedIo {
  readonly exitCode: number;
}

async function check(...flags: readonly string[]): Promise<Run> {
  const io = capturedIo();
  return { ...io, exitCode: await runCommandLine(['check', ...flags], io) };
}

describe('selvage snapshot', () => {
  it('writes a file that check judges, and names it on standard output', async () => {
    const io = capturedIo();

    const exitCode = await runSnapshot({ file }, io, serve(healthy));

    expect(exitCode).toBe(0);
    expect(io.stdout.text()).toBe(`${file}\n`);
    expect(io.stderr.text()).toContain('3 of 3 nodes are read as a whole');
    expect(await check('--bundle', file)).toMatchObject({ exitCode: 0 });
  });

  it('counts nodes that could not be read, and still ends with 0', async () => {
    const io = capturedIo();

    const exitCode = await runSnapshot(
      { file },
      io,
      serve(healthyCluster().withoutKernel('node3').build()),
    );

    expect(exitCode).toBe(0);
    expect(io.stderr.text()).toContain('2 of 3 nodes are read as a whole');
  });

  it('writes the bytes alone to standard output for -', async () => {
    const io = capturedIo();

    await runSnapshot({ file: '-' }, io, serve(healthy));
    await writeFile(file, io.stdout.bytes());

    expect(io.stderr.text()).toBe('');
    expect(await check('--bundle', file)).toMatchObject({ exitCode: 0 });
  });

  it('writes no bytes to a terminal', async () => {
    const io = capturedIo({ isTTY: true });

    await expect(runSnapshot({ file: '-' }, io, serve(healthy))).rejects.toThrow(UsageError);
    expect(io.stdout.text()).toBe('');
  });

  it('refuses a file that exists before it asks the cluster', async () => {
    await writeFile(file, 'mine');
    const services: CheckServices = { collect: () => Promise.reject(new Error('was asked')) };

    const run = runSnapshot({ file }, capturedIo(), services);

    await expect(run).rejects.toThrow(UsageError);
    expect(await readFile(file, 'utf8')).toBe('mine');
  });

  it('replaces it with --force', async () => {
    await writeFile(file, 'mine');

    await runSnapshot({ file, force: true }, capturedIo(), serve(healthy));

    expect(await check('--bundle', file)).toMatchObject({ exitCode: 0 });
  });

  it.each([
    ['prod', 'prod-20261124T120000Z.selvage.json.gz'],
    ['arn:aws:eks:eu/../x', 'arn-aws-eks-eu-..-x-20261124T120000Z.selvage.json.gz'],
    ['../../etc', 'etc-20261124T120000Z.selvage.json.gz'],
    ['\u001B[2J', '2J-20261124T120000Z.selvage.json.gz'],
    ['', 'cluster-20261124T120000Z.selvage.json.gz'],
  ])('names the file after the context %j and the time', async (context, name) => {
    const snapshot = healthyCluster()
      .changeCluster('identity', (identity) => ({ ...identity, context }))
      .build();
    const io = capturedIo();

    await runSnapshot({}, io, serve(snapshot)).finally(() => rm(name, { force: true }));

    expect(io.stdout.text()).toBe(`${name}\n`);
  });

  it('writes nothing when the cluster cannot be read', async () => {
    const error = new SourceError('unreachable', { operation: 'list nodes', target: 'x' });
    const services: CheckServices = { collect: () => Promise.reject(error) };

    await expect(runSnapshot({ file }, capturedIo(), services)).rejects.toBe(error);
    expect(await readdir(folder)).toEqual([]);
  });

  it('writes nothing when it is interrupted', async () => {
    const interrupt = new AbortController();
    const services: CheckServices = {
      collect: () => {
        interrupt.abort(new Interruption(130));
        return Promise.resolve(healthy);
      },
    };

    const run = runSnapshot({ file }, capturedIo({ signal: interrupt.signal }), services);

    await expect(run).rejects.toThrow(Interruption);
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('selvage check --bundle', () => {
  it('says on standard error what it judges', async () => {
    await runSnapshot({ file }, capturedIo(), serve(healthy));

    const { stdout, stderr } = await check('--bundle', file, '-o', 'json');

    expect(stderr.text()).toMatch(
      /^From the bundle \S+, read 2026-11-24T12:00:00\.000Z by selvage/u,
    );
    expect(JSON.parse(stdout.text())).toMatchObject({ pairs: { checked: 6 } });
  });

  it.each([
    ['--context', 'prod'],
    ['--kubeconfig', 'x'],
    ['--token', 'x'],
    ['--request-timeout', '5s'],
    ['--node-timeout', '5s'],
    ['--concurrency', '4'],
    ['--probe', 'all'],
  ])('goes with no %s', async (flag, value) => {
    const { exitCode, stderr } = await check('--bundle', file, flag, value);

    expect(exitCode).toBe(2);
    expect(stderr.text()).toContain(`cannot be used with option '${flag}`);
  });

  it('takes the namespace that aliases pass', async () => {
    await runSnapshot({ file }, capturedIo(), serve(healthy));

    expect(await check('--bundle', file, '-n', 'kube-flannel')).toMatchObject({ exitCode: 0 });
  });

  it('takes a node that the bundle does not know for a mistake of the command line', async () => {
    await runSnapshot({ file }, capturedIo(), serve(healthy));

    const { exitCode, stderr } = await check('--bundle', file, '--node', 'node9');

    expect(exitCode).toBe(2);
    expect(stderr.text()).toContain('has no node node9');
  });

  it.each([
    ['is not there', 'none.gz', 'cannot be read'],
    ['is none', 'text.gz', 'is no bundle'],
  ])('tells in three lines that a file %s, and ends with 3', async (_, name, what) => {
    await writeFile(join(folder, 'text.gz'), 'text');

    const { exitCode, stdout, stderr } = await check('--bundle', join(folder, name));

    expect(exitCode).toBe(3);
    expect(stdout.text()).toBe('');
    expect(stderr.text()).toMatch(/^error: read bundle: [^\n]+\n[^\n]+\n[^\n]+\n$/u);
    expect(stderr.text()).toContain(what);
  });
});
