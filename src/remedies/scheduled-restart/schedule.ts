// SPDX-License-Identifier: Apache-2.0

/** When the runbook restarts Flannel, and when nobody looks: Sundays at three. */
export const WEEKLY = '0 3 * * 0';

const NUMBER = String.raw`\d{1,2}`;
const RANGE = String.raw`(?:\*|${NUMBER}(?:-${NUMBER})?)(?:/${NUMBER})?`;
const LIST = `${RANGE}(?:,${RANGE})*`;
const FIELDS = new RegExp(`^(${NUMBER}) (${NUMBER}) (${LIST}) (${LIST}) (${LIST})$`, 'u');

/** Least and greatest number of minute, hour, day of the month, month, day of the week; crontab(5). */
const BOUNDS = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 6],
] as const;

/**
 * Why a text is no schedule of restarts, one sentence; undefined when it is one. It is cron's five fields in numbers,
 * with one minute and one hour: each restart costs every node a moment without masquerade rules, so that more than
 * one in a day is no stopgap.
 */
export function scheduleRefusal(text: string): string | undefined {
  const fields = FIELDS.exec(text)?.slice(1);
  if (fields === undefined) {
    return 'A schedule is "minute hour day-of-month month day-of-week" in numbers, with one minute and one hour: "0 3 * * 0" is Sundays at 03:00.';
  }
  const outside = fields.some((field, place) => {
    const [least, most] = BOUNDS[place] ?? [0, 0];
    const numbers = field.replace(/\/\d+/gu, '').match(/\d+/gu) ?? [];
    return numbers.some((number) => Number(number) < least || Number(number) > most);
  });
  if (outside) return 'A number of the schedule is out of its range: 0-59 0-23 1-31 1-12 0-6.';
  if (/\/0+(?:,|$| )/u.test(text)) return 'A step of the schedule is 0.';
  return undefined;
}

/** Whether a text can be the name of a time zone; whether it is one, the caller's runtime knows. */
export function isTimeZoneName(text: string): boolean {
  return /^[A-Za-z][-+A-Za-z0-9_]{0,30}(?:\/[-+A-Za-z0-9_]{1,30}){0,2}$/u.test(text);
}
