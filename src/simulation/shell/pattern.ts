// SPDX-License-Identifier: Apache-2.0
import type { NodeFiles } from '#simulation/kernel/node-files.ts';

/** A piece of an expanded word; in a pattern the characters of a quoted piece mean themselves. */
export interface PatternPiece {
  readonly text: string;
  readonly quoted: boolean;
}

/** Regular expression source of a shell pattern: `*`, `?`, `[…]`. `any` matches one character. */
export function patternSource(pieces: readonly PatternPiece[], any = '[^]'): string {
  return pieces
    .map(({ text, quoted }) => (quoted ? escape(text) : unquotedSource(text, any)))
    .join('');
}

function unquotedSource(text: string, any: string): string {
  return text.replace(/\*|\?|\[(!?)([^\]]+)\]|[\\^$.|+()[\]{}]/g, (token, negated, set) => {
    if (token === '*') return `${any}*`;
    if (token === '?') return any;
    if (token.length > 2)
      return `[${negated === '!' ? '^' : ''}${String(set).replace(/[\\^\]]/g, '\\$&')}]`;
    return `\\${token}`;
  });
}

function escape(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

/** Whether an unquoted character of the word makes it a pattern. */
export function isPattern(pieces: readonly PatternPiece[]): boolean {
  return pieces.some(({ text, quoted }) => !quoted && /[*?[]/.test(text));
}

/** Paths that a word's pattern matches, sorted; none when it matches nothing. Absolute patterns only. */
export function globPaths(pieces: readonly PatternPiece[], files: NodeFiles): string[] {
  const segments = splitSegments(pieces);
  if (segments.shift()?.length !== 0) return [];
  let found = [''];
  for (const segment of segments) {
    const expression = new RegExp(`^${patternSource(segment, '[^/]')}$`);
    const hidden = segment[0]?.text.startsWith('.') === true;
    found = found.flatMap((directory) =>
      files
        .list(directory === '' ? '/' : directory)
        .filter((name) => (hidden || !name.startsWith('.')) && expression.test(name))
        .map((name) => `${directory}/${name}`),
    );
  }
  return found;
}

function splitSegments(pieces: readonly PatternPiece[]): PatternPiece[][] {
  const segments: PatternPiece[][] = [[]];
  for (const { text, quoted } of pieces) {
    text.split('/').forEach((part, index) => {
      if (index > 0) segments.push([]);
      if (part !== '') segments.at(-1)?.push({ text: part, quoted });
    });
  }
  return segments;
}
