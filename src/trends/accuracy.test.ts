// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { MEMORY_KINDS, type MemoryKind } from '../../testkit/memory-kinds.ts';
import { measureKind } from '../../testkit/trend-accuracy.ts';

// The measurement of bench/trend-accuracy.ts in small: the series are the same each time.
const options = { count: 25, everyMinutes: 60, seed: 5000 };
const kinds = Object.keys(MEMORY_KINDS) as MemoryKind[];

describe('judgements on series of which the truth is known', () => {
  it.each(kinds.filter((kind) => kind.startsWith('stable')))('call %s stable', (kind) => {
    const { right } = measureKind(kind, options);

    expect(right).toEqual({ held: 25, of: 25 });
  });

  it.each(kinds.filter((kind) => kind.startsWith('leak')))(
    'find each %s of 5 MiB a week and more, and when it ends',
    (kind) => {
      const { clearRight, covered, widthDays } = measureKind(kind, options);

      expect(clearRight.held).toBe(clearRight.of);
      expect(covered.held / covered.of).toBeGreaterThanOrEqual(0.85);
      expect(widthDays).toBeLessThan(21);
    },
  );

  it.each(kinds.filter((kind) => /^(?:sawtooth|step)/u.test(kind)))('tell %s', (kind) => {
    const { right } = measureKind(kind, options);

    expect(right.held).toBeGreaterThanOrEqual(24);
  });

  it('are right where predict_linear over an hour is a coin that is thrown', () => {
    const { growth, predictHour } = measureKind('stable, wandering noise', {
      ...options,
      everyMinutes: 15,
    });

    expect(growth.held).toBe(0);
    expect(predictHour.held).toBeGreaterThan(5);
  });
});
