// SPDX-License-Identifier: Apache-2.0

import { stringify } from 'yaml';

/**
 * A value as YAML that Prometheus, Alertmanager and Kubernetes read alike: strings that YAML 1.1 takes for something
 * else are quoted, lines stay whole, equal lists are written out.
 */
export function yamlText(value: unknown): string {
  const options = { lineWidth: 0, singleQuote: true, aliasDuplicateObjects: false } as const;
  return stringify(value, { ...options, compat: 'yaml-1.1' });
}
