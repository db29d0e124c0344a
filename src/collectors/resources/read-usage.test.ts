// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { readUsage } from '#collectors/resources/read-usage.ts';
import type { UsageAnswer, UsageRequest, UsageSource } from '#collectors/resources/usage-source.ts';
import type { Fact } from '#model/fact.ts';
import type { UsageOrigin, UsageReading } from '#model/resources.ts';
import type { KubernetesConnection } from '#sources/kubernetes/connection.ts';
import { SourceError } from '#sources/source-error.ts';

const MINUTE_MS = 60_000;

/** An origin whose container was measured so long ago; without an age it has no values. */
function source(origin: UsageOrigin, ageMs?: number): UsageSource {
  const at = new Date(Date.now() - (ageMs ?? 0)).toISOString();
  const measured = { namespace: 'shop', pod: 'web-1', container: 'app', at, workingSetBytes: 1 };
  const answer: UsageAnswer = {
    through: `the ${origin}`,
    nodes: [],
    containers: ageMs === undefined ? [] : [measured],
    missing: [],
  };
  return { origin, reads: [], read: () => Promise.resolve(answer) };
}

function failing(origin: UsageOrigin, code: 'forbidden' | 'cancelled'): UsageSource {
  const error = new SourceError(code, { operation: 'list nodes', target: 's:6443' });
  return { origin, reads: [], read: () => Promise.reject(error) };
}

function read(sources: readonly UsageSource[], aheadMs = 0): Promise<Fact<UsageReading>> {
  const connection = { clockAheadMs: () => aheadMs } as KubernetesConnection;
  const { signal } = new AbortController();
  const request: UsageRequest = { connection, signal, nodes: [] };
  return readUsage(sources, request);
}

describe('readUsage', () => {
  it('takes the first origin that has values of late, and asks no other', async () => {
    let asked = 0;
    const second: UsageSource = {
      ...source('kubelet', 0),
      read: () => {
        asked += 1;
        return Promise.reject(new Error('asked'));
      },
    };

    const usage = await read([source('metrics-server', 4 * MINUTE_MS), second]);

    expect(usage).toMatchObject({ value: { origin: 'metrics-server', passedOver: [] } });
    expect(asked).toBe(0);
  });

  it('passes over values of five minutes and more, and says how old they are', async () => {
    const usage = await read([
      source('metrics-server', 7 * MINUTE_MS),
      source('kubelet', MINUTE_MS),
    ]);

    expect(usage).toMatchObject({
      value: {
        origin: 'kubelet',
        passedOver: [
          {
            origin: 'metrics-server',
            why: "Its newest value is 7 minutes old by the API server's clock.",
          },
        ],
      },
    });
  });

  it.each([
    ['ours is behind', 10 * MINUTE_MS, MINUTE_MS, 'kubelet'],
    ['ours is ahead', -10 * MINUTE_MS, 12 * MINUTE_MS, 'metrics-server'],
  ])("tells age by the API server's clock: %s", async (_, aheadMs, ageMs, origin) => {
    const usage = await read(
      [source('metrics-server', ageMs), source('kubelet', Math.min(0, -aheadMs))],
      aheadMs,
    );

    expect(usage).toMatchObject({ value: { origin } });
  });

  it('takes old values of the best origin when no other has better, and does not name it twice', async () => {
    const usage = await read([
      source('metrics-server', 60 * MINUTE_MS),
      source('kubelet', 90 * MINUTE_MS),
      failing('prometheus', 'forbidden'),
    ]);

    expect(usage).toMatchObject({ state: 'observed', value: { origin: 'metrics-server' } });
    const passedOver = usage.state === 'observed' ? usage.value.passedOver : [];
    expect(passedOver.map(({ origin }) => origin)).toEqual(['kubelet', 'prometheus']);
  });

  it('passes over an origin that has no values, and never takes it for want of better', async () => {
    const usage = await read([source('metrics-server'), source('kubelet', 9 * MINUTE_MS)]);

    expect(usage).toMatchObject({
      value: {
        origin: 'kubelet',
        passedOver: [{ origin: 'metrics-server', why: 'It has no values at all.' }],
      },
    });
  });

  it('is absent with every reason when nobody has any', async () => {
    const usage = await read([source('metrics-server'), failing('kubelet', 'forbidden')]);

    expect(usage).toMatchObject({ state: 'absent', reason: 'failed' });
    expect(usage.state === 'absent' && usage.detail).toMatch(
      /^metrics-server: It has no values at all\. kubelet: .+/u,
    );
  });

  it('is absent when nobody was to be asked', async () => {
    expect(await read([])).toMatchObject({ state: 'absent', detail: 'Nobody was asked.' });
  });

  it('ends at once when it is cancelled', async () => {
    const sources = [failing('metrics-server', 'cancelled'), source('kubelet', 0)];

    await expect(read(sources)).rejects.toMatchObject({ code: 'cancelled' });
  });
});
