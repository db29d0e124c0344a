// SPDX-License-Identifier: Apache-2.0

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { FaultRule } from '#simulation/api/faults.ts';
import { type Simulation, startSimulation } from '#simulation/api/server.ts';
import type { ClusterOptions } from '#simulation/cluster/cluster-options.ts';
import { cluster } from '#simulation/cluster/presets.ts';
import { runCommandLine } from '../../src/apps/cli/command-line.ts';
import { capturedIo } from '../../testkit/captured-io.ts';

let folder: string;
let simulation: Simulation | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'selvage-bad-input-'));
});

afterEach(async () => {
  await simulation?.close();
  simulation = undefined;
  await rm(folder, { recursive: true });
});

interface Run {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `selvage check` against a cluster of three nodes whose API server misbehaves. */
async function check(
  faults: readonly FaultRule[],
  options: ClusterOptions = {},
  ...flags: readonly string[]
): Promise<Run> {
  simulation = await startSimulation(cluster(options), { faults });
  const file = join(folder, 'kubeconfig');
  await writeFile(file, simulation.kubeconfig);
  const io = capturedIo({ env: { KUBECONFIG: file, HOME: folder } });
  const exitCode = await runCommandLine(['check', ...flags], io);
  return { exitCode, stdout: io.stdout.text(), stderr: io.stderr.text() };
}

const NODES = { verb: 'list', resource: 'nodes' };
const EXEC = { subresource: 'exec' };
const EXEC_NODE2 = { ...EXEC, node: 'node2' };
const TEN_MEGABYTES = 'x'.repeat(10 * 1024 * 1024);

describe('an API server that gives no list of nodes', () => {
  it.each<readonly [string, FaultRule['fault'], RegExp, readonly string[]]>([
    [
      'because it says nothing',
      { kind: 'silent' },
      /did not answer|no answer|timed out/iu,
      ['--request-timeout', '300ms'],
    ],
    [
      'because the connection breaks',
      { kind: 'cut', afterBytes: 200 },
      /cut off|ended|broke/iu,
      [],
    ],
    ['because half of it comes', { kind: 'half-json' }, /cut off|JSON|ended/iu, []],
    ['because it is gone again and again', { kind: 'expired' }, /no longer holds the state/u, []],
    [
      'because it always asks to wait',
      { kind: 'too-many-requests', retryAfterSeconds: 1 },
      /turns requests away \(HTTP status 429\)/u,
      [],
    ],
  ])('%s is told why, with exit code 3', async (_, fault, what, flags) => {
    const run = await check([{ fault, on: NODES }], {}, ...flags);

    expect(run.exitCode).toBe(3);
    expect(run.stdout + run.stderr).toMatch(what);
    expect(run.stdout).not.toMatch(/^✓/u);
  });
});

describe('an API server that asks to wait once', () => {
  it('is waited for, and the cluster judged', async () => {
    const fault = { kind: 'too-many-requests', retryAfterSeconds: 1 } as const;

    const run = await check([{ fault, on: NODES, times: 1 }]);

    expect(run.exitCode).toBe(0);
    expect(run.stdout).toMatch(/^✓ 6 of 6/u);
  });
});

describe('a list of several pages that the server forgets half-way', () => {
  it('is read anew, once', async () => {
    const forgets: FaultRule = { fault: { kind: 'expired' }, on: NODES, skip: 1, times: 1 };
    const noExec: FaultRule = { fault: { kind: 'upgrade-refused', code: 400 }, on: EXEC };

    const run = await check([forgets, noExec], { nodes: 501 }, '--node', 'node501');

    expect(run.stdout).toContain('501 nodes');
    expect(run.stdout).not.toContain('no longer holds the state');
    expect(simulation?.calls.count('list', 'nodes')).toBe(4);
  });
});

describe('a proxy that breaks WebSockets', () => {
  it('leaves every pair unknown, with the reason and what to do', async () => {
    const run = await check([{ fault: { kind: 'upgrade-refused', code: 400 }, on: EXEC }]);

    expect(run.exitCode).toBe(3);
    expect(run.stdout).toMatch(/^\? None of 6 node pairs could be checked\.\n/u);
    expect(run.stdout).toMatch(/WebSocket/u);
  });
});

describe('one node that answers badly', () => {
  it.each<readonly [string, FaultRule['fault']]>([
    ['with an output that is cut off', { kind: 'output-cut', afterBytes: 700 }],
    ['with a connection that breaks', { kind: 'cut', afterBytes: 700 }],
    ['with something else', { kind: 'garbage', stdout: 'Segmentation fault\n' }],
    ['with 10 MB', { kind: 'garbage', stdout: TEN_MEGABYTES }],
    ['with 10 MB of lines', { kind: 'garbage', stdout: 'x\n'.repeat(5 * 1024 * 1024) }],
  ])('%s is unknown, and no other is', async (_, fault) => {
    const run = await check([{ fault, on: EXEC_NODE2 }], {}, '-o', 'json');

    const report = JSON.parse(run.stdout) as {
      readonly pairs: unknown;
      readonly findings: readonly unknown[];
      readonly verdicts: readonly { readonly subject: string; readonly verdict: string }[];
    };
    const unknown = report.verdicts.filter(({ verdict }) => verdict === 'unknown');
    expect(run.exitCode).toBe(3);
    expect(report.findings).toEqual([]);
    expect(report.pairs).toEqual({ checked: 4, broken: 0, unknown: 2 });
    expect(new Set(unknown.map(({ subject }) => subject))).toEqual(new Set(['node/node2']));
  });
});

describe('a clock that differs', () => {
  it.each([-3_600_000, 3_600_000])('by %i ms makes no finding', async (skewMs) => {
    const run = await check([], { now: () => new Date(Date.now() + skewMs) });

    expect(run.exitCode).toBe(0);
    expect(run.stdout).toMatch(/^✓ 6 of 6/u);
  });
});
