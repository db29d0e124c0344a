// SPDX-License-Identifier: Apache-2.0

import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { ALERTS } from '#alerts/registry.generated.ts';
import { findProgram } from '../../../testkit/find-program.ts';
import { alertName } from './alert-name.ts';
import { renderAlertmanager } from './render-alertmanager.ts';

const amtool = findProgram('amtool');
const skipped =
  amtool === undefined
    ? ': SKIPPED, no amtool in the PATH, see apt-get install prometheus-alertmanager'
    : '';

async function runAmtool(...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(amtool ?? '', args);
  return stdout;
}

describe.skipIf(amtool === undefined)(`the routing in amtool${skipped}`, () => {
  let folder: string;
  let file: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'selvage-amtool-'));
    file = join(folder, 'alertmanager.yml');
    await writeFile(file, renderAlertmanager());
  });

  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  it('is a configuration that Alertmanager takes', async () => {
    expect(await runAmtool('check-config', file)).toContain('SUCCESS');
  });

  it('is one also with an address of the person', async () => {
    const other = join(folder, 'other.yml');
    await writeFile(other, renderAlertmanager("http://127.0.0.1:9/?a='b'&c=%20#d: e"));

    expect(await runAmtool('check-config', other)).toContain('SUCCESS');
  });

  it('takes every alert to its own receiver', async () => {
    const receivers = await Promise.all(
      ALERTS.map(({ id, severity }) => {
        const labels = [`alertname=${alertName(id)}`, `severity=${severity}`];
        return runAmtool('config', 'routes', 'test', `--config.file=${file}`, ...labels);
      }),
    );

    expect(new Set(receivers.map((text) => text.trim()))).toEqual(new Set(['selvage']));
  });

  it('leaves the alerts of others where they were', async () => {
    const labels = ['alertname=SomebodyElse', 'severity=critical'];

    const receiver = await runAmtool(
      'config',
      'routes',
      'test',
      `--config.file=${file}`,
      ...labels,
    );

    expect(receiver.trim()).toBe('default');
  });
});
