// SPDX-License-Identifier: Apache-2.0

// Takes the picture of the HTML report that the README shows, in Chromium: the incident of the demo, on a simulated
// cluster. What differs from run to run (times, ports) is set, so that the same browser makes the same picture.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { CHECKS } from '#engine/registry.generated.ts';
import { judge } from '#engine/judge.ts';
import { readCluster } from '#engine/read-cluster.ts';
import { checkTexts } from '#apps/cli/check/output-formats.ts';
import { TOOL_VERSION } from '#apps/cli/version/tool-version.ts';
import { renderHtml } from '#render/html/render-report.ts';
import type { Report } from '#report/report.ts';
import { startSimulation } from '#simulation/api/server.ts';
import { macMini } from '#simulation/cluster/presets.ts';

import { findChromium, withPage } from '../testkit/chromium.ts';
import { ROOT } from './generated-files.ts';

const FILE = 'docs/pictures/report.png';
const WIDTH = 1200;
/** Bytes; a README is read over slow lines, too. */
const MOST_BYTES = 300 * 1024;

async function incident(): Promise<Report> {
  const cluster = macMini();
  const simulation = await startSimulation(cluster, { serverVersion: 'v1.34.0' });
  const folder = await mkdtemp(join(tmpdir(), 'selvage-picture-'));
  try {
    const kubeconfig = join(folder, 'kubeconfig');
    await writeFile(kubeconfig, simulation.kubeconfig, { mode: 0o600 });
    cluster.fault('routes-flush', 'mac-mini-2');
    const snapshot = await readCluster(
      { kubeconfig, env: {} },
      { signal: new AbortController().signal },
    );
    return judge(snapshot, { checks: CHECKS, toolVersion: TOOL_VERSION });
  } finally {
    await Promise.all([simulation.close(), rm(folder, { recursive: true })]);
  }
}

if (findChromium() === undefined) {
  console.error('There is no Chromium in the PATH: apt-get install chromium.');
  process.exit(1);
}
const report = await incident();
const shown: Report = {
  ...report,
  cluster: { ...report.cluster, context: 'mac-mini', server: '192.168.1.11:6443' },
  startedAt: '2026-01-01T12:00:00.000Z',
  finishedAt: '2026-01-01T12:00:00.400Z',
};
const html = renderHtml(shown, {
  color: false,
  width: 100,
  unicode: true,
  program: 'selvage',
  narrowed: false,
  checks: await checkTexts(CHECKS, 'html', shown.cluster.flannel?.backend),
});
const picture = await withPage([...html].join(''), async (page) => {
  await page.prefer('light');
  await page.resize(WIDTH, 800);
  // From the top to the end of the matrix; what is folded below it shows nothing.
  const height = await page.evaluate(
    `Math.ceil(document.querySelector('.matrix').getBoundingClientRect().bottom) + 40`,
  );
  await page.resize(WIDTH, Number(height));
  return page.picture();
});
if (picture.length > MOST_BYTES)
  throw new Error(`The picture has ${String(picture.length)} bytes.`);
await writeFile(join(ROOT, FILE), picture);
console.log(`${FILE}, ${String(Math.ceil(picture.length / 1024))} KiB`);
