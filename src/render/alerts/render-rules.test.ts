// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { DEFAULT_THRESHOLDS } from '#alerts/default-thresholds.ts';
import { ALERTS } from '#alerts/registry.generated.ts';
import type { AlertOptions } from './alert-options.ts';
import { renderPrometheusRule, renderRules } from './render-rules.ts';
import type { RuleGroup } from './rule-groups.ts';
import { yamlText } from './yaml-text.ts';

const OPTIONS: AlertOptions = {
  alerts: ALERTS,
  thresholds: DEFAULT_THRESHOLDS,
  runbookBase: 'https://example.com/runbooks',
};

function groupsOf(text: string): readonly RuleGroup[] {
  return (parse(text) as { readonly groups: readonly RuleGroup[] }).groups;
}

describe('the rules', () => {
  it('name the page of each alert below the base that was asked for', () => {
    const rules = groupsOf(renderRules(OPTIONS)).flatMap((group) => group.rules);

    const pages = rules.map(({ annotations }) => annotations.runbook_url).sort();

    expect(pages).toEqual(
      ALERTS.map(({ id }) => `https://example.com/runbooks/${id}/README.md`).sort(),
    );
  });

  it('keep what reads series of Selvage apart from what works in every cluster', () => {
    const [cluster, own] = groupsOf(renderRules(OPTIONS));

    const isOwn = ({ expr }: { readonly expr: string }): boolean => expr.includes('selvage_');

    expect(cluster?.rules.filter(isOwn)).toEqual([]);
    expect(own?.rules.every(isOwn)).toBe(true);
    expect(own?.rules).not.toEqual([]);
  });
});

describe('the PrometheusRule', () => {
  it('holds the same groups as the file', () => {
    const object = parse(renderPrometheusRule(OPTIONS, { labels: {} })) as {
      readonly spec: { readonly groups: unknown };
    };

    expect(object.spec.groups).toEqual(groupsOf(renderRules(OPTIONS)));
  });

  it('has neither namespace nor labels where none were asked for', () => {
    const object: unknown = parse(renderPrometheusRule(OPTIONS, { labels: {} }));

    expect(object).toMatchObject({
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
      metadata: { name: 'selvage' },
    });
    expect(object).not.toHaveProperty('metadata.namespace');
    expect(object).not.toHaveProperty('metadata.labels');
  });
});

describe('a text of the person in YAML', () => {
  it('is read back as it was, by readers of YAML 1.1 and 1.2', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('yes', 'on', 'null', '1e3', '0x10', '012', '1:30', '~', '- a', '{{ x }}'),
    );
    fc.assert(
      fc.property(text, (value) => {
        const written = yamlText({ label: value });

        expect(parse(written, { version: '1.2' })).toEqual({ label: value });
        expect(parse(written, { version: '1.1' })).toEqual({ label: value });
      }),
    );
  });
});
