// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import { cutText, plainText } from '#sources/plain-text.ts';

/** Longest name, image, address or label value that is kept, characters. Kubernetes allows 253 for names. */
const MAX_TEXT = 1024;
/** Longest annotation value that is kept, characters. */
export const MAX_ANNOTATION_LENGTH = 4096;
/** Most elements that are kept of a list within one object. */
const MAX_ELEMENTS = 1000;

// Whatever has the wrong type is as if it were not there: one odd object must not hide a cluster.

/** A name or address, cut to 1,024 characters; undefined when it is no text. */
export const text: z.ZodMiniType<string | undefined> = z.catch(
  z.optional(
    z.pipe(
      z.string(),
      z.transform((value: string) => cutText(value, MAX_TEXT)),
    ),
  ),
  undefined,
);

/** Prose for people: one line, bounded, without control characters. */
export const sentence: z.ZodMiniType<string | undefined> = z.catch(
  z.optional(
    z.pipe(
      z.string(),
      z.transform((value: string) => plainText(value)),
    ),
  ),
  undefined,
);

/** A boolean; undefined when it is none. */
export const flag: z.ZodMiniType<boolean | undefined> = z.catch(z.optional(z.boolean()), undefined);

/** A number; undefined when it is none. */
export const count: z.ZodMiniType<number | undefined> = z.catch(z.optional(z.number()), undefined);

/** Labels, annotations or other text by key; values cut to {@link MAX_ANNOTATION_LENGTH}, other values dropped. */
export const textMap: z.ZodMiniType<Readonly<Record<string, string>>> = z.catch(
  z.pipe(z.record(z.string(), z.unknown()), z.transform(onlyText)),
  () => ({}),
);

function onlyText(record: Record<string, unknown>): Readonly<Record<string, string>> {
  const entries: [string, string][] = [];
  for (const [key, value] of Object.entries(record)) {
    if (typeof value !== 'string' || key.length > MAX_TEXT) continue;
    entries.push([key, cutText(value, MAX_ANNOTATION_LENGTH)]);
  }
  return Object.freeze(Object.fromEntries(entries));
}

/** The elements of a list that match; an empty list when it is none. */
export function listOf<T>(item: z.ZodMiniType<T>): z.ZodMiniType<readonly T[]> {
  return z.pipe(
    z.catch(z.array(z.unknown()), []),
    z.transform((values: unknown[]): readonly T[] =>
      values.slice(0, MAX_ELEMENTS).flatMap((value) => {
        const result = item.safeParse(value);
        return result.success ? [result.data] : [];
      }),
    ),
  );
}

/** The texts of a list. */
export const texts: z.ZodMiniType<readonly string[]> = z.pipe(
  listOf(text),
  z.transform((values: readonly (string | undefined)[]) =>
    values.filter((value) => value !== undefined),
  ),
);

/** The part of an object's metadata that is used. */
export interface Metadata {
  readonly name: string;
  readonly namespace?: string | undefined;
  readonly uid?: string | undefined;
  readonly creationTimestamp?: string | undefined;
  readonly deletionTimestamp?: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Metadata; an object without a name is none. */
export const metadata: z.ZodMiniType<Metadata> = z.object({
  name: z.string().check(z.minLength(1), z.maxLength(253)),
  namespace: text,
  uid: text,
  creationTimestamp: text,
  deletionTimestamp: text,
  labels: textMap,
  annotations: textMap,
});

/** Drops the keys whose value is undefined, for types with exact optional properties. */
export function defined<T extends object>(
  value: T,
): { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
} {
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries) as ReturnType<typeof defined<T>>;
}
