// SPDX-License-Identifier: Apache-2.0

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';

import { startSimulation } from '#simulation/api/server.ts';
import { macMini } from '#simulation/cluster/presets.ts';
import type { Report } from '#report/report.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const servers: Server[] = [];

/** Starts the entry file as a process of its own, without the environment of this one. */
function start(...args: readonly string[]): ChildProcessWithoutNullStreams {
  const nodeFlags = ['--disable-warning=ExperimentalWarning'];
  return spawn(process.execPath, [...nodeFlags, MAIN, ...args], {
    env: { LANG: 'C.UTF-8', HOME: '/nonexistent', SELVAGE_NO_HISTORY: '1' },
  });
}

async function exitOf(child: ChildProcessWithoutNullStreams): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode;
  const [code] = (await once(child, 'close')) as [number | null];
  return code;
}

/** A server that takes requests and never answers; resolves its address, and the first request. */
async function silentServer(): Promise<{ readonly url: string; readonly asked: Promise<unknown> }> {
  const server = createServer();
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${String(port)}`, asked: once(server, 'request') };
}

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

describe('the process', () => {
  it('ends with the exit code of the command line', async () => {
    const child = start('check', '--nope');

    const [exitCode, stderr] = await Promise.all([exitOf(child), text(child.stderr)]);

    expect(exitCode).toBe(2);
    expect(stderr).toContain("unknown option '--nope'");
  });

  it('ends quietly when its reader stops reading', async () => {
    const child = start('demo');
    const stderr = text(child.stderr);
    await once(child.stdout, 'data');
    child.stdout.destroy();

    expect(await exitOf(child)).toBe(0);
    expect(await stderr).toBe('');
  });

  it('ends with 130 at once when it is interrupted while a server does not answer', async () => {
    const { url, asked } = await silentServer();
    const child = start('check', '--server', url);
    const output = Promise.all([text(child.stdout), text(child.stderr)]);
    await asked;
    const interruptedAtMs = performance.now();
    child.kill('SIGINT');

    const exitCode = await exitOf(child);

    expect(exitCode).toBe(130);
    expect(performance.now() - interruptedAtMs).toBeLessThan(2000);
    expect(await output).toEqual(['', '']);
  });
});

describe('a watch of a cluster', () => {
  it('outlives its API server and ends with 130', { timeout: 30_000 }, async () => {
    const cluster = macMini();
    const simulation = await startSimulation(cluster);
    const folder = await mkdtemp(join(tmpdir(), 'selvage-watch-'));
    const kubeconfig = join(folder, 'kubeconfig');
    await writeFile(kubeconfig, simulation.kubeconfig);
    const child = start(
      ...['check', '--watch', '--interval', '1s', '-o', 'json', '--kubeconfig', kubeconfig],
    );
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const next = async (): Promise<Report> =>
      JSON.parse((await lines.next()).value ?? '') as Report;

    const first = await next();
    cluster.fault('routes-flush', 'mac-mini-2');
    const second = await next();
    await simulation.close();
    const [failure] = (await once(child.stderr, 'data')) as [Buffer];
    child.kill('SIGINT');

    expect([first.pairs.broken, second.pairs.broken]).toEqual([0, 2]);
    expect(String(failure)).toContain('the server cannot be reached');
    expect(await exitOf(child)).toBe(130);
    await rm(folder, { recursive: true });
  });
});
