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
  const parts = fields.map((field, place) => partsOf(field, BOUNDS[place] ?? [0, 0]));
  const isOutside = parts.some((each, place) => {
    const [least, most] = BOUNDS[place] ?? [0, 0];
    return each.some(({ from, to }) => Math.min(from, to) < least || Math.max(from, to) > most);
  });
  if (isOutside) return 'A number of the schedule is out of its range: 0-59 0-23 1-31 1-12 0-6.';
  const all = parts.flat();
  if (all.some(({ step }) => step === 0)) return 'A step of the schedule is 0.';
  if (all.some(({ from, to }) => from > to)) return 'A range of the schedule runs backwards.';
  const [, , days = [], months = []] = parts;
  return comesNever(days, months, fields[4] ?? '')
    ? 'The schedule never comes: none of its months has such a day.'
    : undefined;
}

/** A part of a field: numbers from the first to the last, or every so many of them. */
interface Part {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

/** A single number with a step goes on to the greatest one, as with the `*`. */
function partsOf(field: string, [least, most]: readonly [number, number]): readonly Part[] {
  return field.split(',').map((part) => {
    const [range = '', step] = part.split('/');
    const [first = '', last = step === undefined ? first : String(most)] = range.split('-');
    const [from, to] = first === '*' ? [least, most] : [Number(first), Number(last)];
    return { from, to, step: Number(step ?? 1) };
  });
}

const DAYS_OF_MONTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/** Where both days are given either will do; a `*` among those of the week leaves it to the day of the month. */
function comesNever(days: readonly Part[], months: readonly Part[], ofWeek: string): boolean {
  if (!ofWeek.includes('*')) return false;
  const first = Math.min(...days.map(({ from }) => from));
  return !DAYS_OF_MONTHS.some(
    (length, index) => first <= length && months.some((part) => holds(part, index + 1)),
  );
}

function holds({ from, to, step }: Part, number: number): boolean {
  return number >= from && number <= to && (number - from) % step === 0;
}

/**
 * Whether a text can be the name of a time zone, in the spelling of the tz database, which the API server is strict
 * about; whether it is one, the caller's runtime knows.
 */
export function isTimeZoneName(text: string): boolean {
  return /^[A-Z][-+A-Za-z0-9_]{0,30}(?:\/[A-Z][-+A-Za-z0-9_]{0,29}){0,2}$/u.test(text);
}
