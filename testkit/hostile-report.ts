// SPDX-License-Identifier: Apache-2.0

import type { Report } from '#report/report.ts';
import { buildReport, nodeFinding, reportFinding, reportNode } from './report-builder.ts';

/** Fragments that end, open or forge something in one of the forms of output. */
export const HOSTILE_FRAGMENTS: readonly string[] = [
  '<script>alert(1)</script>',
  '</style></title></pre></td>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '<!-- ',
  ']]>',
  '&lt;b&gt; &#60;',
  '`code` ``` ````',
  '\n```\n# heading\n',
  '\n- item\n| cell | cell |\n',
  '**bold** _em_ ~~gone~~ $x$',
  '[text](https://evil.example) ![image](https://evil.example/a.png)',
  '<https://evil.example> www.evil.example someone@evil.example @someone #12',
  '{0} {{1}} \\',
  '\u001B[31m\u001B]8;;https://evil.example\u0007',
  '\u0000\u0008\u009B\u202E\u200B\uFEFF\uFFFE\uD800',
  'yes: no\n--- \n\'key\': "value"',
];

/**
 * A report whose every string field from the outside is made by `words`, which gets a name of its own for each:
 * two calls with different `words` differ in texts only.
 */
export function reportOf(words: (field: string) => string): Report {
  const [a, b, c] = [words('node-a'), words('node-b'), words('node-c')];
  const unread = [words('unread-1'), words('unread-2')];
  const finding = {
    title: words('title'),
    node: a,
    peer: b,
    object: words('object'),
    message: words('message'),
    expected: words('expected'),
    observed: words('observed'),
    id: words('id'),
    evidence: [words('evidence')],
  };
  return buildReport({
    nodes: [
      reportNode({
        name: a,
        podCIDRs: [words('range')],
        internalIPs: [words('address')],
        readBy: words('way'),
      }),
      reportNode({ name: b, unread }),
      reportNode({ name: c }),
    ],
    cluster: {
      context: words('context'),
      version: words('version'),
      server: words('server'),
      uid: words('uid'),
      flannel: {
        kind: 'daemonset',
        namespace: words('namespace'),
        name: words('daemonset'),
        version: words('flannel'),
        backend: words('backend'),
      },
    },
    findings: [
      reportFinding(finding),
      nodeFinding({ ...finding, node: c, breaks: 'none', severity: 'warning' }),
      reportFinding({ ...finding, severity: 'info', breaks: 'none', stability: 'preview' }),
      nodeFinding({
        ...finding,
        check: 'link-down',
        breaks: 'none',
        suppressed: { reason: words('reason'), expires: words('2026-12-31') },
      }),
    ],
    verdicts: [
      { check: 'route-missing', subject: `node/${a}`, verdict: 'fail' },
      { check: 'route-missing', subject: `node/${b}`, verdict: 'unknown', reason: words('why') },
      { check: 'route-missing', subject: `node/${c}`, verdict: 'fail' },
      { check: 'link-down', subject: 'cluster', verdict: 'unknown', reason: words('why-cluster') },
      { check: 'link-down', subject: `node/${c}`, verdict: 'skip', reason: words('why-skip') },
    ],
    suppressions: suppressionsOf(words),
    pairs: { checked: 4, broken: 1, unknown: 2 },
  });
}

function suppressionsOf(words: (field: string) => string): NonNullable<Report['suppressions']> {
  return [
    {
      check: 'link-down',
      node: words('pattern'),
      peer: words('peer-pattern'),
      object: words('object-pattern'),
      reason: words('reason-1'),
      expires: words('2025-12-31'),
      state: 'expired',
      findings: 1,
    },
    {
      check: 'link-down',
      message: words('message-pattern'),
      reason: words('reason-2'),
      expires: words('2026-12-31'),
      state: 'unused',
      findings: 0,
    },
  ];
}
