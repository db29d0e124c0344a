// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { defaultedAmounts } from './limit-ranger.ts';

const TEXT =
  'LimitRanger plugin set: cpu, memory request for container web; memory limit for container web; cpu limit for init container web; ephemeral-storage limit for container log';

describe('the annotation of the LimitRanger', () => {
  it('tells what was filled in for a container', () => {
    expect(defaultedAmounts(TEXT, 'web', false)).toEqual([
      'requests.cpu',
      'requests.memory',
      'limits.memory',
    ]);
  });

  it('tells an init container from another of its name', () => {
    expect(defaultedAmounts(TEXT, 'web', true)).toEqual(['limits.cpu']);
  });

  it.each([
    [undefined, 'web'],
    [TEXT, 'we'],
    [TEXT, 'log'],
    ['cpu request for container web', 'web'],
    ['LimitRanger plugin set: everything for everybody', 'web'],
    [`${TEXT}${'x'.repeat(20_000)}`, 'web'],
  ])('tells nothing: %#', (text, name) => {
    expect(defaultedAmounts(text, name, false)).toEqual([]);
  });
});
