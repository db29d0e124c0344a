// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';

/** One series of an answer. */
export interface AnsweredSeries {
  readonly labels: Readonly<Record<string, string>>;
  /** Milliseconds since 1970 and value, in order of time; values that are no finite number are left out. */
  readonly points: readonly (readonly [atMs: number, value: number])[];
}

/** What a server answered to a query. */
export interface QueryAnswer {
  readonly series: readonly AnsweredSeries[];
  /** Values that were NaN or infinite. */
  readonly unusable: number;
}

const labels = z.record(z.string().check(z.maxLength(128)), z.string().check(z.maxLength(4096)));

const answerSchema = z.object({
  status: z.literal('success'),
  data: z.object({
    resultType: z.enum(['vector', 'matrix']),
    result: z.array(
      z.object({
        metric: labels,
        value: z.optional(z.unknown()),
        values: z.optional(z.array(z.unknown())),
      }),
    ),
  }),
});

const errorSchema = z.object({ status: z.literal('error'), error: z.string() });

/**
 * An answer of the query API (prometheus@v3.5:web/api/v1/api.go): a vector or a matrix of floats.
 *
 * @returns undefined when it is something else
 */
export function parseAnswer(body: unknown): QueryAnswer | undefined {
  const result = answerSchema.safeParse(body);
  if (!result.success) return undefined;
  let unusable = 0;
  const series = result.data.data.result.map(({ metric, value, values }) => {
    const points: (readonly [number, number])[] = [];
    for (const pair of values ?? [value]) {
      const point = pointOf(pair);
      if (point === undefined) unusable += 1;
      else points.push(point);
    }
    return { labels: metric, points };
  });
  return { series, unusable };
}

/** What a server says of a query that it refused; undefined when it says nothing. */
export function saidError(body: unknown): string | undefined {
  const result = errorSchema.safeParse(body);
  return result.success ? result.data.error : undefined;
}

/** A pair of seconds and a value as text; undefined when it is none, or when the value is not finite. */
function pointOf(pair: unknown): readonly [number, number] | undefined {
  if (!Array.isArray(pair)) return undefined;
  const values: readonly unknown[] = pair;
  const [at, text] = values;
  if (typeof at !== 'number' || typeof text !== 'string' || text.trim() === '') return undefined;
  const value = Number(text);
  return Number.isFinite(at) && Number.isFinite(value) ? [Math.round(at * 1000), value] : undefined;
}
