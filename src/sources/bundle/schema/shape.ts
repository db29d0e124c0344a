// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';

/** Longest text of a field, characters; what collectors keep is shorter. */
const MAX_TEXT = 65_536;

/** One schema per field of the model, optional where the field is: a field that has none does not compile. */
export type Shape<T> = {
  readonly [K in keyof T]-?: Partial<Pick<T, K>> extends Pick<T, K>
    ? z.ZodMiniExactOptional<z.ZodMiniType<T[K]>>
    : z.ZodMiniType<T[K]>;
};

/** Any text of bounded length. */
export const text: z.ZodMiniType<string> = z.string().check(z.maxLength(MAX_TEXT));

/** A finite number. */
export const number: z.ZodMiniType<number> = z.number();

/** A boolean. */
export const flag: z.ZodMiniType<boolean> = z.boolean();

/** An instant of our own clock, ISO-8601 UTC with milliseconds. */
export const instant: z.ZodMiniType<string> = z.iso.datetime();

/** A field that may be missing. */
export function maybe<T>(schema: z.ZodMiniType<T>): z.ZodMiniExactOptional<z.ZodMiniType<T>> {
  return z.exactOptional(schema);
}

/** One of some words. */
export function oneOf<const T extends string>(...words: readonly T[]): z.ZodMiniType<T> {
  return z.literal(words);
}

/** A frozen object with these fields; others are dropped, as a newer version may have added them. */
export function objectOf<T extends object>(shape: Shape<T>): z.ZodMiniType<T> {
  const schema: z.ZodMiniType<object> = z.object(shape);
  return z.pipe(
    schema,
    z.transform((value: object) => Object.freeze(value) as T),
  );
}

/** A frozen list. */
export function listOf<T>(item: z.ZodMiniType<T>): z.ZodMiniType<readonly T[]> {
  return z.readonly(z.array(item));
}

/** Frozen values by key. A key that would change the prototype is dropped. */
export function recordOf<T>(item: z.ZodMiniType<T>): z.ZodMiniType<Readonly<Record<string, T>>> {
  return z.readonly(z.record(text, item));
}
