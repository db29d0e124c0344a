// SPDX-License-Identifier: Apache-2.0

import { escapeInvisible } from '../json/render-report.ts';
import { yamlText } from '../yaml/render-report.ts';

/** The forms for programs that every command has. */
export type StructuredForm = 'json' | 'yaml';

/**
 * A value as JSON or as one YAML document, with a line feed at the end. Characters that do not show are written as
 * escapes: the same value, harmless in a terminal.
 */
export function structuredText(form: StructuredForm, value: unknown): string {
  return form === 'json' ? `${escapeInvisible(JSON.stringify(value, null, 2))}\n` : yamlText(value);
}
