// SPDX-License-Identifier: Apache-2.0

/** Breaks printable text into lines of at most `width` columns at spaces; a longer word stays whole on its own line. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line === '') {
      line = word;
    } else if (columns(line) + 1 + columns(word) <= width) {
      line += ` ${word}`;
    } else {
      lines.push(line);
      line = word;
    }
  }
  lines.push(line);
  return lines;
}

/** Wraps and indents: `first` before the first line, as many spaces before the others. */
export function hang(first: string, text: string, width: number): readonly string[] {
  const indent = columns(first);
  return wrap(text, Math.max(20, width - indent)).map((line, index) =>
    index === 0 ? first + line : ' '.repeat(indent) + line,
  );
}

/** Columns that printable text takes: one per code point, which holds for all that Kubernetes lets into names. */
export function columns(text: string): number {
  return Array.from(text).length;
}
