// SPDX-License-Identifier: Apache-2.0

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import type { AuditEntry } from '#audit/audit-record.ts';
import { cluster } from '#simulation/cluster/presets.ts';
import type { KubernetesObject } from '#simulation/store.ts';
import type { SimulatedCluster } from '#simulation/cluster/simulated-cluster.ts';
import { kernelText, type ServedCluster, serveInEachTest } from '../../testkit/served-cluster.ts';

const MAIN = join(import.meta.dirname, '../../src/apps/cli/main.ts');
const LEASES = 'leases.coordination.k8s.io';
const TIMEOUT_MS = 60_000;

const serve = serveInEachTest();

/** Starts a command, `fix --yes` unless told otherwise, in a process of its own, which can be killed. */
async function startFix(
  site: ServedCluster,
  argv: readonly string[] = ['fix', '--yes'],
): Promise<ChildProcess> {
  const kubeconfig = join(site.home, 'config-child');
  await writeFile(kubeconfig, site.simulation.kubeconfig, { mode: 0o600 });
  return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...argv], {
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

/** The container of flannel on a node starts for as long as the lock is held by whoever holds it now. */
function startsUntilLockIsTaken(simulated: SimulatedCluster, node: string): void {
  const exec = simulated.exec.bind(simulated);
  const before = holderOf(simulated);
  simulated.exec = (request) => {
    const isStarting = request.pod === simulated.flannelPod(node) && holderOf(simulated) === before;
    if (!isStarting) return exec(request);
    return { failure: 'container-not-running', message: 'container not found ("kube-flannel")' };
  };
}

describe('a restart that was killed while the new pod starts', () => {
  it('is judged by what is there when its lock is free', { timeout: TIMEOUT_MS }, async () => {
    const simulated = cluster();
    const site = await serve(simulated);
    const child = await startFix(site, ['restart', 'flannel', '--node', 'node2', '--yes']);
    simulated.store.subscribe((resource, type) => {
      if (resource === 'pods' && type === 'DELETED') child.kill('SIGKILL');
    });
    await once(child, 'exit');
    startsUntilLockIsTaken(simulated, 'node2');

    const { exitCode, said } = await site.run(['fix', '--yes']);

    expect(said).toContain('An earlier run ended in the middle');
    expect(exitCode).toBe(0);
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

/** Kills a run when some change of the cluster has come about for the given time, and waits for its end. */
async function killAtChange(
  simulated: SimulatedCluster,
  child: ChildProcess,
  isChange: (resource: string, type: string, object: KubernetesObject) => boolean,
  number: number,
): Promise<void> {
  let seen = 0;
  const stop = simulated.store.subscribe((resource, type, object) => {
    if (!isChange(resource, type, object)) return;
    seen += 1;
    if (seen === number) child.kill('SIGKILL');
  });
  await once(child, 'exit');
  stop();
  letLockRunOut(simulated);
}

describe('an announcement that is killed', () => {
  const ANNOUNCE = ['fix', '--yes', '--only', 'reannounce-node'];

  it.each([
    ['when it has the lock', 1, LEASES],
    ['when it has written the space', 1, 'nodes'],
    ['when it has taken the space away', 2, 'nodes'],
    ['when it has announced the second node', 3, 'nodes'],
  ] as const)(
    '%s is told of by the next run, the network is whole, and the texts are as they were',
    async (_, number, resource) => {
      const simulated = cluster();
      const healthy = kernelText(simulated, 'node2');
      const before = announcements(simulated);
      simulated.fault('routes-flush', 'node2');
      const site = await serve(simulated);
      const child = await startFix(site, ANNOUNCE);
      await killAtChange(simulated, child, (changed) => changed === resource, number);
      const torn = await site.audit();

      const fixed = await site.run(['fix', '--yes']);

      const open = torn.filter(({ outcome }) => outcome === undefined);
      const between = announcements(simulated);
      const mended = kernelText(simulated, 'node2');
      await undoRun(site, torn);
      const audit = await site.audit();
      expect(fixed.exitCode).toBe(0);
      expect(mended).toBe(healthy);
      expect(fixed.said.includes('An earlier run ended in the middle')).toBe(open.length > 0);
      expect(fixed.said.includes('undo takes it away')).toBe(between !== before);
      expect(announcements(simulated)).toBe(before);
      expect(audit.filter(({ outcome }) => outcome === undefined)).toEqual([]);
    },
    TIMEOUT_MS,
  );
});

/** Takes back what a run has changed that was killed, if it came to that. */
async function undoRun(site: ServedCluster, torn: readonly AuditEntry[]): Promise<void> {
  const [first] = torn;
  if (first !== undefined) await site.run(['undo', first.intent.run, '--yes']);
}

/** What all nodes announce. */
function announcements(simulated: SimulatedCluster): string {
  const nodes = ['node1', 'node2', 'node3'].map((node) => simulated.store.get('nodes', node));
  return JSON.stringify(nodes.map((node) => node?.metadata.annotations));
}

describe('a rolling restart that is killed', () => {
  it.each([1, 2, 3])(
    'when it has deleted pod %i is told of by the next one, which ends it',
    async (number) => {
      const simulated = cluster();
      const nodes = ['node1', 'node2', 'node3'];
      const healthy = nodes.map((node) => kernelText(simulated, node));
      const pods = nodes.map((node) => simulated.flannelPod(node));
      const site = await serve(simulated);
      const child = await startFix(site, ['restart', 'flannel', '--all', '--yes']);
      const isDeleted = (resource: string, type: string): boolean =>
        resource === 'pods' && type === 'DELETED';
      await killAtChange(simulated, child, isDeleted, number);

      const { exitCode, said } = await site.run(['restart', 'flannel', '--all', '--yes']);

      const audit = await site.audit();
      expect(exitCode).toBe(0);
      expect(said).toContain('An earlier run ended in the middle');
      expect(nodes.map((node) => kernelText(simulated, node))).toEqual(healthy);
      expect(nodes.map((node) => simulated.flannelPod(node))).not.toEqual(pods);
      expect(audit.filter(({ outcome }) => outcome === undefined)).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
