// SPDX-License-Identifier: Apache-2.0

// cspell:ignore узел

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Report } from '#report/report.ts';
import {
  buildReport,
  nodeFinding,
  reportFinding,
  reportNode,
} from '../../../testkit/report-builder.ts';
import { renderReport } from './render-report.ts';
import type { TerminalOptions } from './style.ts';

const PLAIN: TerminalOptions = {
  color: false,
  width: 100,
  unicode: true,
  program: 'selvage',
  narrowed: false,
};

function textOf(report: Report, options: Partial<TerminalOptions> = {}): string {
  return renderReport(report, { ...PLAIN, ...options });
}

function firstLine(report: Report): string {
  return textOf(report).split('\n')[0] ?? '';
}

const INCIDENT = buildReport({
  findings: [
    reportFinding({ peer: 'mac-mini-1' }),
    reportFinding({
      peer: 'mac-mini-3',
      message: 'Node mac-mini-2 has no route to the pods of mac-mini-3.',
      expected: '10.244.5.0/24 via 10.244.5.0 dev flannel.1 onlink',
    }),
  ],
});

const HUNDRED = Array.from({ length: 100 }, (_, index) => `node${String(index)}`);

describe('the first line', () => {
  it('is the only one when the cluster is healthy', () => {
    expect(textOf(buildReport())).toBe(
      '✓ 6 of 6 node pairs hold what Flannel needs (3 nodes, vxlan, flannel v0.28.9, 0.4 s).\n',
    );
  });

  it('says who cannot reach whom', () => {
    expect(firstLine(INCIDENT)).toBe(
      '✗ 2 of 6 node pairs are broken: pods on mac-mini-2 cannot reach pods on mac-mini-1 and mac-mini-3.',
    );
  });

  it('says which node is cut off', () => {
    const finding = reportFinding({ check: 'link-missing', node: 'mac-mini-2', breaks: 'node' });
    const pairs = { checked: 6, broken: 4, unknown: 0 };

    expect(firstLine(buildReport({ findings: [finding], pairs }))).toBe(
      '✗ 4 of 6 node pairs are broken: mac-mini-2 is cut off from all other nodes.',
    );
  });

  it.each([
    ['that a node reaches no other', ['a'], 'pods on a cannot reach pods on any other node'],
    ['that no node reaches any other', ['a', 'b', 'c', 'd'], 'no node reaches any other'],
  ])('says in short %s', (_, from, said) => {
    const nodes = ['a', 'b', 'c', 'd'];
    const findings = from.flatMap((node) =>
      nodes.filter((peer) => peer !== node).map((peer) => reportFinding({ node, peer })),
    );

    expect(firstLine(buildReport({ nodes, findings }))).toContain(`: ${said}.`);
  });

  it('does not say of a node that is cut off whom it or others cannot reach', () => {
    const nodes = ['a', 'b', 'c', 'd'];
    const findings = [
      reportFinding({ check: 'link-missing', node: 'a', breaks: 'node' }),
      reportFinding({ node: 'b', peer: 'a' }),
    ];
    const pairs = { checked: 12, broken: 6, unknown: 0 };

    expect(firstLine(buildReport({ nodes, findings, pairs }))).toMatch(
      /broken: a is cut off from all other nodes\.$/u,
    );
  });

  it('says what will hurt while traffic still flows', () => {
    const finding = reportFinding({
      check: 'memory-limit-low',
      title: 'Memory limit is too low',
      severity: 'warning',
      breaks: 'none',
    });

    expect(firstLine(buildReport({ findings: [finding] }))).toBe(
      '! 6 of 6 node pairs hold what Flannel needs, but memory limit is too low on mac-mini-2.',
    );
  });

  it('says what could not be checked before it says that the rest is well', () => {
    const report = buildReport({ pairs: { checked: 4, broken: 0, unknown: 2 } });

    expect(firstLine(report)).toBe(
      '? 2 of 6 node pairs could not be checked; the other 4 hold what Flannel needs.',
    );
  });

  it('never says that all is well when nothing could be read', () => {
    const reason = 'It is forbidden to list nodes.';
    const report = buildReport({
      nodes: [],
      verdicts: [{ check: 'route-missing', subject: 'cluster', verdict: 'unknown', reason }],
    });

    expect(textOf(report)).toContain('? Nothing could be checked (0 nodes).');
    expect(textOf(report)).toContain(reason);
  });

  it('does not count a preview finding as a failure', () => {
    const finding = reportFinding({ severity: 'warning', breaks: 'none', stability: 'preview' });
    const report = buildReport({ findings: [finding] });

    expect(firstLine(report)).toMatch(/^✓ 6 of 6/u);
    expect(textOf(report)).toContain('(preview:');
  });
});

describe('the findings', () => {
  it('show what is expected and observed, and where to read on, once per check', () => {
    expect(textOf(INCIDENT)).toContain(`
mac-mini-2
  ✗ Node mac-mini-2 has no route to the pods of mac-mini-1.
      expected  10.244.3.0/24 via 10.244.3.0 dev flannel.1 onlink
      observed  nothing
  ✗ Node mac-mini-2 has no route to the pods of mac-mini-3.
      expected  10.244.5.0/24 via 10.244.5.0 dev flannel.1 onlink
      observed  nothing
      more      selvage explain route-missing
`);
  });

  it('name the plugin when it was called by kubectl', () => {
    const text = textOf(INCIDENT, { program: 'kubectl selvage' });

    expect(text).toContain('kubectl selvage explain route-missing');
  });

  it('are one paragraph when many nodes miss the same peer', () => {
    const findings = HUNDRED.slice(1).map((node) => reportFinding({ node, peer: 'node0' }));
    const text = textOf(buildReport({ nodes: HUNDRED, findings }));

    expect(text.split('\n').length).toBeLessThan(12);
    expect(text).toContain('99 nodes: node1, node2, node3 and 96 more');
  });

  it('are one paragraph when many nodes have the same fault without a peer', () => {
    const findings = HUNDRED.map((node) =>
      nodeFinding({ check: 'forwarding-off', node, breaks: 'node' }),
    );
    const text = textOf(buildReport({ nodes: HUNDRED, findings }));

    expect(text.split('\n').length).toBeLessThan(12);
    expect(text).toContain('100 nodes: node0, node1, node2 and 97 more');
  });

  it('of more nodes than anyone reads are counted in the end', () => {
    const findings = HUNDRED.slice(1).map((node, index) =>
      reportFinding({ node, peer: HUNDRED[index] ?? '' }),
    );
    const text = textOf(buildReport({ nodes: HUNDRED, findings }));

    expect(text).toContain('Findings on more nodes: node21, node22, node23 and 76 more.');
  });

  it('are counted when one node misses many peers', () => {
    const findings = HUNDRED.slice(1).map((peer) => reportFinding({ node: 'node0', peer }));
    const text = textOf(buildReport({ nodes: HUNDRED, findings }));

    expect(text.split('\n').length).toBeLessThan(24);
    expect(text).toContain('... and 96 more findings of this kind, towards node4, node5, node6');
  });

  it('of a shared fault do not hide what else a node has', () => {
    const shared = HUNDRED.slice(1).map((node) => reportFinding({ node, peer: 'node0' }));
    const own = reportFinding({
      check: 'forwarding-off',
      node: 'node7',
      message: 'node7 does not forward.',
      breaks: 'none',
    });
    const text = textOf(buildReport({ nodes: HUNDRED, findings: [...shared, own] }));

    expect(text).toContain('node7 does not forward.');
  });

  it('keep values whole, but for a terminal that has no room for them', () => {
    const expected = '10.244.3.0/24 via 10.244.3.0 dev flannel.1 onlink';
    const report = buildReport({ findings: [reportFinding({ expected })] });

    expect(textOf(report, { width: 80 })).toContain(`      expected  ${expected}\n`);
    expect(textOf(report, { width: 40 })).toContain(
      '      expected  10.244.3.0/24 via\n                10.244.3.0 dev flannel.1\n                onlink\n',
    );
    expect(textOf(report, { width: 40, color: true })).toContain('\n                onlink\n');
  });

  it('of severity info are one paragraph at the end', () => {
    const leftovers = ['a', 'b'].map((node) =>
      reportFinding({
        check: 'route-stale',
        title: 'Stale route',
        severity: 'info',
        node,
        breaks: 'none',
      }),
    );
    const text = textOf(buildReport({ nodes: ['a', 'b'], findings: leftovers }));

    expect(text).toMatch(/^✓ 2 of 2/u);
    expect(text).toContain(
      'Also seen, harmless\n  · Stale route: 2 on a and b. For example: Node a has no route to the pods of mac-mini-1.\n' +
        '      more      selvage explain route-stale',
    );
  });
});

describe('what could not be checked', () => {
  it('is told with its reason, once for nodes that share it', () => {
    const unread = ['The kubelet did not answer within 10 s.'];
    const verdicts = ['b', 'c'].map(
      (name) =>
        ({
          check: 'route-missing',
          subject: `node/${name}`,
          verdict: 'unknown',
          reason: 'routes: timed out',
        }) as const,
    );
    const text = textOf(
      buildReport({
        nodes: ['a', reportNode({ name: 'b', unread }), reportNode({ name: 'c', unread })],
        verdicts: [{ check: 'route-missing', subject: 'node/a', verdict: 'pass' }, ...verdicts],
        pairs: { checked: 2, broken: 0, unknown: 4 },
      }),
    );

    expect(text).toContain('  ? b and c:\n      The kubelet did not answer within 10 s.\n');
    expect(text).not.toContain('routes: timed out');
  });

  it('leaves out checks that do not apply', () => {
    const text = textOf(
      buildReport({
        nodes: ['a', 'b'],
        verdicts: [
          { check: 'route-missing', subject: 'node/a', verdict: 'pass' },
          { check: 'route-missing', subject: 'node/b', verdict: 'pass' },
          { check: 'x', subject: 'node/b', verdict: 'skip', reason: 'Not vxlan.' },
        ],
      }),
    );

    expect(text).not.toContain('Not vxlan.');
  });

  it('says why no check applied when none did', () => {
    const text = textOf(
      buildReport({
        nodes: ['a', 'b'],
        pairs: { checked: 0, broken: 0, unknown: 2 },
        verdicts: [{ check: 'x', subject: 'node/b', verdict: 'skip', reason: 'Not vxlan.' }],
      }),
    );

    expect(text).toContain('? None of 2 node pairs could be checked.');
    expect(text).toContain('Not vxlan.');
  });
});

describe('the terminal', () => {
  it('gets no escape sequence without colour', () => {
    expect(textOf(INCIDENT)).not.toContain('\u001B');
  });

  it('gets colour when asked', () => {
    expect(textOf(INCIDENT, { color: true })).toContain('\u001B[31m');
  });

  it('gets ASCII only when it is not UTF-8', () => {
    const report = buildReport({ findings: [reportFinding({ node: 'узел' })] });

    expect(textOf(report, { unicode: false })).toMatch(/^[\n\x20-\x7e]*$/u);
  });

  it('gets only our own lines and no control characters, whatever the cluster says', () => {
    const hostile = fc.string({ unit: 'binary', minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(hostile, hostile, (name, words) => {
        const finding = reportFinding({
          node: name,
          peer: words,
          message: words,
          expected: words,
          observed: words,
        });
        const report = buildReport({
          nodes: [reportNode({ name, unread: [words] }), 'b'],
          findings: [finding],
          cluster: { context: words, version: words },
        });

        expect(textOf(report).replaceAll('\n', '')).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
        expect(
          textOf(report)
            .split('\n')
            .filter((line) => line.startsWith('✓')),
        ).toEqual([]);
      }),
    );
  });
});
