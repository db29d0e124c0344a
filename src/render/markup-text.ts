// SPDX-License-Identifier: Apache-2.0

import { printableText } from './terminal/printable-text.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Text from the cluster for HTML and XML, as content or inside a quoted attribute: one line, without characters
 * that XML 1.0 forbids or that do not show.
 */
export function markupText(text: string): string {
  return escapeMarkup(printableText(text));
}

/** Escapes what HTML and XML give a meaning to, and nothing else: for our own text, whose lines are kept. */
export function escapeMarkup(text: string): string {
  return text.replace(/[&<>"']/gu, (character) => ENTITIES[character] ?? character);
}
