// SPDX-License-Identifier: Apache-2.0

import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';

import type { Snapshot } from '#model/snapshot.ts';
import type { Report } from '#report/report.ts';
import { SourceError } from '#sources/source-error.ts';
import { type CapturedIo, capturedIo } from '../../../../testkit/captured-io.ts';
import { healthyCluster } from '../../../../testkit/snapshot-builder.ts';
import { Interruption } from '../io.ts';
import type { CheckFlags } from './check-flags.ts';
import type { Pace } from './pace.ts';
import { runCheck } from './run-check.ts';

const healthy = healthyCluster().build();
const broken = healthyCluster()
  .changeKernel('node2', 'routes', (routes) => routes.filter(({ link }) => link !== 'flannel.1'))
  .build();
const unreachable = new SourceError('unreachable', { operation: 'connect', target: 'the server' });
const throttled = new SourceError('throttled', { operation: 'list nodes', target: 'the server' });

type Answer = Snapshot | Error;

interface Watched {
  readonly io: CapturedIo;
  /** How it ended. */
  readonly error: unknown;
  /** Pauses between the rounds, milliseconds. */
  readonly pauses: readonly number[];
}

/** Watches for as many rounds as there are answers; then Ctrl-C is pressed during the pause. */
async function watch(
  answers: readonly Answer[],
  flags: Partial<CheckFlags> = {},
): Promise<Watched> {
  const interrupt = new AbortController();
  const io = capturedIo({ signal: interrupt.signal });
  const pauses: number[] = [];
  const left = [...answers];
  const pace: Pace = {
    nowMs: () => 0,
    sleep: (ms, signal) => {
      pauses.push(ms);
      if (left.length === 0) interrupt.abort(new Interruption(130));
      signal.throwIfAborted();
      return Promise.resolve();
    },
  };
  const collect = (): Promise<Snapshot> => {
    const answer = left.shift() ?? unreachable;
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const all: CheckFlags = {
    output: 'table',
    failOn: 'warning',
    color: true,
    watch: true,
    ...flags,
  };
  const error = await runCheck(all, io, { collect }, pace).catch((thrown: unknown) => thrown);
  return { io, error, pauses };
}

describe('a watch', () => {
  it('ends by interruption only, and pauses between rounds as it was told', async () => {
    const { error, pauses } = await watch([healthy, broken], { interval: 5000 });

    expect(error).toBeInstanceOf(Interruption);
    expect(pauses).toEqual([5000, 5000]);
  });

  it('pauses 30 seconds when nobody says how long', async () => {
    const { pauses } = await watch([healthy]);

    expect(pauses).toEqual([30_000]);
  });

  it('prints the report once as long as the judgement stays', async () => {
    const { io } = await watch([broken, broken, broken]);

    expect(io.stdout.text().match(/node pairs are broken/gu)).toHaveLength(1);
    expect(io.stdout.text()).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\n✗ /u);
  });

  it('says what appeared and vanished above the next report', async () => {
    const { io } = await watch([healthy, broken, healthy]);

    const text = io.stdout.text();
    expect(text).toMatch(
      /UTC: 2 appeared, 0 vanished\n\+ critical route-missing node\/node2->node1 route [^\n]+\n\+ /u,
    );
    expect(text).toMatch(/UTC: 0 appeared, 2 vanished\n- critical route-missing node\/node2->/u);
    expect(text.match(/✓ 6 of 6 node pairs hold/gu)).toHaveLength(2);
  });

  it('sees that something became unknown, and that the nodes are others', async () => {
    const half = healthyCluster().withoutKernel('node3').build();
    const more = healthyCluster({ nodes: 4 }).build();
    const { io } = await watch([healthy, half, more]);

    expect(io.stdout.text()).toMatch(
      /UTC: 1 appeared, 0 vanished\n\+ unknown node\/node3: \d+ checks\n/u,
    );
    expect(io.stdout.text()).toMatch(/\n\+ node\/node4\n/u);
  });

  it('sees that a node took the place of another', async () => {
    const replaced = healthyCluster()
      .changeCluster('nodes', (nodes) =>
        nodes.map((node) => (node.name === 'node3' ? { ...node, name: 'node9' } : node)),
      )
      .build();
    const { io } = await watch([healthy, replaced]);

    expect(io.stdout.text()).toMatch(/\n\+ node\/node9\n/u);
    expect(io.stdout.text()).toMatch(/\n- node\/node3\n/u);
  });

  it('tells ten changes and how many more there are, without what a terminal would obey', async () => {
    const many = healthyCluster({ nodes: 20 })
      .changeCluster('nodes', (nodes) =>
        nodes.map((node) => (node.name === 'node4' ? { ...node, name: 'a\u001B[2Jb' } : node)),
      )
      .build();
    const { io } = await watch([healthy, many]);

    const text = io.stdout.text();
    expect(text.match(/^\+ (?!\.)/gmu)).toHaveLength(10);
    expect(text).toMatch(/^\+ \.\.\. and \d+ more$/mu);
    expect(text).toMatch(/^\+ node\/a.*b$/mu);
    expect(text).not.toContain('\u001B');
  });

  it('says nothing of a reading that the interruption cut short', async () => {
    const interrupt = new AbortController();
    const io = capturedIo({ signal: interrupt.signal });
    const flags: CheckFlags = { output: 'table', failOn: 'warning', color: true, watch: true };
    const collect = (): Promise<Snapshot> => {
      interrupt.abort(new Interruption(130));
      return Promise.reject(unreachable);
    };

    await expect(runCheck(flags, io, { collect })).rejects.toBeInstanceOf(Interruption);
    expect(io.stderr.text()).toBe('');
  });

  it('writes one JSON document per line for -o json, and nothing else', async () => {
    const { io } = await watch([healthy, healthy, broken], { output: 'json' });

    const documents = io.stdout
      .text()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Report);
    expect(documents.map(({ pairs }) => pairs.broken)).toEqual([0, 2]);
  });

  it('marks lines that are no findings in the short form', async () => {
    const { io } = await watch([healthy, broken], { output: 'short' });

    const lines = io.stdout.text().trimEnd().split('\n');
    expect(lines.filter((line) => !line.startsWith('#'))).toHaveLength(2);
  });

  it('tells a failure once, goes on, and says when it is over', async () => {
    const { io, error } = await watch([
      healthy,
      unreachable,
      unreachable,
      throttled,
      healthy,
      broken,
    ]);

    const text = io.stderr.text();
    expect(error).toBeInstanceOf(Interruption);
    expect(text.match(/error: connect: the server/gu)).toHaveLength(1);
    expect(text.match(/error: list nodes/gu)).toHaveLength(1);
    expect(text.match(/can be read again/gu)).toHaveLength(1);
    expect(io.stdout.text()).toContain('2 appeared');
  });

  it('goes on when already the first round fails', async () => {
    const { io } = await watch([unreachable, healthy]);

    expect(io.stdout.text()).toContain('✓ 6 of 6');
  });

  it.each([
    ['a context that does not exist', 'unknown-context', 'connect'],
    ['want of a kubeconfig', 'no-kubeconfig', 'connect'],
    ['a kubeconfig that is not there', 'kubeconfig-not-found', 'connect'],
    ['a kubeconfig that cannot be read', 'invalid-kubeconfig', 'connect'],
    ['a node that does not exist', 'not-found', 'select nodes'],
  ] as const)('ends at once for %s', async (_, code, operation) => {
    const { pauses } = await watch([new SourceError(code, { operation, target: 'x' })]);

    expect(pauses).toEqual([]);
  });

  it('refuses forms that are one document', async () => {
    const { error } = await watch([], { output: 'html' });

    expect(error).toMatchObject({ message: expect.stringContaining('html') as string });
  });

  it('leaves nothing behind at the signal', async () => {
    const { io } = await watch(Array.from({ length: 50 }, () => healthy));

    expect(getEventListeners(io.signal, 'abort')).toEqual([]);
  });
});
