// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '#simulation/store.ts';
import { age, columnsOf } from './table-columns.ts';
import { RESOURCES } from './resource-catalogue.ts';

describe('age', () => {
  it.each([
    [0, '0s'],
    [119, '119s'],
    [120, '2m'],
    [185, '3m5s'],
    [600, '10m'],
    [3 * 3600, '3h'],
    [4 * 3600 + 300, '4h5m'],
    [47 * 3600, '47h'],
    [49 * 3600, '2d1h'],
    [9 * 86400, '9d'],
    [800 * 86400, '2y'],
  ])('writes %i seconds as %s', (seconds, wanted) => {
    const now = new Date('2026-06-01T00:00:00Z');
    const since = new Date(now.getTime() - seconds * 1000).toISOString();

    const text = age(since, now);

    expect(text).toBe(wanted);
  });

  it('does not know the age of what has no time', () => {
    const text = age(undefined, new Date(0));

    expect(text).toBe('<unknown>');
  });
});

describe('the restarts of a pod', () => {
  const now = new Date('2026-06-07T00:00:00Z');

  function restartsOf(...statuses: readonly object[]): unknown {
    const pods = RESOURCES.find(({ plural }) => plural === 'pods');
    const column = pods && columnsOf(pods).find(({ name }) => name === 'Restarts');
    const pod: KubernetesObject = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web' },
      status: { containerStatuses: statuses },
    };
    return column?.cell(pod, now);
  }

  it('are a bare number when there were none', () => {
    expect(restartsOf({ restartCount: 0 })).toBe('0');
  });

  it('say when the newest of the ended lives ended', () => {
    const ended = (day: string): object => ({
      restartCount: 1,
      lastState: { terminated: { finishedAt: `2026-06-${day}T00:00:00Z` } },
    });

    expect(restartsOf(ended('01'), ended('06'))).toBe('2 (24h ago)');
  });

  it('are a bare number when the last life is forgotten', () => {
    expect(restartsOf({ restartCount: 3, lastState: {} })).toBe('3');
  });
});
