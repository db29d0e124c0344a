// SPDX-License-Identifier: Apache-2.0

import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AnySchemaObject, Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { type Simulation, startSimulation } from '#simulation/api/server.ts';
import { macMini } from '#simulation/cluster/presets.ts';
import type { SimulatedCluster } from '#simulation/cluster/simulated-cluster.ts';
import { type CapturedIo, capturedIo } from '../../../../testkit/captured-io.ts';
import { runCommandLine } from '../command-line.ts';

const RIGHTS = [
  { verbs: ['list'], resources: ['nodes', 'pods', 'services'] },
  { verbs: ['get'], resources: ['namespaces'], resourceNames: ['kube-system'] },
  { verbs: ['list'], apiGroups: ['apps'], resources: ['daemonsets'] },
  { verbs: ['list'], apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'] },
];
const RIGHTS_IN_NAMESPACE = [
  { verbs: ['get'], resources: ['configmaps'], namespaces: ['kube-system'] },
  { verbs: ['get', 'create'], resources: ['pods/exec'], namespaces: ['kube-system'] },
  { verbs: ['get'], resources: ['pods/log'], namespaces: ['kube-system'] },
];
const USERS = [
  { name: 'guide', token: 'guide-token', rules: [...RIGHTS, ...RIGHTS_IN_NAMESPACE] },
  { name: 'no-exec', token: 'no-exec-token', rules: RIGHTS },
  { name: 'nobody', token: 'nobody-token' },
];

let cluster: SimulatedCluster;
let simulation: Simulation;
let folder: string;

beforeEach(async () => {
  cluster = macMini();
  simulation = await startSimulation(cluster, { users: USERS });
  folder = await mkdtemp(join(tmpdir(), 'selvage-test-'));
});

afterEach(async () => {
  await simulation.close();
  await rm(folder, { recursive: true });
});

interface Run extends CapturedIo {
  readonly exitCode: number;
}

/** Runs `selvage check` with the kubeconfig in KUBECONFIG, as a person has it. */
async function check(kubeconfig: string, ...flags: readonly string[]): Promise<Run> {
  const file = join(folder, 'kubeconfig');
  await writeFile(file, kubeconfig);
  const io = capturedIo({ env: { KUBECONFIG: file, HOME: folder } });
  return { ...io, exitCode: await runCommandLine(['check', ...flags], io) };
}

describe('a healthy cluster', () => {
  it('is told in one line and no more', async () => {
    const { exitCode, stdout, stderr } = await check(simulation.kubeconfig);

    expect(stderr.text()).toBe('');
    expect(stdout.text()).toMatch(
      /^✓ 6 of 6 node pairs hold what Flannel needs \(3 nodes, vxlan, flannel v\S+, [\d.]+ m?s\)\.\n$/u,
    );
    expect(exitCode).toBe(0);
  });

  it('is checked with no more rights than the guide grants', async () => {
    const { exitCode, stdout } = await check(simulation.kubeconfigFor('guide'));

    expect(stdout.text()).toMatch(/^✓ 6 of 6/u);
    expect(exitCode).toBe(0);
  });
});

describe('the report of a check', () => {
  it.each([
    ['is kept in the history', [], {}, 1],
    ['is not kept with --no-history', ['--no-history'], {}, 0],
    ['is not kept with SELVAGE_NO_HISTORY', [], { SELVAGE_NO_HISTORY: '1' }, 0],
  ])('%s', async (_, flags, env, kept) => {
    const file = join(folder, 'kubeconfig');
    await writeFile(file, simulation.kubeconfig);
    const io = capturedIo({ env: { KUBECONFIG: file, XDG_STATE_HOME: folder, ...env } });

    await runCommandLine(['check', '--only', 'node-not-ready', ...flags], io);

    const histories = await readdir(join(folder, 'selvage/history')).catch(() => []);
    expect(histories).toHaveLength(kept);
    expect(io.stderr.text()).toBe('');
  });

  it('that cannot be kept is one warning and changes nothing else', async () => {
    const file = join(folder, 'kubeconfig');
    await writeFile(file, simulation.kubeconfig);
    const io = capturedIo({ env: { KUBECONFIG: file, XDG_STATE_HOME: file } });

    const exitCode = await runCommandLine(['check', '--only', 'node-not-ready'], io);

    expect(io.stderr.text()).toMatch(/^warning: The report was not kept\. [^\n]+\n$/u);
    expect(exitCode).toBe(0);
  });
});

describe('a node without its routes', () => {
  it('is named with both peers, and both missing routes', async () => {
    cluster.fault('routes-flush', 'mac-mini-2');

    const { exitCode, stdout } = await check(simulation.kubeconfig);

    expect(exitCode).toBe(1);
    expect(stdout.text()).toMatch(
      /^✗ 2 of 6 node pairs are broken: pods on mac-mini-2 cannot reach pods on mac-mini-1 and mac-mini-3\.\n/u,
    );
    expect(stdout.text()).toContain('expected  10.244.3.0/24 via 10.244.3.0 dev flannel.1 onlink');
    expect(stdout.text()).toContain('expected  10.244.5.0/24 via 10.244.5.0 dev flannel.1 onlink');
  });

  it('is told as JSON that follows the schema, and nothing else', async () => {
    const path = new URL('../../../report/report.schema.json', import.meta.url);
    const schema = JSON.parse(readFileSync(path, 'utf8')) as AnySchemaObject;
    const validate: ValidateFunction = new Ajv2020({ strict: true, strictRequired: false }).compile(
      schema,
    );
    cluster.fault('routes-flush', 'mac-mini-2');

    const { exitCode, stdout, stderr } = await check(simulation.kubeconfig, '-o', 'json');

    validate(JSON.parse(stdout.text()));
    expect(validate.errors).toBeNull();
    expect(stderr.text()).toBe('');
    expect(exitCode).toBe(1);
  });

  it('is found when it alone is asked for, and not when only another is', async () => {
    cluster.fault('routes-flush', 'mac-mini-2');

    const asked = await check(simulation.kubeconfig, '--node', 'mac-mini-2');
    const other = await check(simulation.kubeconfig, '--node', 'mac-mini-1');

    expect([asked.exitCode, other.exitCode]).toEqual([1, 0]);
  });
});

describe('a node that does not exist', () => {
  it('is a mistake of the command line', async () => {
    const { exitCode, stderr } = await check(simulation.kubeconfig, '--node', 'mac-mini-9');

    expect(exitCode).toBe(2);
    expect(stderr.text()).toContain('no node mac-mini-9');
  });
});

describe('rights that are missing', () => {
  it('to exec leave every pair unknown, with the reason', async () => {
    const { exitCode, stdout } = await check(simulation.kubeconfigFor('no-exec'));

    expect(exitCode).toBe(3);
    expect(stdout.text()).toMatch(/^\? None of 6 node pairs could be checked\.\n/u);
    expect(stdout.text()).toContain('pods/exec');
  });

  it('to everything leave nothing to say', async () => {
    const { exitCode, stdout } = await check(simulation.kubeconfigFor('nobody'));

    expect(exitCode).toBe(3);
    expect(stdout.text()).toMatch(/^\? /u);
  });
});

describe('a cluster that cannot be read at all', () => {
  it.each([
    ['a context that does not exist', ['--context', 'prod-2'], 'context prod-2', 'get-contexts'],
    ['a server that is not there', ['-s', 'https://127.0.0.1:1'], 'cannot be reached', 'firewall'],
    ['a token that has expired', ['--token', 'old'], 'does not accept the credentials', 'Sign in'],
    ['a kubeconfig that is missing', ['--kubeconfig', '/nope'], '/nope', '--kubeconfig'],
  ])('because of %s is told in three lines', async (_, flags, what, whatToDo) => {
    const { exitCode, stdout, stderr } = await check(simulation.kubeconfig, ...flags);

    expect(exitCode).toBe(3);
    expect(stdout.text()).toBe('');
    expect(stderr.text()).toMatch(/^error: [^\n]+\n[^\n]+\n[^\n]+\n$/u);
    expect(stderr.text()).toContain(what);
    expect(stderr.text()).toContain(whatToDo);
  });
});
