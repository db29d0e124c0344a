// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import type { Snapshot } from '#model/snapshot.ts';
import { SourceError } from '#sources/source-error.ts';
import { type CapturedIo, capturedIo } from '../../../../testkit/captured-io.ts';
import { healthyCluster } from '../../../../testkit/snapshot-builder.ts';
import type { CheckFlags } from './check-flags.ts';
import type { Pace } from './pace.ts';
import { runCheck } from './run-check.ts';

const healthy = healthyCluster().build();
const broken = healthyCluster()
  .changeKernel('node2', 'routes', (routes) => routes.filter(({ link }) => link !== 'flannel.1'))
  .build();
const halfRead = healthyCluster().withoutKernel('node3').build();
const unreachable = new SourceError('unreachable', { operation: 'connect', target: 'the server' });

type Answer = Snapshot | Error;

interface Waited {
  readonly io: CapturedIo;
  readonly outcome: unknown;
  /** Times at which the cluster was read, seconds. */
  readonly readAt: readonly number[];
}

/** Waits on a clock that only pauses move; the last answer is given for ever. */
async function wait(
  answers: readonly [Answer, ...Answer[]],
  flags: Partial<CheckFlags> = {},
  isTTY = false,
): Promise<Waited> {
  const io = capturedIo({ isTTY });
  let nowMs = 0;
  const pace: Pace = {
    nowMs: () => nowMs,
    sleep: (ms) => {
      nowMs += ms;
      return Promise.resolve();
    },
  };
  const left: Answer[] = [...answers];
  const readAt: number[] = [];
  const collect = (): Promise<Snapshot> => {
    readAt.push(nowMs / 1000);
    const answer = (left.length > 1 ? left.shift() : left[0]) ?? healthy;
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const all: CheckFlags = {
    output: 'table',
    failOn: 'warning',
    color: true,
    wait: 30_000,
    ...flags,
  };
  const outcome = await runCheck(all, io, { collect }, pace).catch((thrown: unknown) => thrown);
  return { io, outcome, readAt };
}

describe('waiting', () => {
  it('ends at once when all is well', async () => {
    const { io, outcome, readAt } = await wait([healthy]);

    expect(outcome).toBe(0);
    expect(readAt).toEqual([0]);
    expect(io.stderr.text()).toBe('');
  });

  it('ends when all has become well, and writes the last report alone', async () => {
    const { io, outcome, readAt } = await wait([broken, halfRead, healthy]);

    expect(outcome).toBe(0);
    expect(readAt).toEqual([0, 10, 20]);
    expect(io.stdout.text()).toMatch(/^✓ 6 of 6/u);
    expect(io.stdout.text()).not.toContain('broken');
  });

  it('checks a last time when the time is over, and ends with the code of that report', async () => {
    const { io, outcome, readAt } = await wait([broken], { wait: 25_000 });

    expect(outcome).toBe(1);
    expect(readAt).toEqual([0, 10, 20, 25]);
    expect(io.stdout.text()).toContain('2 of 6 node pairs are broken');
  });

  it.each([
    ['for what is unknown', {}, 3],
    ['not for what is unknown with --allow-unknown', { allowUnknown: true }, 0],
  ] as const)('is %s', async (_, flags, expected) => {
    const { outcome } = await wait([halfRead], flags);

    expect(outcome).toBe(expected);
  });

  it('pauses as long as it was told', async () => {
    const { readAt } = await wait([broken, broken, healthy], { interval: 2000 });

    expect(readAt).toEqual([0, 2, 4]);
  });

  it('outlives a server that cannot be reached', async () => {
    const { outcome } = await wait([unreachable, broken, unreachable, healthy]);

    expect(outcome).toBe(0);
  });

  it('ends with the error when the last round gave no report', async () => {
    const { outcome, io } = await wait([broken, unreachable]);

    expect(outcome).toBe(unreachable);
    expect(io.stdout.text()).toBe('');
  });

  it('does not wait for a context to come into being', async () => {
    const { readAt } = await wait([
      new SourceError('unknown-context', { operation: 'connect', target: 'context x' }),
    ]);

    expect(readAt).toEqual([0]);
  });

  it('says in a line for each change what it waits for, and how often it looks', async () => {
    const { io } = await wait([broken, broken, halfRead, healthy]);

    const lines = io.stderr.text().trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toBe('waiting: 2 findings; checking every 10s, for 30s more');
    expect(lines[1]).toMatch(/^waiting: \d+ unknown verdicts; checking every 10s, for 10s more$/u);
  });

  it('names no finding that --fail-on lets pass', async () => {
    const pressed = healthyCluster()
      .withoutKernel('node3')
      .changeCluster('nodes', (nodes) =>
        nodes.map((node) => ({
          ...node,
          conditions: [...node.conditions, { type: 'DiskPressure', status: 'True' }],
        })),
      )
      .build();

    const waits = [
      await wait([pressed, healthy], { failOn: 'warning' }),
      await wait([pressed, healthy], { failOn: 'critical' }),
    ];

    expect(waits[0]?.io.stderr.text()).toMatch(/^waiting: 3 findings and \d+ unknown verdicts;/u);
    expect(waits[1]?.io.stderr.text()).toMatch(/^waiting: \d+ unknown verdicts;/u);
  });

  it('says it on a terminal in one line that goes away', async () => {
    const { io } = await wait([broken, healthy], {}, true);

    expect(io.stderr.text()).toContain('waiting: 2 findings; checking every 10s');
    expect(io.stderr.text()).toMatch(/\r\u001B\[2K$/u);
    expect(io.stderr.text()).not.toContain('\n');
  });

  it('refuses an interval for a single check', async () => {
    const io = capturedIo();
    const flags: CheckFlags = { output: 'table', failOn: 'warning', color: true, interval: 1000 };

    const checking = runCheck(flags, io, { collect: () => Promise.resolve(healthy) });

    await expect(checking).rejects.toThrow(/--interval says how often/u);
  });
});
