// SPDX-License-Identifier: Apache-2.0

import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { DEFAULT_THRESHOLDS } from '#alerts/default-thresholds.ts';
import type { AlertThresholds } from '#alerts/define-alert.ts';
import { ALERTS } from '#alerts/registry.generated.ts';
import { findProgram } from '../../../testkit/find-program.ts';
import { dashboardSections } from './dashboard-sections.ts';
import { renderRules } from './render-rules.ts';
import { yamlText } from './yaml-text.ts';

const promtool = findProgram('promtool');
const skipped =
  promtool === undefined
    ? ': SKIPPED, no promtool in the PATH, see apt-get install prometheus'
    : '';
// What promtool computes takes seconds, more on a busy machine.
const TIMEOUT = { timeout: 120_000 };

/** What Node rejects with when a program ends with another code than 0. */
const FAILED = z.object({ stdout: z.string(), stderr: z.string() });

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'selvage-promtool-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** Runs promtool in the folder and returns what it printed, also when it fails. */
async function runPromtool(...args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(promtool ?? '', args, {
    cwd: folder,
  }).catch((error: unknown) => FAILED.parse(error));
  return `${stdout}${stderr}`;
}

function writeRules(changed: Partial<AlertThresholds> = {}): Promise<void> {
  const thresholds = { ...DEFAULT_THRESHOLDS, ...changed };
  const text = renderRules({ alerts: ALERTS, thresholds, runbookBase: 'src/alerts' });
  return writeFile(join(folder, 'rules.yaml'), text);
}

describe.skipIf(promtool === undefined)(`the rules in promtool${skipped}`, TIMEOUT, () => {
  it('load', async () => {
    await writeRules();

    const said = await runPromtool('check', 'rules', 'rules.yaml');

    expect(said).toContain(`SUCCESS: ${String(ALERTS.length)} rules found`);
  });

  it('load with other thresholds and names', async () => {
    await writeRules({
      memoryRatio: 0.0001,
      restartWindowSeconds: 90,
      growthWindowSeconds: 61,
      growthAheadSeconds: 2_073_600,
      flannelMemoryBytes: 1,
      nodeNotReadySeconds: 1,
      flannelDaemonSets: ['a.b', 'kube-flannel-ds'],
    });

    const said = await runPromtool('check', 'rules', 'rules.yaml');

    expect(said).toContain(`SUCCESS: ${String(ALERTS.length)} rules found`);
  });

  it.each(ALERTS.map(({ id }) => id))('%s fires and is silent as its cases say', async (id) => {
    await writeRules();
    const cases = new URL(`../../alerts/${id}/alert.test.yaml`, import.meta.url);
    await copyFile(cases, join(folder, 'cases.yaml'));

    const said = await runPromtool('test', 'rules', 'cases.yaml');

    expect(said).toMatch(/^Unit Testing: +cases\.yaml\n +SUCCESS\s*$/);
  });

  it('fire at the thresholds that were asked for, for the DaemonSet that was named', async () => {
    await writeRules({ restarts: 1, restartWindowSeconds: 600, flannelDaemonSets: ['my.cni'] });
    await writeFile(join(folder, 'cases.yaml'), yamlText(OTHER_CASES));

    const said = await runPromtool('test', 'rules', 'cases.yaml');

    expect(said).toMatch(/^Unit Testing: +cases\.yaml\n +SUCCESS\s*$/);
  });
});

describe.skipIf(promtool === undefined)(`the dashboard in promtool${skipped}`, TIMEOUT, () => {
  it('has queries that Prometheus takes', async () => {
    const panels = dashboardSections(DEFAULT_THRESHOLDS).flatMap((section) => section.panels);
    const rules = panels
      .flatMap(({ queries }) => queries)
      .map(({ expression }, index) => ({ record: `panel:${String(index)}`, expr: expression }));
    await writeFile(join(folder, 'rules.yaml'), yamlText({ groups: [{ name: 'all', rules }] }));

    const said = await runPromtool('check', 'rules', 'rules.yaml');

    expect(said).toContain(`SUCCESS: ${String(rules.length)} rules found`);
  });
});

/** A restart of ten minutes ago, and a DaemonSet that has a name like another one's, were a dot any character. */
const OTHER_CASES = {
  rule_files: ['rules.yaml'],
  evaluation_interval: '1m',
  tests: [
    {
      interval: '1m',
      input_series: [
        {
          series:
            'kube_pod_container_status_restarts_total{namespace="demo", pod="web-1", container="app"}',
          values: '0+0x5 1+0x30',
        },
        { series: 'kube_node_info{node="node1"}', values: '1+0x30' },
        {
          series: 'kube_daemonset_status_desired_number_scheduled{daemonset="my-cni"}',
          values: '1+0x30',
        },
        { series: 'kube_daemonset_status_number_ready{daemonset="my-cni"}', values: '0+0x30' },
      ],
      alert_rule_test: [
        { alertname: 'SelvageFlannelPodMissing', eval_time: '20m', exp_alerts: [] },
        {
          alertname: 'SelvageContainerRestarting',
          eval_time: '8m',
          exp_alerts: [
            {
              exp_labels: {
                severity: 'warning',
                namespace: 'demo',
                pod: 'web-1',
                container: 'app',
              },
              exp_annotations: {
                summary: 'Container app of demo/web-1 restarts again and again',
                description:
                  'It was restarted 1 times in the last 10m. The state and the log of the run before say why it ended.',
                runbook_url: 'src/alerts/container-restarting/README.md',
              },
            },
          ],
        },
        { alertname: 'SelvageContainerRestarting', eval_time: '20m', exp_alerts: [] },
      ],
    },
  ],
};
