// SPDX-License-Identifier: Apache-2.0

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { cluster } from '#simulation/cluster/presets.ts';
import type { SimulatedCluster } from '#simulation/cluster/simulated-cluster.ts';
import { kernelText, type ServedCluster, serveInEachTest } from './served-cluster.ts';

const MAIN = join(import.meta.dirname, '../../src/apps/cli/main.ts');
const LEASES = 'leases.coordination.k8s.io';
const TIMEOUT_MS = 60_000;

const serve = serveInEachTest();

/** Starts `selvage fix --yes` in a process of its own, which can be killed. */
async function startFix(site: ServedCluster): Promise<ChildProcess> {
  const kubeconfig = join(site.home, 'config-child');
  await writeFile(kubeconfig, site.simulation.kubeconfig, { mode: 0o600 });
  return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, 'fix', '--yes'], {
    env: { KUBECONFIG: kubeconfig, HOME: site.home, XDG_STATE_HOME: site.state },
    stdio: 'ignore',
  });
}

/** Commands that a run sends into nodes, from the first one after its lock is taken. */
class ExecCounter {
  count = 0;
  #atCommand: (number: number, when: 'before' | 'after') => void = () => undefined;

  constructor(simulated: SimulatedCluster) {
    const exec = simulated.exec.bind(simulated);
    simulated.exec = (request) => {
      const isLocked = holderOf(simulated) !== '';
      if (!isLocked) return exec(request);
      this.count += 1;
      const number = this.count;
      this.#atCommand(number, 'before');
      const result = exec(request);
      this.#atCommand(number, 'after');
      return result;
    };
  }

  onCommand(atCommand: (number: number, when: 'before' | 'after') => void): void {
    this.#atCommand = atCommand;
  }
}

function holderOf(simulated: SimulatedCluster): string {
  const lease = simulated.store.get(LEASES, 'selvage-mend', 'kube-flannel');
  const spec = lease?.['spec'] as { readonly holderIdentity?: string } | undefined;
  return spec?.holderIdentity ?? '';
}

/** What 15 seconds without a sign of life do to the lock. */
function letLockRunOut(simulated: SimulatedCluster): void {
  const lease = simulated.store.get(LEASES, 'selvage-mend', 'kube-flannel');
  if (lease === undefined) return;
  const spec = lease['spec'] as object;
  simulated.store.update(LEASES, { ...lease, spec: { ...spec, leaseDurationSeconds: 0 } });
}

/** One step is read when it is rehearsed, read again, and written: three commands. Then one reading per node. */
const COMMANDS = [1, 2, 3, 4, 5, 6, 7, 9, 10];
const BOUNDARIES = COMMANDS.flatMap((number) =>
  (['before', 'after'] as const).map((when) => ({ number, when })),
);

describe.each(BOUNDARIES)('a fix that is killed $when its command $number', ({ number, when }) => {
  it(
    'is finished by the next one, which says what came of the step, and the audit has no open end',
    { timeout: TIMEOUT_MS },
    async () => {
      const simulated = cluster();
      const healthy = kernelText(simulated, 'node2');
      simulated.fault('routes-flush', 'node2');
      const site = await serve(simulated);
      const counter = new ExecCounter(simulated);
      const child = await startFix(site);
      counter.onCommand((at, moment) => {
        if (at === number && moment === when) child.kill('SIGKILL');
      });
      const ended = await once(child, 'exit');
      counter.onCommand(() => undefined);
      const torn = await site.audit();
      letLockRunOut(simulated);

      const { exitCode, said } = await site.run(['fix', '--yes']);

      const open = torn.filter(({ outcome }) => outcome === undefined);
      const audit = await site.audit();
      expect(ended).toEqual([null, 'SIGKILL']);
      expect(exitCode).toBe(0);
      expect(kernelText(simulated, 'node2')).toBe(healthy);
      expect(said.includes('An earlier run ended in the middle')).toBe(open.length > 0);
      expect(audit.filter(({ outcome }) => outcome === undefined)).toEqual([]);
    },
  );
});

describe('a step that was written when its run was killed', () => {
  it('can be undone all the same', { timeout: TIMEOUT_MS }, async () => {
    const simulated = cluster();
    simulated.fault('route-del', 'node2', 'node3');
    const broken = kernelText(simulated, 'node2');
    const site = await serve(simulated);
    const counter = new ExecCounter(simulated);
    const child = await startFix(site);
    counter.onCommand((at, moment) => {
      if (at === 3 && moment === 'after') child.kill('SIGKILL');
    });
    await once(child, 'exit');
    counter.onCommand(() => undefined);
    letLockRunOut(simulated);
    await site.run(['fix', '--yes']);

    const { exitCode } = await site.run(['undo', '--yes']);

    expect(exitCode).toBe(0);
    expect(kernelText(simulated, 'node2')).toBe(broken);
  });
});

describe('a fix that is killed when it has deleted a pod', () => {
  it('is found by the next one, and flannel runs', { timeout: TIMEOUT_MS }, async () => {
    const simulated = cluster();
    simulated.fault('wrong-public-ip', 'node2');
    const site = await serve(simulated);
    const child = await startFix(site);
    simulated.store.subscribe((resource, type) => {
      if (resource === 'pods' && type === 'DELETED') child.kill('SIGKILL');
    });
    await once(child, 'exit');
    letLockRunOut(simulated);

    const { exitCode, said } = await site.run(['fix', '--yes']);

    const audit = await site.audit();
    expect(exitCode).toBe(0);
    expect(said).toContain('An earlier run ended in the middle');
    expect(audit.map(({ outcome }) => outcome?.outcome)).toEqual(['applied']);
    expect(simulated.flannelPod('node2')).toBeDefined();
  });
});

describe('the lock of a run that was killed', () => {
  it('is taken over after 15 seconds without a sign of life', { timeout: TIMEOUT_MS }, async () => {
    const simulated = cluster();
    simulated.fault('routes-flush', 'node2');
    const site = await serve(simulated);
    const counter = new ExecCounter(simulated);
    const child = await startFix(site);
    counter.onCommand(() => child.kill('SIGKILL'));
    await once(child, 'exit');
    counter.onCommand(() => undefined);
    const startedAt = performance.now();

    const { exitCode, said } = await site.run(['fix', '--yes']);

    expect(exitCode).toBe(0);
    expect(said).toContain('Waiting: kubernetes-admin on ');
    expect(performance.now() - startedAt).toBeGreaterThan(14_000);
  });

  it(
    'is said to be held when nobody wants to wait that long',
    { timeout: TIMEOUT_MS },
    async () => {
      const simulated = cluster();
      simulated.fault('routes-flush', 'node2');
      const broken = kernelText(simulated, 'node2');
      const site = await serve(simulated);
      const counter = new ExecCounter(simulated);
      const child = await startFix(site);
      counter.onCommand(() => child.kill('SIGKILL'));
      await once(child, 'exit');
      counter.onCommand(() => undefined);

      const { exitCode, said } = await site.run(['fix', '--yes', '--lock-wait', '1s']);

      expect(exitCode).toBe(3);
      expect(said).toMatch(/error: kubernetes-admin on .* is mending this cluster/);
      expect(kernelText(simulated, 'node2')).toBe(broken);
    },
  );
});
