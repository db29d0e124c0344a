// SPDX-License-Identifier: Apache-2.0

import { Document, isScalar, Scalar, visit } from 'yaml';

import type { Report } from '#report/report.ts';

// What does not show has to stand in double quotes, where YAML has escapes for it.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\ufeff]/u;
// The same without line feeds, which lay out the document.
const TO_ESCAPE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\ufeff]/gu;

/**
 * The report as YAML 1.2, with the same properties as the JSON, one element of a list per chunk. Characters that
 * do not show are written as escapes; strings that YAML 1.1 would take for something else are quoted.
 */
export function* renderYaml(report: Report): Generator<string, void> {
  for (const [key, value] of Object.entries(report) as readonly (readonly [string, unknown])[]) {
    if (!Array.isArray(value) || value.length === 0) {
      yield yamlText({ [key]: value });
      continue;
    }
    yield `${key}:\n`;
    for (const element of value as readonly unknown[]) yield yamlText([element]);
  }
}

/** A value as one YAML document; what does not show is written as an escape. */
export function yamlText(value: unknown): string {
  const document = new Document(value, { compat: 'yaml-1.1', aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_, node) {
      if (isScalar(node) && typeof node.value === 'string' && INVISIBLE.test(node.value)) {
        node.type = Scalar.QUOTE_DOUBLE;
      }
    },
  });
  return document.toString({ lineWidth: 0 }).replace(TO_ESCAPE, escape);
}

function escape(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code > 0xffff
    ? `\\U${code.toString(16).padStart(8, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`;
}
