// SPDX-License-Identifier: Apache-2.0

const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;

/** An instant in RFC 3339 as ISO-8601 in UTC, to the millisecond; undefined when the text is none. */
export function instantOf(text: string | undefined): string | undefined {
  if (text === undefined || !RFC3339.test(text)) return undefined;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? undefined : new Date(atMs).toISOString();
}
