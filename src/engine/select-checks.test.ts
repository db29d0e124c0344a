// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { type AnyCheck, anyCheck, type ClusterCheck } from '#checks/define-check.ts';
import { nearestId, selectChecks } from '#engine/select-checks.ts';
import { PASS } from '#model/finding.ts';

function check(id: string): AnyCheck {
  const made: ClusterCheck<never> = {
    id,
    title: 'Thing',
    scope: 'cluster',
    stability: 'stable',
    severity: 'critical',
    messages: {},
    needs: { cluster: [] },
    run: () => PASS,
  };
  return anyCheck(made);
}

const ALL = ['link-down', 'link-missing', 'route-missing'].map(check);

function ids(request: Parameters<typeof selectChecks>[1]): readonly string[] {
  const selection = selectChecks(ALL, request);
  return 'checks' in selection ? selection.checks.map(({ id }) => id) : [];
}

describe('selectChecks', () => {
  it('takes all without a restriction', () => {
    expect(ids({})).toEqual(['link-down', 'link-missing', 'route-missing']);
  });

  it('takes only what is named, in the registry’s order', () => {
    expect(ids({ only: ['route-missing', 'link-down'] })).toEqual(['link-down', 'route-missing']);
  });

  it('lets skip win over only', () => {
    expect(ids({ only: ['link-down', 'link-missing'], skip: ['link-down'] })).toEqual([
      'link-missing',
    ]);
  });

  it('names unknown ids with the nearest known one', () => {
    expect(selectChecks(ALL, { only: ['route-mising'], skip: ['zzz'] })).toEqual({
      unknownIds: [{ id: 'route-mising', nearest: 'route-missing' }, { id: 'zzz' }],
    });
  });
});

describe('nearestId', () => {
  it('is the id itself when it is known', () => {
    fc.assert(
      fc.property(fc.constantFrom('link-down', 'route-missing'), (id) => {
        expect(nearestId(id, ['link-down', 'route-missing'])).toBe(id);
      }),
    );
  });

  it('guesses nothing for a text that resembles none', () => {
    expect(nearestId('abc', ['link-down'])).toBeUndefined();
    expect(nearestId('', ['link-down'])).toBeUndefined();
  });
});
