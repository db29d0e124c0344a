// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Measurements } from '#engine/read-measurements.ts';
import { HistoryError } from '#history/history-error.ts';
import { HistoryStore } from '#history/history-store.ts';
import { absent } from '#model/fact.ts';
import { startSimulation } from '#simulation/api/server.ts';
import { macMini } from '#simulation/cluster/presets.ts';
import { SourceError } from '#sources/source-error.ts';
import { type CapturedIo, capturedIo } from '../../../../testkit/captured-io.ts';
import { measuredPods, pictureOf } from '../../../../testkit/measured-pods.ts';
import type { Pace } from '../check/pace.ts';
import { runCommandLine } from '../command-line.ts';
import { Interruption } from '../io.ts';
import { UsageError } from '../usage-error.ts';
import { type RecordFlags, runRecord } from './run-record.ts';

const NOON = Date.parse('2026-11-24T12:00:00.000Z');
const MINUTE = 60_000;
const DOWN = new SourceError('unreachable', { operation: 'list pods', target: 's:6443' });

let state: string;
let nowMs: number;
let pauses: number[];

beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'selvage-record-'));
  nowMs = NOON;
  pauses = [];
});

afterEach(() => {
  rmSync(state, { recursive: true });
});

/** Time that passes while somebody sleeps. */
const pace: Pace = {
  nowMs: () => nowMs,
  sleep(ms, signal) {
    signal.throwIfAborted();
    pauses.push(ms / MINUTE);
    nowMs += ms;
    return Promise.resolve();
  },
};

function measured(pods = 2): Measurements {
  return {
    picture: pictureOf(nowMs, measuredPods(pods, pauses.length)),
    cluster: { uid: 'u', server: 's' },
  };
}

/** Records what `rounds` give, one after another; the last one again and again. */
async function record(
  flags: Partial<RecordFlags>,
  ...rounds: readonly (() => Measurements)[]
): Promise<CapturedIo & { readonly exitCode: number }> {
  const io = capturedIo({ env: { XDG_STATE_HOME: state } });
  let round = 0;
  const read = async (): Promise<Measurements> => {
    const give = rounds[Math.min(round, rounds.length - 1)];
    round += 1;
    await Promise.resolve();
    return give?.() ?? measured();
  };
  return { ...io, exitCode: await runRecord({ output: 'table', ...flags }, io, { read }, pace) };
}

function fails(): Measurements {
  throw DOWN;
}

function kept(): HistoryStore | undefined {
  return HistoryStore.openToRead(join(state, 'selvage/history/u.sqlite'));
}

describe('record', () => {
  it('keeps one round and says so in one line', async () => {
    const { exitCode, stdout } = await record({}, measured);

    expect(exitCode).toBe(0);
    expect(stdout.text()).toBe('2026-11-24T12:00:00.000Z 2 containers kept, from metrics-server\n');
    expect(kept()?.extent().samples).toBe(2);
  });

  it('keeps a round every so often until the time is over', async () => {
    const { exitCode, stdout } = await record({ every: 5 * MINUTE, for: 60 * MINUTE }, measured);

    expect(exitCode).toBe(0);
    expect(stdout.text().split('\n')).toHaveLength(12 + 1);
    expect(kept()?.extent().samples).toBe(2 * 12);
  });

  it('outlives rounds that fail, pauses longer each time, and goes on as before', async () => {
    const { exitCode, stderr } = await record(
      { every: MINUTE, for: 13 * MINUTE },
      measured,
      fails,
      fails,
      fails,
      measured,
    );

    expect(pauses).toEqual([1, 2, 4, 5]);
    expect(stderr.text()).toContain('Trying again in 4m.');
    expect(stderr.text()).toContain('the server cannot be reached');
    expect(exitCode).toBe(0);
  });

  it('ends with 3 when the last round failed, whatever was kept before', async () => {
    const { exitCode } = await record({ every: MINUTE, for: 2 * MINUTE }, measured, fails);

    expect(exitCode).toBe(3);
  });

  it('says why nothing was kept when nobody measures, and ends with 3', async () => {
    const { exitCode, stderr } = await record({}, () => ({
      ...measured(),
      picture: { ...measured().picture, usage: absent('failed', 'No origin has usage.') },
    }));

    expect(exitCode).toBe(3);
    expect(stderr.text()).toBe('2026-11-24T12:00:00.000Z nothing kept: No origin has usage.\n');
  });

  it('gives one line of JSON for each round', async () => {
    const { stdout } = await record({ output: 'json' }, measured);

    expect(JSON.parse(stdout.text())).toEqual({
      at: '2026-11-24T12:00:00.000Z',
      kept: 2,
      nodes: 0,
      repeated: 0,
      leftOut: {},
      origin: 'metrics-server',
      missing: [],
      file: join(state, 'selvage/history/u.sqlite'),
    });
  });

  it('ends at once for a history that no waiting mends', async () => {
    await record({}, measured);
    writeFileSync(join(state, 'selvage/history/u.sqlite'), 'x'.repeat(8192));

    await expect(record({ every: MINUTE }, measured)).rejects.toThrow(HistoryError);
  });

  it('refuses --for without --every', async () => {
    await expect(record({ for: MINUTE }, measured)).rejects.toThrow(UsageError);
  });

  it('ends by an interruption with its code', async () => {
    const interrupt = new AbortController();
    const io = capturedIo({ env: { XDG_STATE_HOME: state }, signal: interrupt.signal });
    const read = (): Promise<Measurements> => {
      interrupt.abort(new Interruption(130));
      return Promise.resolve(measured());
    };

    const recording = runRecord({ output: 'table', every: MINUTE }, io, { read }, pace);

    await expect(recording).rejects.toThrow(Interruption);
  });

  it('keeps what a simulated cluster measures, under the UID of the cluster', async () => {
    const simulation = await startSimulation(macMini());
    const kubeconfig = join(state, 'kubeconfig');
    writeFileSync(kubeconfig, simulation.kubeconfig);
    const io = capturedIo({ env: { XDG_STATE_HOME: state, KUBECONFIG: kubeconfig } });

    const exitCode = await runCommandLine(['record', '-o', 'json'], io);

    await simulation.close();
    const {
      file,
      kept: count,
      nodes,
    } = JSON.parse(io.stdout.text()) as { file: string; kept: number; nodes: number };
    const store = HistoryStore.openToRead(file);
    const samples = store?.extent().samples;
    const ofNodes = store?.nodes(0, Date.now() + MINUTE) ?? [];
    store?.close();
    expect(exitCode).toBe(0);
    expect(file).toMatch(/\/history\/[0-9a-f-]{36}\.sqlite$/u);
    expect(samples).toBe(count + nodes);
    expect(ofNodes).toHaveLength(nodes);
    expect(ofNodes[0]?.points[0]?.workingSetBytes).toBeLessThan(
      ofNodes[0]?.points[0]?.limitBytes ?? 0,
    );
    expect(count).toBeGreaterThan(0);
  });
});
