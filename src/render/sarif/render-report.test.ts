// SPDX-License-Identifier: Apache-2.0

import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';

import { buildReport, nodeFinding, reportFinding } from '../../../testkit/report-builder.ts';
import type { Report } from '#report/report.ts';
import type { CheckText } from '../render-options.ts';
import { renderSarif } from './render-report.ts';

const CHECK: CheckText = {
  id: 'route-missing',
  title: 'Route to a peer is missing',
  severity: 'critical',
  stability: 'stable',
  judgesPairs: true,
  page: '# route-missing\n\nThe page.\n',
};

// What SARIF 2.1.0 requires of the objects that are written here, and what code scanning asks for beyond.
const MESSAGE = {
  type: 'object',
  required: ['text'],
  properties: { text: { type: 'string', minLength: 1 } },
};
const LEVEL = { enum: ['none', 'note', 'warning', 'error'] };
const LOCATIONS = {
  type: 'array',
  minItems: 1,
  items: {
    type: 'object',
    required: ['physicalLocation', 'logicalLocations'],
    properties: {
      physicalLocation: {
        type: 'object',
        required: ['artifactLocation'],
        properties: {
          artifactLocation: {
            type: 'object',
            required: ['uri'],
            properties: { uri: { type: 'string', pattern: "^[\\w.!~*'()/%-]+$" } },
          },
        },
      },
      logicalLocations: {
        type: 'array',
        minItems: 1,
        items: { type: 'object', required: ['fullyQualifiedName'] },
      },
    },
  },
};
const RULE = {
  type: 'object',
  required: ['id', 'shortDescription', 'help', 'defaultConfiguration'],
  properties: {
    id: { type: 'string', minLength: 1 },
    shortDescription: MESSAGE,
    help: MESSAGE,
    defaultConfiguration: { type: 'object', required: ['level'], properties: { level: LEVEL } },
  },
};
const RESULT = {
  type: 'object',
  required: ['ruleId', 'ruleIndex', 'kind', 'level', 'message', 'locations', 'partialFingerprints'],
  properties: {
    ruleIndex: { type: 'integer', minimum: 0 },
    kind: { const: 'fail' },
    level: LEVEL,
    message: MESSAGE,
    locations: LOCATIONS,
    partialFingerprints: { type: 'object', additionalProperties: { type: 'string' } },
  },
};
const RUN = {
  type: 'object',
  required: ['tool', 'invocations', 'results'],
  properties: {
    tool: {
      type: 'object',
      required: ['driver'],
      properties: {
        driver: {
          type: 'object',
          required: ['name', 'rules'],
          properties: { rules: { type: 'array', uniqueItems: true, items: RULE } },
        },
      },
    },
    invocations: {
      type: 'array',
      items: {
        type: 'object',
        required: ['executionSuccessful'],
        properties: {
          toolExecutionNotifications: {
            type: 'array',
            items: {
              type: 'object',
              required: ['message', 'level'],
              properties: { message: MESSAGE, level: LEVEL, locations: LOCATIONS },
            },
          },
        },
      },
    },
    results: { type: 'array', items: RESULT },
  },
};
const LOG = {
  type: 'object',
  required: ['$schema', 'version', 'runs'],
  properties: {
    version: { const: '2.1.0' },
    runs: { type: 'array', minItems: 1, maxItems: 1, items: RUN },
  },
};

interface Log {
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
    readonly invocations: readonly object[];
    readonly results: readonly { readonly ruleId: string; readonly ruleIndex: number }[];
  }[];
}

function sarifOf(report: Report): Log {
  return JSON.parse([...renderSarif(report, { checks: [CHECK] })].join('')) as Log;
}

describe('SARIF', () => {
  it.each([
    ['a healthy cluster', buildReport()],
    [
      'findings and unknown verdicts',
      buildReport({
        findings: [reportFinding(), nodeFinding({ check: 'link-down', severity: 'info' })],
        verdicts: [
          { check: 'route-missing', subject: 'node/a b', verdict: 'unknown', reason: 'No answer.' },
        ],
      }),
    ],
  ])('has the structure of version 2.1.0 for %s', (_, report) => {
    const validate = new Ajv2020({ strictTypes: false }).compile(LOG);

    validate(sarifOf(report));

    expect(validate.errors).toBeNull();
  });

  it('has a rule for each check that ran, and each result names its own', () => {
    const report = buildReport({
      findings: [reportFinding(), nodeFinding({ check: 'link-down' })],
    });

    const run = sarifOf(report).runs[0];

    const rules = run?.tool.driver.rules ?? [];
    expect(rules.map(({ id }) => id)).toEqual(['route-missing', 'link-down']);
    expect(run?.results.map(({ ruleIndex }) => rules[ruleIndex]?.id)).toEqual(
      run?.results.map(({ ruleId }) => ruleId),
    );
    expect(rules[0]).toMatchObject({ help: { markdown: CHECK.page } });
  });

  it('tells what is unknown as a notification, for no result would look healthy', () => {
    const report = buildReport({
      verdicts: [{ check: 'x', subject: 'node/a', verdict: 'unknown', reason: 'No answer.' }],
    });

    expect(sarifOf(report).runs[0]?.invocations[0]).toMatchObject({
      toolExecutionNotifications: [
        { level: 'warning', message: { text: 'Not known: No answer.' } },
      ],
    });
  });
});
