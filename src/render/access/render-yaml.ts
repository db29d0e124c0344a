// SPDX-License-Identifier: Apache-2.0

import { stringify } from 'yaml';

/** Values as YAML documents, one after another, as `kubectl apply -f -` takes them. */
export function renderYaml(documents: readonly unknown[]): string {
  // Long lines stay whole, and equal lists are written out: what is read is what is applied.
  const options = { lineWidth: 0, singleQuote: true, aliasDuplicateObjects: false };
  return documents.map((document) => stringify(document, options)).join('---\n');
}
