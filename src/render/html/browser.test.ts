// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { findChromium, withPage } from '../../../testkit/chromium.ts';
import { buildReport, reportFinding, reportNode } from '../../../testkit/report-builder.ts';
import type { Report } from '#report/report.ts';
import type { RenderOptions } from '../render-options.ts';
import { renderHtml } from './render-report.ts';

const OPTIONS: RenderOptions = {
  color: false,
  width: 100,
  unicode: true,
  program: 'selvage',
  narrowed: false,
  checks: [
    {
      id: 'route-missing',
      title: 'Route is missing',
      severity: 'critical',
      stability: 'stable',
      judgesPairs: true,
      page: '# route-missing\n\n## Why it matters\n\nPods reach `nothing`.\n',
    },
  ],
};

const chromium = findChromium();

interface Opened {
  /** The page as it stands after its script ran. */
  readonly dom: string;
  /** Messages of the console: violations of the policy, errors of the script. */
  readonly console: readonly string[];
}

/** Opens a page in Chromium. `appended` stands behind it, for what an attacker would add. */
async function open(report: Report, appended = ''): Promise<Opened> {
  const html = [...renderHtml(report, OPTIONS), appended].join('');
  return withPage(html, async (page) => ({
    dom: String(await page.evaluate('document.documentElement.outerHTML')),
    console: page.messages,
  }));
}

/** A cluster of 200 nodes: one reaches no other, one could not be read, some miss the same peer. */
function largeReport(): Report {
  const names = Array.from({ length: 200 }, (_, index) => `worker-${String(index + 1)}`);
  const [first = '', second = ''] = names;
  const unread = reportNode({ name: second, unread: ['It did not answer.'] });
  return buildReport({
    nodes: names.map((name) => (name === second ? unread : name)),
    findings: [
      ...names.slice(1).map((peer) => reportFinding({ node: first, peer })),
      ...names.slice(20, 30).map((node) => reportFinding({ node, peer: 'worker-100' })),
    ],
    verdicts: names.map((name) => ({
      check: 'route-missing',
      subject: `node/${name}`,
      verdict: name === second ? ('unknown' as const) : ('pass' as const),
    })),
    pairs: { checked: 39_601, broken: 209, unknown: 199 },
  });
}

const obstacle =
  chromium === undefined ? ': SKIPPED, no chromium in the PATH, see apt-get install chromium' : '';

describe.skipIf(chromium === undefined)(
  `the page in Chromium${obstacle}`,
  { timeout: 90_000 },
  () => {
    it('shows 200 nodes, runs its script and says nothing on the console', async () => {
      const opened = await open(largeReport());

      expect(opened.console).toEqual([]);
      expect(opened.dom).toMatch(/<output[^>]*>\d+ of \d+ groups shown<\/output>/u);
      expect(opened.dom).toContain('Reach no other node: worker-1.');
      expect(opened.dom.length).toBeLessThan(1_000_000);
    });

    it('names no address from which something could be loaded', async () => {
      const { dom } = await open(largeReport());

      expect(dom).not.toMatch(/\b(?:src|srcset|action|data)=|url\(|@import|https?:|\/\//u);
      expect(dom.match(/href="[^#][^"]*"/gu)).toBeNull();
    });

    it('runs and loads nothing that is not its own, if something got in', async () => {
      const opened = await open(
        buildReport(),
        '<script>document.body.id = "taken"</script><img src="http://127.0.0.1:9/a.png"><p style="color:red">x</p>',
      );

      expect(opened.dom).not.toContain('id="taken"');
      expect(
        opened.console.filter((line) => line.includes('Content Security Policy')),
      ).toHaveLength(3);
    });
  },
);
