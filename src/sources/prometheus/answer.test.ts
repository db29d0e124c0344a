// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parseAnswer, saidError } from './answer.ts';

function matrix(values: readonly unknown[]): unknown {
  return { status: 'success', data: { resultType: 'matrix', result: [{ metric: {}, values }] } };
}

describe('an answer of the query API', () => {
  it('gives the points of a matrix in milliseconds', () => {
    const answer = parseAnswer(
      matrix([
        [1.5, '2e3'],
        [2, '7'],
      ]),
    );

    expect(answer?.series[0]?.points).toEqual([
      [1500, 2000],
      [2000, 7],
    ]);
  });

  it('gives the value of a vector as one point, with its labels', () => {
    const result = [{ metric: { pod: 'a' }, value: [1, '3'] }];
    const answer = parseAnswer({ status: 'success', data: { resultType: 'vector', result } });

    expect(answer).toEqual({
      series: [{ labels: { pod: 'a' }, points: [[1000, 3]] }],
      unusable: 0,
    });
  });

  it.each([['NaN'], ['+Inf'], ['-Inf'], [''], ['x'], [null], [5]])(
    'leaves out and counts the value %j',
    (value) => {
      const answer = parseAnswer(
        matrix([
          [1, value],
          [2, '1'],
        ]),
      );

      expect(answer?.series[0]?.points).toEqual([[2000, 1]]);
      expect(answer?.unusable).toBe(1);
    },
  );

  it('is none of anything else', () => {
    const scalar = { status: 'success', data: { resultType: 'scalar', result: [1, '1'] } };

    for (const body of [undefined, null, 'text', {}, [], scalar, { status: 'success' }]) {
      expect(parseAnswer(body)).toBeUndefined();
    }
  });

  it('throws for no JSON at all', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        expect(() => [parseAnswer(body), saidError(body)]).not.toThrow();
      }),
    );
  });

  it('says what the server said of a query that it refused', () => {
    expect(saidError({ status: 'error', errorType: 'bad_data', error: 'parse error' })).toBe(
      'parse error',
    );
    expect(saidError({ error: 'x' })).toBeUndefined();
  });
});
