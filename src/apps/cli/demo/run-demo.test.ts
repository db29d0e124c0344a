// SPDX-License-Identifier: Apache-2.0

import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';

import { FAULT_NAMES } from '#simulation/cluster/faults.ts';
import { capturedIo } from '../../../../testkit/captured-io.ts';
import { runCommandLine } from '../command-line.ts';
import { UsageError } from '../usage-error.ts';
import { runDemo } from './run-demo.ts';

function demoFolders(): readonly string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith('selvage-demo-'));
}

describe('the demo', () => {
  it.each([
    [{}, 'On your own cluster: selvage check'],
    [{ npm_lifecycle_event: 'demo' }, 'On your own cluster: npm start -- check'],
  ])('ends with the command as the person calls it: %j', async (env, hint) => {
    const io = capturedIo({ env });

    await runDemo({ color: false }, io);

    expect(io.stdout.text()).toContain(hint);
  });

  it('shows a healthy cluster, the incident with what kubectl says of it, and the recovery', async () => {
    const io = capturedIo();

    const exitCode = await runDemo({ color: true }, io);

    const [healthy = '', incident = '', found = '', fix = '', mended = '', audit = ''] = io.stdout
      .text()
      .split(/^\d\. .*[.?]$/mu)
      .slice(1);
    expect(exitCode).toBe(0);
    expect(healthy).toContain('✓ 6 of 6 node pairs');
    expect(incident).toMatch(/mac-mini-2 +Ready/u);
    expect(incident).toMatch(/kube-flannel-\S+ +1\/1 +Running/u);
    expect(incident).not.toMatch(/NotReady|CrashLoop|Error/u);
    expect(found).toContain('cannot reach pods on mac-mini-1 and mac-mini-3');
    expect(fix).toMatch(
      /\$ selvage fix --yes[^]*add route 10\.244\.3\.0\/24[^]*No finding is left/u,
    );
    expect(mended).toContain('✓ 6 of 6 node pairs');
    expect(audit).toMatch(/add route 10\.244\.5\.0\/24.*: applied/u);
  });

  it('leaves no file behind', async () => {
    const before = demoFolders();

    await runDemo({ color: true }, capturedIo());

    expect(demoFolders()).toEqual(before);
  });

  it('asks where a person can answer, and leaves it alone when they do not agree', async () => {
    const io = capturedIo();
    const asked: string[] = [];

    const exitCode = await runDemo(
      { color: true },
      {
        ...io,
        ask: (question) => {
          asked.push(question);
          return Promise.resolve('no');
        },
      },
    );

    expect(exitCode).toBe(0);
    expect(asked).toHaveLength(1);
    expect(io.stdout.text()).toContain('Nothing was changed.');
    expect(io.stdout.text()).toContain('No change is recorded');
  });

  it("writes nothing into the person's own record of changes", async () => {
    const own = await mkdtemp(join(tmpdir(), 'selvage-own-'));

    await runDemo({ color: true }, capturedIo({ env: { HOME: own, XDG_STATE_HOME: own } }));

    expect(readdirSync(own)).toEqual([]);
    await rm(own, { recursive: true });
  });

  it('lists every fault that the simulated cluster knows', async () => {
    const io = capturedIo();

    await runDemo({ color: true, list: true }, io);

    const names = io.stdout
      .text()
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[0]);
    expect(names).toEqual(FAULT_NAMES);
  });

  it.each(['udp-block', 'duplicate-podcidr', 'node-crash'])(
    'shows %s to its end',
    async (fault) => {
      const io = capturedIo();

      const exitCode = await runDemo({ color: true, fault }, io);

      expect(exitCode).toBe(0);
      expect(io.stdout.text()).toContain('Not treated by this plan');
      expect(io.stdout.text()).toMatch(/^6\. /mu);
    },
  );

  it('refuses a fault that is not known', async () => {
    await expect(runDemo({ color: true, fault: 'rain' }, capturedIo())).rejects.toThrow(UsageError);
  });

  it('serves the broken cluster until it is interrupted, and leaves nothing behind', async () => {
    const interrupt = new AbortController();
    const io = capturedIo({ signal: interrupt.signal });
    const before = demoFolders();

    const running = runDemo({ color: true, fault: 'routes-flush', interactive: true }, io);
    await vi.waitFor(() => expect(io.stdout.text()).toContain('Ctrl-C here ends it.'), 10_000);
    const [, kubeconfig = ''] = /KUBECONFIG=(\S+)/u.exec(io.stdout.text()) ?? [];
    const [, state = ''] = /XDG_STATE_HOME=(\S+)/u.exec(io.stdout.text()) ?? [];
    const other = capturedIo({ env: { KUBECONFIG: kubeconfig, XDG_STATE_HOME: state } });
    const found = await runCommandLine(['check'], other);
    interrupt.abort();

    expect(found).toBe(1);
    expect(other.stdout.text()).toContain('2 of 6 node pairs are broken');
    expect(await running).toBe(0);
    expect(demoFolders()).toEqual(before);
  });
});
