// SPDX-License-Identifier: Apache-2.0

/** Controls, separators of lines and paragraphs, and format characters, which reorder or hide text. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;
/** ANSI escape sequences: what would be left of them after their first character is no text either. */
const ESCAPE_SEQUENCE = /\p{Cc}\[[0-?]*[ -/]*[@-~]/gu;

/** Longest sentence that outside text contributes to a message, in characters. */
export const MAX_DETAIL_LENGTH = 300;

/**
 * Makes outside text fit for a one-line message: escape sequences go, controls and format characters become one
 * space, and what exceeds `maxLength` characters is replaced by an ellipsis.
 */
export function plainText(text: string, maxLength: number = MAX_DETAIL_LENGTH): string {
  // Bounded before the patterns run, so that a megabyte costs no more than a line.
  const bounded = text.slice(0, maxLength * 4);
  const clean = bounded.replace(ESCAPE_SEQUENCE, '').replace(UNPRINTABLE, ' ').trim();
  return clean.length <= maxLength ? clean : `${clean.slice(0, maxLength - 1)}…`;
}

/** First line of a tool's output that is not empty, as {@link plainText}; empty when there is none. */
export function firstLine(text: string): string {
  const line = text
    .slice(0, 4096)
    .split('\n', 20)
    .find((candidate) => candidate.trim() !== '');
  return plainText(line ?? '');
}

/** The text, or undefined when it is empty or absent. */
export function nonEmpty(text: string | null | undefined): string | undefined {
  return text === null || text === '' ? undefined : text;
}

/**
 * The first `maxLength` characters of a text. The result is a copy: a plain slice would keep the whole of a long text
 * in memory.
 */
export function cutText(text: string, maxLength: number): string {
  return text.length <= maxLength ? text : Buffer.from(text.slice(0, maxLength)).toString();
}
