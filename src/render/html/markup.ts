// SPDX-License-Identifier: Apache-2.0

import { markupText } from '../markup-text.ts';

/** Markup that was made by {@link markup}: what came from the cluster is escaped in it. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand in a template: text, which is escaped, numbers, and markup. */
export type Part = string | number | Markup | readonly Part[];

/** Makes markup from a template. Text is escaped, so that a caller cannot forget it; attributes have to be quoted. */
export function markup(parts: TemplateStringsArray, ...values: readonly Part[]): Markup {
  return new Markup(
    parts.reduce((text, part, index) => `${text}${textOf(values[index - 1] ?? '')}${part}`),
  );
}

function textOf(part: Part): string {
  if (part instanceof Markup) return part.text;
  if (typeof part === 'number') return String(part);
  if (typeof part === 'string') return markupText(part);
  return part.map(textOf).join('');
}
