// SPDX-License-Identifier: Apache-2.0

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { LoopbackServer } from '../../../testkit/loopback-server.ts';
import { findPrometheus } from '../../../testkit/prometheus.ts';
import { lab, tryLab } from '../lab-command.ts';
import { flannelPods, leakingPast } from '../prometheus/flannel-past.ts';
import { startLabPrometheus } from '../prometheus/lab-prometheus.ts';
import { selvageAsAdmin } from './fix-command.ts';

const isThere = findPrometheus() !== undefined;
const skipped = isThere ? '' : ': SKIPPED, no Prometheus in the PATH';

const NAMESPACE = '--namespace=kube-flannel';
const NAME = 'selvage-scheduled-restart';
const TARGET = 'daemonset/kube-flannel-ds';

/** What is there of a scheduled restart. */
async function objects(): Promise<readonly string[]> {
  const kinds = 'serviceaccounts,roles,rolebindings,cronjobs';
  const text = await lab('kubectl', 'get', kinds, NAMESPACE, '-o', 'name');
  return text.split('\n').filter((line) => line.endsWith(`/${NAME}`));
}

/** Runs kubectl as the service account, with its rights alone; returns its exit code. */
async function asServiceAccount(...words: readonly string[]): Promise<number> {
  const account = `--as=system:serviceaccount:kube-flannel:${NAME}`;
  return (await tryLab('kubectl', ...words, account)).exitCode;
}

describe.skipIf(!isThere)(`a restart by schedule${skipped}`, () => {
  let leaking: LoopbackServer;

  beforeAll(async () => {
    leaking = await startLabPrometheus({
      everySeconds: 60,
      past: leakingPast(await flannelPods()),
    });
  });

  afterAll(async () => {
    await selvageAsAdmin('undo', '--yes');
    await leaking.stop();
    await lab('heal');
  });

  it('is refused while Prometheus proves no leak', async () => {
    const young = await startLabPrometheus({ everySeconds: 2 });

    const ran = await selvageAsAdmin(
      ...['install', 'scheduled-restart', '--yes', '--prometheus-url', young.url],
    );
    await young.stop();

    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toContain('No leak of Flannel is proven');
    expect(await objects()).toEqual([]);
  });

  it('is taken by the API server where one is proven', async () => {
    const ran = await selvageAsAdmin(
      ...['install', 'scheduled-restart', '--yes', '--prometheus-url', leaking.url],
    );

    expect(ran).toMatchObject({ exitCode: 0 });
    expect(ran.stdout).toContain('MiB a week');
    expect(await objects()).toHaveLength(4);
  });

  it('has a service account that restarts the DaemonSet and watches it', async () => {
    const before = new Set((await flannelPods()).values());

    const restarted = await asServiceAccount('rollout', 'restart', TARGET, NAMESPACE);
    const watched = await asServiceAccount(
      ...['rollout', 'status', TARGET, NAMESPACE, '--timeout=100s'],
    );

    const after = [...(await flannelPods()).values()];
    expect([restarted, watched]).toEqual([0, 0]);
    expect(after.filter((pod) => before.has(pod))).toEqual([]);
  });

  it.each([
    ['get', 'secrets'],
    ['list', 'pods'],
    ['delete', 'pods'],
    ['patch', 'daemonsets/another'],
    ['delete', TARGET.replace('daemonset', 'daemonsets')],
  ])('may not %s %s', async (verb, what) => {
    expect(await asServiceAccount('auth', 'can-i', verb, what, NAMESPACE)).toBe(1);
  });

  it('makes Jobs that the API server takes', async () => {
    const made = await tryLab(
      ...['kubectl', 'create', 'job', 'try-it', `--from=cronjob/${NAME}`, NAMESPACE],
    );
    await lab('kubectl', 'delete', 'job', 'try-it', NAMESPACE);

    expect(made).toMatchObject({ exitCode: 0 });
  });

  it('is gone after undo', async () => {
    const undone = await selvageAsAdmin('undo', '--yes');

    expect(undone).toMatchObject({ exitCode: 0 });
    expect(await objects()).toEqual([]);
  });
});
