// SPDX-License-Identifier: Apache-2.0

// cspell:ignore redy

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { ALERTS } from '#alerts/registry.generated.ts';
import { capturedIo, type CapturedIo } from '../../../../testkit/captured-io.ts';
import { runCommandLine } from '../command-line.ts';

async function run(...args: readonly string[]): Promise<CapturedIo & { readonly code: number }> {
  const io = capturedIo();
  const code = await runCommandLine(['alerts', ...args], io);
  return { ...io, code };
}

describe('selvage alerts', () => {
  it('lists all alerts with what they tell', async () => {
    const { code, stdout } = await run();

    expect(code).toBe(0);
    for (const { id, title } of ALERTS)
      expect(stdout.text()).toMatch(new RegExp(`^${id} .*${title}$`, 'm'));
  });

  it('shows the page of one', async () => {
    const { code, stdout } = await run('node-not-ready');

    expect(code).toBe(0);
    expect(stdout.text()).toContain('kubectl describe node node2');
  });

  it('writes the thresholds that were asked for into the rules', async () => {
    const thresholds = [
      '--memory-threshold',
      '70%',
      '--restart-threshold',
      '2',
      '--restart-window',
      '30m',
    ];
    const places = ['--flannel-memory', '1Gi', '--dns-threshold', '0.5', '--node-not-ready', '90s'];

    const { stdout } = await run('-o', 'rules', ...thresholds, ...places);

    const text = stdout.text();
    for (const expected of ['> 0.7', '>= 2', '[30m]', '> 1073741824', '> 0.5', 'for: 90s']) {
      expect(text).toContain(expected);
    }
  });

  it('puts namespace and labels on the PrometheusRule, as strings', async () => {
    const { stdout } = await run('-o', 'prometheus-rule', '-n', 'monitoring', '--label', 'on=1e3');

    expect(parse(stdout.text())).toMatchObject({
      metadata: { namespace: 'monitoring', labels: { on: '1e3' } },
    });
  });

  it('writes the receiver that was asked for', async () => {
    const url = 'http://127.0.0.1:9/hook';

    const { stdout } = await run('-o', 'alertmanager', '--receiver-url', url);

    expect(parse(stdout.text())).toMatchObject({
      receivers: [{ name: 'default' }, { name: 'selvage', webhook_configs: [{ url }] }],
    });
  });

  it('writes a dashboard as JSON', async () => {
    const { stdout } = await run('-o', 'grafana');

    expect(JSON.parse(stdout.text())).toMatchObject({ uid: 'selvage', schemaVersion: 38 });
  });

  it.each([
    [['node-not-redy'], "no alert 'node-not-redy'", 'Did you mean node-not-ready?'],
    [['../checks'], "no alert '../checks'", "List the ids with 'selvage alerts'"],
    [['node-not-ready', '-o', 'rules'], 'is for all alerts', 'Leave the id out'],
    [['-o', 'json'], "argument 'json' is invalid", 'table, prometheus-rule, rules'],
    [['-o', 'rules', '-n', 'x'], 'has no place in the form rules', '--output prometheus-rule'],
    [['--receiver-url', 'http://a'], 'has no place in the form table', '--output alertmanager'],
    [['-o', 'rules', '--memory-threshold', '800%'], "'800%' is invalid", 'like 80%'],
    [['-o', 'rules', '--growth-window', '5s'], "'5s' is invalid", 'from 1m'],
    [['-o', 'rules', '--flannel-daemonset', 'a|.*'], "'a|.*' is invalid", 'hyphens and dots'],
    [['-o', 'prometheus-rule', '-n', 'A_b'], "'A_b' is invalid", 'small letters'],
  ])('ends with 2 for %j, says what is wrong and what to do', async (args, what, whatToDo) => {
    const { code, stdout, stderr } = await run(...args);

    expect(code).toBe(2);
    expect(stderr.text()).toContain(what);
    expect(stderr.text()).toContain(whatToDo);
    expect(stdout.text()).toBe('');
  });
});
