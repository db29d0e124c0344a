// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { adviseMemory } from './advise-memory.ts';
import type { MemoryTrend } from './memory-trend.ts';

const MIB = 1024 * 1024;

function trend(changes: Partial<MemoryTrend>): MemoryTrend {
  return {
    verdict: 'stable',
    fromMs: 0,
    toMs: 1,
    measuredDays: 28,
    segments: [{ beginsBy: 'first', fromMs: 0, toMs: 1 }],
    maxBytes: 100 * MIB,
    levelBytes: 100 * MIB,
    peakAboveBytes: 10 * MIB,
    perWeek: { value: 0, lower: -MIB, upper: MIB },
    ...changes,
  };
}

const perWeek = { value: 70 * MIB, lower: 60 * MIB, upper: 80 * MIB };

describe('advice on memory', () => {
  it('is nothing for what is stable and far from its limit, or has none', () => {
    expect(adviseMemory(trend({ limitBytes: 1024 * MIB }))).toEqual([{ kind: 'nothing' }]);
    expect(adviseMemory(trend({}))).toEqual([{ kind: 'nothing' }]);
  });

  it('doubles a limit that use is near, as the runbook goes from 2Gi to 4Gi at 1.5Gi', () => {
    const near = trend({ levelBytes: 1536 * MIB, limitBytes: 2048 * MIB });

    expect(adviseMemory(near)).toEqual([
      { kind: 'raise-limit', limitBytes: 4096 * MIB, why: 'near' },
    ]);
  });

  it('gives a leak that is near its limit four weeks, and says that it is one', () => {
    const daysToLimit = { value: 10, lower: 8, upper: 12, peak: 9 };
    const leak = trend({ verdict: 'growing', perWeek, limitBytes: 200 * MIB, daysToLimit });

    expect(adviseMemory(leak)).toEqual([
      { kind: 'raise-limit', limitBytes: 576 * MIB, why: 'growth' },
      { kind: 'fix-leak' },
    ]);
  });

  it('leaves the limit of a leak that takes months', () => {
    const daysToLimit = { value: 100, lower: 80, upper: 120, peak: 99 };
    const leak = trend({ verdict: 'growing', perWeek, limitBytes: 1100 * MIB, daysToLimit });

    expect(adviseMemory(leak)).toEqual([{ kind: 'fix-leak' }]);
  });

  it('asks to look at a step up, and at none down', () => {
    const step = { atMs: 5, beforeBytes: 50 * MIB, afterBytes: 100 * MIB };
    const down = { atMs: 5, beforeBytes: 100 * MIB, afterBytes: 50 * MIB };

    expect(adviseMemory(trend({ verdict: 'step', step }))).toEqual([
      { kind: 'look-at-step', atMs: 5 },
    ]);
    expect(adviseMemory(trend({ verdict: 'step', step: down }))).toEqual([{ kind: 'nothing' }]);
  });

  it('says for how many days more to measure', () => {
    const short = trend({ verdict: 'not-enough-data', missingDays: 9 });

    expect(adviseMemory(short)).toEqual([{ kind: 'measure-longer', days: 9 }]);
  });

  it('names what restarts flannel by a schedule, also of a version that is not known', () => {
    const leak = trend({ verdict: 'sawtooth', perWeek });

    expect(adviseMemory(leak, {})).toEqual([{ kind: 'fix-leak', restart: 'scheduled-restart' }]);
  });

  it('names an update before what only hides the leak', () => {
    const leak = trend({ verdict: 'growing', perWeek });

    const kinds = adviseMemory(leak, { version: 'v0.28.4' }).map(({ kind }) => kind);

    expect(kinds).toEqual(['update-flannel', 'fix-leak']);
  });

  it('names the version that mends what the running one has, also when memory is well', () => {
    const [action] = adviseMemory(trend({}), { version: 'v0.28.4' });

    expect(action).toMatchObject({ kind: 'update-flannel', running: 'v0.28.4', to: 'v0.28.5' });
    expect(adviseMemory(trend({}), { version: 'v0.28.10' })).toEqual([{ kind: 'nothing' }]);
  });
});
