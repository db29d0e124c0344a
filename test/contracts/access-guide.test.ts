// SPDX-License-Identifier: Apache-2.0

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';

import { CLUSTER_COLLECTORS } from '#collectors/collect-cluster.ts';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** Every group, resource and verb that the guide grants, as `group/resource verb`. */
function granted(): readonly string[] {
  const guide = readFileSync(new URL('../../docs/guide/access.md', import.meta.url), 'utf8');
  const [, yaml = ''] = /```yaml\n(.*?)```/su.exec(guide) ?? [];
  const rules = parseAllDocuments(yaml).flatMap(
    (document) => (document.toJS() as { readonly rules: readonly Rule[] }).rules,
  );
  return rules.flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) => verbs.map((verb) => `${group}/${resource} ${verb}`)),
    ),
  );
}

function declared(): readonly string[] {
  return Object.values(CLUSTER_COLLECTORS)
    .flatMap(({ reads }) => reads)
    .flatMap((read) =>
      read.kind === 'api' ? read.verbs.map((verb) => `${read.group}/${read.resource} ${verb}`) : [],
    );
}

describe('the guide on access', () => {
  it('grants what the collectors declare and the exec into a node, and nothing else', () => {
    const needed = new Set([...declared(), '/pods/exec get', '/pods/exec create']);

    expect(new Set(granted())).toEqual(needed);
  });
});
