// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import type { HealthItem, HealthReport } from '#report/health-report.ts';
import { SourceError } from '#sources/source-error.ts';
import { type CapturedIo, capturedIo } from '../../../../testkit/captured-io.ts';
import { buildReport } from '../../../../testkit/report-builder.ts';
import { waitForHealth } from './wait-for-health.ts';

function reportOf(state: HealthItem['state'], summary = '1 pod not'): HealthReport {
  const check = buildReport();
  return {
    schemaVersion: 1,
    kind: 'HealthReport',
    routine: 'after-restart',
    tool: check.tool,
    cluster: check.cluster,
    startedAt: check.startedAt,
    finishedAt: check.finishedAt,
    since: check.startedAt,
    items: [{ id: 'pods', title: 'Pods', state, summary, lines: [] }],
    check,
  };
}

const well = reportOf('well');
const unreachable = new SourceError('unreachable', { operation: 'connect', target: 'the server' });

interface Waited {
  readonly io: CapturedIo;
  readonly outcome: unknown;
  readonly lookedAt: readonly number[];
}

/** Waits 30 s on a clock that only pauses move; the last answer is given for ever. */
async function wait(...answers: readonly (HealthReport | Error)[]): Promise<Waited> {
  const io = capturedIo();
  let nowMs = 0;
  const lookedAt: number[] = [];
  const look = (): Promise<HealthReport> => {
    const answer = answers[Math.min(lookedAt.length, answers.length - 1)] ?? well;
    lookedAt.push(nowMs / 1000);
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const pace = {
    nowMs: () => nowMs,
    sleep: (ms: number) => {
      nowMs += ms;
      return Promise.resolve();
    },
  };
  const isWell = ({ items }: HealthReport): boolean => items.every(({ state }) => state === 'well');
  const outcome = await waitForHealth({ look, isWell }, 30_000, { io, pace }).catch(
    (error: unknown) => error,
  );
  return { io, outcome, lookedAt };
}

describe('waiting after a restart', () => {
  it('ends as soon as all is well', async () => {
    const { outcome, lookedAt } = await wait(reportOf('warning'), well);

    expect(outcome).toBe(well);
    expect(lookedAt).toEqual([0, 10]);
  });

  it('looks a last time when the time is over, and returns that', async () => {
    const bad = reportOf('warning');

    const { outcome, lookedAt } = await wait(bad);

    expect(outcome).toBe(bad);
    expect(lookedAt).toEqual([0, 10, 20, 30]);
  });

  it('waits for an API server that is not back yet', async () => {
    const { outcome, io } = await wait(unreachable, well);

    expect(outcome).toBe(well);
    expect(io.stderr.text()).toContain('waiting:');
  });

  it('fails with the last error when the server never comes back', async () => {
    expect((await wait(unreachable)).outcome).toBe(unreachable);
  });

  it('does not wait for a kubeconfig that is wrong', async () => {
    const wrong = new SourceError('unknown-context', { operation: 'connect', target: 'prod' });

    const { outcome, lookedAt } = await wait(wrong);

    expect(outcome).toBe(wrong);
    expect(lookedAt).toEqual([0]);
  });

  it('says what it waits for once for as long as it is the same', async () => {
    const { io } = await wait(reportOf('warning'), reportOf('warning'), reportOf('warning', '2'));

    expect(io.stderr.text().split('\n').slice(0, -1)).toEqual([
      'waiting: Pods: 1 pod not; for 30s more',
      'waiting: Pods: 2; for 10s more',
    ]);
  });
});
