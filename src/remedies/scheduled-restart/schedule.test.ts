// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { isTimeZoneName, scheduleRefusal, WEEKLY } from './schedule.ts';

describe('a schedule', () => {
  it.each([WEEKLY, '59 23 1 1 6', '30 4 * * 1-5', '0 3 1,15 * *', '5 0 */2 1-12/3 *'])(
    '%s is one',
    (text) => {
      expect(scheduleRefusal(text)).toBeUndefined();
    },
  );

  it.each([
    '',
    '* 3 * * 0',
    '0 * * * 0',
    '*/5 3 * * *',
    '0 3,4 * * *',
    '0 3 * *',
    '0 3 * * SUN',
    '@weekly',
    '0 3 * * 0\n0 4 * * 0',
    'TZ=UTC 0 3 * * 0',
  ])('%j is none', (text) => {
    expect(scheduleRefusal(text)).toMatch(/minute hour day-of-month/);
  });

  it.each(['60 3 * * 0', '0 24 * * 0', '0 3 0 * *', '0 3 32 * *', '0 3 * 13 *', '0 3 * * 7'])(
    '%s has a number that does not exist',
    (text) => {
      expect(scheduleRefusal(text)).toMatch(/out of its range/);
    },
  );

  it.each(['0 3 * * 5-1', '0 3 20-10 * *', '0 3 1,9-8 * *'])('%s runs backwards', (text) => {
    expect(scheduleRefusal(text)).toMatch(/backwards/);
  });

  it.each(['0 3 31 2 *', '0 3 30,31 2 *', '0 3 31 4,6,9,11 *', '0 3 31 2-12/7 */2'])(
    '%s never comes',
    (text) => {
      expect(scheduleRefusal(text)).toMatch(/never comes/);
    },
  );

  it.each(['0 3 29 2 *', '0 3 31 2,3 *', '0 3 31 2 0', '0 3 31 4/3 *', '0 3 */31 2 *'])(
    '%s comes, if seldom',
    (text) => {
      expect(scheduleRefusal(text)).toBeUndefined();
    },
  );

  it('has no step of 0, which never comes', () => {
    expect(scheduleRefusal('0 3 */0 * *')).toBe('A step of the schedule is 0.');
  });

  it('holds nothing but numbers and cron signs', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!/^[\d */,-]*$/u.test(text));

        expect(scheduleRefusal(text)).toBeDefined();
      }),
    );
  });
});

describe('a time zone', () => {
  it.each(['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Etc/GMT+3'])(
    '%s has a name of one',
    (text) => {
      expect(isTimeZoneName(text)).toBe(true);
    },
  );

  it.each([
    '',
    '../etc/passwd',
    'Europe/',
    'europe/berlin',
    'Europe/berlin',
    'a b',
    '+01:00',
    'x'.repeat(80),
  ])('%j has none', (text) => {
    expect(isTimeZoneName(text)).toBe(false);
  });
});
