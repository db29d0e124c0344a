// SPDX-License-Identifier: Apache-2.0

import { columns } from './wrap.ts';

/** A column: its heading, and on which side its cells stand; numbers stand on the right. */
export interface TableColumn {
  readonly heading: string;
  readonly align?: 'left' | 'right';
}

const GAP = '  ';

/** Printable cells as lines in columns, headings first, without spaces at the end. Empty without rows. */
export function textTable(
  head: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  indent = '',
): readonly string[] {
  if (rows.length === 0) return [];
  const all = [head.map(({ heading }) => heading), ...rows];
  const widths = head.map((_, index) =>
    all.reduce((widest, row) => Math.max(widest, columns(row[index] ?? '')), 0),
  );
  return all.map((row) => {
    const cells = head.map(({ align }, index) => {
      const cell = row[index] ?? '';
      const space = ' '.repeat(Math.max(0, (widths[index] ?? 0) - columns(cell)));
      return align === 'right' ? space + cell : cell + space;
    });
    return (indent + cells.join(GAP)).trimEnd();
  });
}
