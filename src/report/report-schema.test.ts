// SPDX-License-Identifier: Apache-2.0

import { readFileSync } from 'node:fs';
import { type AnySchemaObject, Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';

import { CHECKS } from '#engine/registry.generated.ts';
import { judge } from '#engine/judge.ts';
import { renderJson } from '#render/json/render-report.ts';
import { buildReport, reportFinding, reportNode } from '../../testkit/report-builder.ts';
import { healthyCluster } from '../../testkit/snapshot-builder.ts';

const schema = JSON.parse(
  readFileSync(new URL('report.schema.json', import.meta.url), 'utf8'),
) as AnySchemaObject;

/** The schema lets unknown properties pass, for newer reports; here one that it forgot has to show. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, closed(inner)] as const);
  const isObjectSchema = 'required' in value && 'properties' in value;
  return Object.fromEntries(
    isObjectSchema ? [...entries, ['additionalProperties', false]] : entries,
  );
}

function strictValidator(): ValidateFunction {
  return new Ajv2020({ strict: true, strictRequired: false, allErrors: true }).compile(
    closed(schema) as AnySchemaObject,
  );
}

const validate = strictValidator();

describe('the JSON Schema of the report', () => {
  it('accepts the report of a healthy cluster', () => {
    const report = judge(healthyCluster().build(), { checks: CHECKS, toolVersion: '0.1.0' });

    validate(JSON.parse([...renderJson(report)].join('')));

    expect(validate.errors).toBeNull();
  });

  it('accepts findings, unknown verdicts and nodes that could not be read', () => {
    const report = buildReport({
      nodes: ['a', reportNode({ name: 'b', unread: ['It did not answer.'] })],
      findings: [reportFinding({ node: 'a', peer: 'b' })],
      verdicts: [{ check: 'route-missing', subject: 'node/b', verdict: 'unknown', reason: 'No.' }],
    });

    validate(JSON.parse([...renderJson(report)].join('')));

    expect(validate.errors).toBeNull();
  });

  it('accepts suppressed findings and what came of the suppressions', () => {
    const snapshot = healthyCluster()
      .changeKernel('node2', 'routes', () => [])
      .build();
    const entry = { reason: 'Known.', expires: '2999-12-31' };
    const report = judge(snapshot, {
      checks: CHECKS,
      toolVersion: '0.1.0',
      suppressions: [
        { check: 'route-missing', node: 'node2', peer: '*', object: '*', message: '*', ...entry },
        { check: 'route-missing', ...entry, expires: '1999-12-31' },
        { check: 'route-missing', node: 'node3', ...entry },
      ],
    });

    validate(JSON.parse([...renderJson(report)].join('')));

    expect(validate.errors).toBeNull();
    expect(report.suppressions?.map(({ state }) => state)).toEqual(['used', 'expired', 'unused']);
  });

  it.each([
    ['a severity that does not exist', { findings: [{ ...reportFinding(), severity: 'fatal' }] }],
    ['a property that it does not describe', { findings: [{ ...reportFinding(), colour: 'red' }] }],
    ['a negative count', { pairs: { checked: -1, broken: 0, unknown: 0 } }],
    [
      'an unknown verdict without a reason',
      { verdicts: [{ check: 'route-missing', subject: 'cluster', verdict: 'unknown' }] },
    ],
    ['another version', { schemaVersion: 2 }],
    ['an instant that is none', { startedAt: 'yesterday' }],
  ])('refuses %s', (_, change) => {
    const report = { ...buildReport(), ...change };

    expect(validate(report)).toBe(false);
  });

  it('lets a property of a newer report pass as published', () => {
    const published = new Ajv2020({ strict: true, strictRequired: false }).compile(schema);

    expect(published({ ...buildReport(), diagnoses: [] })).toBe(true);
  });
});
