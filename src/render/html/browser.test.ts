// SPDX-License-Identifier: Apache-2.0

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

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

// A new profile, no service of its own that talks to the net, and each message of the console on standard error.
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-extensions',
  '--proxy-server=127.0.0.1:9',
  '--enable-logging=stderr',
  '--virtual-time-budget=2000',
];

function findChromium(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders
    .flatMap((folder) =>
      ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join(folder, name)),
    )
    .find((path) => existsSync(path));
}

const chromium = findChromium() ?? '';

interface Opened {
  /** The page as it stands after its script ran. */
  readonly dom: string;
  /** Messages of the console: violations of the policy, errors of the script. */
  readonly console: readonly string[];
}

/** Opens a page in Chromium. `appended` stands behind it, for what an attacker would add. */
async function open(report: Report, appended = ''): Promise<Opened> {
  const folder = await mkdtemp(join(tmpdir(), 'selvage-page-'));
  try {
    const page = join(folder, 'report.html');
    await writeFile(page, [...renderHtml(report, OPTIONS), appended].join(''));
    const { stdout, stderr } = await promisify(execFile)(
      chromium,
      [...FLAGS, `--user-data-dir=${join(folder, 'profile')}`, '--dump-dom', `file://${page}`],
      { timeout: 60_000, maxBuffer: 64 * 1024 * 1024 },
    );
    return { dom: stdout, console: stderr.split('\n').filter((line) => line.includes('CONSOLE')) };
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
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
  chromium === '' ? ': SKIPPED, no chromium in the PATH, see apt-get install chromium' : '';

describe.skipIf(chromium === '')(`the page in Chromium${obstacle}`, { timeout: 90_000 }, () => {
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
    expect(opened.console.filter((line) => line.includes('Content Security Policy'))).toHaveLength(
      3,
    );
  });
});
