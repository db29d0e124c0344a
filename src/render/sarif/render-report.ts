// SPDX-License-Identifier: Apache-2.0

import type { Report, ReportFinding, ReportVerdict } from '#report/report.ts';

import type { CheckText, RenderOptions } from '../render-options.ts';
import { printableText } from '../terminal/printable-text.ts';

const SCHEMA =
  'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
const LEVELS = { critical: 'error', warning: 'warning', info: 'note' } as const;

/**
 * The report as SARIF 2.1.0 (OASIS, with errata 01): rules are the checks that ran, results the findings, in
 * chunks. What is unknown becomes notifications of the invocation, so that no viewer takes silence for health. A
 * suppressed finding is a result with an accepted suppression (3.27.23), which viewers leave out of their counts. A
 * location is logical: `node/<name>` or `cluster`; viewers that ask for a file get the same as a relative URI.
 */
export function* renderSarif(
  report: Report,
  { checks }: Pick<RenderOptions, 'checks'>,
): Generator<string, void> {
  const rules = rulesOf(report, checks);
  const indexes = new Map(rules.map(({ id }, index) => [id, index]));
  const head = {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: toolOf(report, rules),
        invocations: [invocationOf(report)],
        columnKind: 'utf16CodeUnits',
        results: [],
      },
    ],
  };
  const [before = '', after = ''] = JSON.stringify(head, null, 1).split(
    /(?<="results": \[)(?=\]\n {2}\}\n \]\n\}$)/u,
  );
  yield before;
  for (const [index, finding] of report.findings.entries()) {
    yield `${index === 0 ? '' : ','}\n${JSON.stringify(resultOf(finding, indexes.get(finding.check)))}`;
  }
  yield `${after}\n`;
}

/** The checks that ran, and those that only the report knows, so that each finding has its rule. */
function rulesOf(
  { verdicts, findings }: Report,
  checks: readonly CheckText[],
): readonly CheckText[] {
  const ran = new Set([...verdicts, ...findings].map(({ check }) => check));
  const known = checks.filter(({ id }) => ran.has(id));
  for (const { id } of known) ran.delete(id);
  const others = [...ran].map((id): CheckText => {
    const finding = findings.find(({ check }) => check === id);
    return {
      id,
      title: finding?.title ?? id,
      severity: finding?.severity ?? 'warning',
      stability: finding?.stability ?? 'stable',
      judgesPairs: false,
    };
  });
  return [...known, ...others];
}

function toolOf({ tool }: Report, rules: readonly CheckText[]): object {
  return {
    driver: {
      name: 'Selvage',
      semanticVersion: printableText(tool.version),
      rules: rules.map(ruleOf),
    },
  };
}

function ruleOf({ id, title, severity, stability, page }: CheckText): object {
  const help = page ?? printableText(`${title}. More: selvage explain ${id}`);
  return {
    id: printableText(id),
    name: printableText(id),
    shortDescription: message(`${title}.`),
    help: { text: text(help), markdown: page ?? text(help) },
    defaultConfiguration: { level: LEVELS[severity] },
    properties: { stability },
  };
}

function invocationOf(report: Report): object {
  const unknown = report.verdicts.filter(({ verdict }) => verdict === 'unknown');
  return {
    executionSuccessful: true,
    startTimeUtc: report.startedAt,
    endTimeUtc: report.finishedAt,
    toolExecutionNotifications: unknown.map(notificationOf),
    properties: { pairs: report.pairs, context: printableText(report.cluster.context) },
  };
}

function notificationOf({ check, subject, reason }: ReportVerdict): object {
  return {
    level: 'warning',
    associatedRule: { id: printableText(check) },
    locations: [locationOf(subject)],
    message: message(`Not known: ${reason ?? 'no reason was given.'}`),
  };
}

function resultOf(finding: ReportFinding, ruleIndex: number | undefined): object {
  const { check, severity, node, peer, object, stability, breaks, id, suppressed } = finding;
  const subject = node === undefined ? 'cluster' : `node/${node}`;
  return {
    ruleId: printableText(check),
    ...(ruleIndex !== undefined && { ruleIndex }),
    kind: 'fail',
    level: LEVELS[severity],
    message: message(
      `${finding.message} Expected: ${finding.expected}. Observed: ${finding.observed}.`,
    ),
    locations: [locationOf(subject)],
    ...(suppressed !== undefined && {
      suppressions: [
        {
          kind: 'external',
          status: 'accepted',
          justification: printableText(suppressed.reason),
          properties: { expires: printableText(suppressed.expires) },
        },
      ],
    }),
    partialFingerprints: { 'findingId/v1': printableText(id) },
    properties: {
      stability,
      breaks,
      ...(peer !== undefined && { peer: printableText(peer) }),
      ...(object !== undefined && { object: printableText(object) }),
    },
  };
}

function locationOf(subject: string): object {
  const name = printableText(subject);
  return {
    physicalLocation: {
      artifactLocation: {
        uri: name
          .split('/')
          .map((part) => encodeURIComponent(part))
          .join('/'),
      },
    },
    logicalLocations: [{ fullyQualifiedName: name, kind: 'resource' }],
  };
}

function message(words: string): { readonly text: string } {
  return { text: text(printableText(words)) };
}

/**
 * Plain text as SARIF wants it: braces are doubled, or they would be placeholders (3.11.5); brackets and
 * backslashes are escaped, or they would make links (3.11.6).
 */
function text(words: string): string {
  return words.replace(/[\\[\]]/gu, '\\$&').replace(/[{}]/gu, '$&$&');
}
