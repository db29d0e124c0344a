// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { duration, isFlannelDaemonSet, percentage, quoted } from './promql.ts';

describe('a duration', () => {
  it.each([
    [86_400, '1d'],
    [259_200, '3d'],
    [3600, '1h'],
    [5400, '90m'],
    [61, '61s'],
    [1, '1s'],
  ])('of %d seconds is %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });
});

describe('a share', () => {
  it.each([
    [0.8, '80%'],
    [0.025, '2.5%'],
    [1, '100%'],
    [0.07, '7%'],
  ])('of %d is %s', (ratio, text) => {
    expect(percentage(ratio)).toBe(text);
  });
});

describe('a string of PromQL', () => {
  it('ends only where it is meant to', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const inner = quoted(text).slice(1, -1);

        expect(inner.replaceAll(/\\[\s\S]/gu, '')).not.toMatch(/["\n\\]/u);
      }),
    );
  });
});

describe("the matcher of flannel's DaemonSets", () => {
  it('takes a name literally', () => {
    expect(isFlannelDaemonSet('daemonset', { flannelDaemonSets: ['a.b', 'c'] })).toBe(
      'daemonset=~"a\\\\.b|c"',
    );
  });
});
