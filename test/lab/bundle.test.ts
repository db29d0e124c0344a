// SPDX-License-Identifier: Apache-2.0

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

import { lab } from './lab-command.ts';
import { REPOSITORY, runCommand } from './run-command.ts';
import { SELVAGE, adminKubeconfig, selvage } from './selvage-command.ts';

/** In every text that is planted as a secret. */
const SECRET = 'planted-7f3a9c51e2';

const FLANNEL = ['-n', 'kube-flannel'];

/** kubectl arguments that put the text where people put secrets, or where tools copy them to, and that take it away. */
const PLANTED_OBJECTS: readonly (readonly [plant: readonly string[], remove: readonly string[]])[] =
  [
    ...[FLANNEL, ['-n', 'kube-system']].map((namespace) => [
      ['create', 'secret', 'generic', 'planted', `--from-literal=password=${SECRET}`, ...namespace],
      ['delete', 'secret', 'planted', ...namespace],
    ]),
    ...[
      ['node', 'node2'],
      ['daemonset', 'kube-flannel-ds', ...FLANNEL],
      ['configmap', 'kube-flannel-cfg', ...FLANNEL],
      ['pod', '-l=app=flannel', ...FLANNEL],
      ['service', 'kube-dns', '-n=kube-system'],
      ['pod', '-l=k8s-app=kube-dns', '-n=kube-system'],
    ].map((object) => [
      ['annotate', ...object, `example.com/join-token=${SECRET}`],
      ['annotate', ...object, 'example.com/join-token-'],
    ]),
    ...[
      ['kube-flannel-cfg', ...FLANNEL],
      ['coredns', '-n=kube-system'],
    ].map((configMap) => [
      ['patch', 'configmap', ...configMap, '-p', JSON.stringify({ data: { password: SECRET } })],
      ['patch', 'configmap', ...configMap, '-p', JSON.stringify({ data: { password: null } })],
    ]),
  ].map(([plant = [], remove = []]) => [plant, remove]);

/** Commands on node2 that put the text into what the kernel prints, and that take it away. */
const PLANTED_IN_KERNEL: readonly (readonly [
  plant: readonly string[],
  remove: readonly string[],
])[] = [
  [
    ['ip', 'link', 'set', 'cni0', 'alias', SECRET],
    ['ip', 'link', 'set', 'cni0', 'alias', ''],
  ],
  [ruleWithComment('-A'), ruleWithComment('-D')],
];

function ruleWithComment(action: '-A' | '-D'): readonly string[] {
  const comment = ['-m', 'comment', '--comment', SECRET];
  return ['iptables', '-w', action, 'FORWARD', '-s', '192.0.2.1', ...comment, '-j', 'RETURN'];
}

const KUBECONFIG = z.object({
  users: z.array(
    z.object({
      user: z.object({ 'client-key-data': z.string(), 'client-certificate-data': z.string() }),
    }),
  ),
});

/** Keys and tokens that are near what is read: the admin's, and that of flannel's own ServiceAccount. */
async function livingSecrets(): Promise<readonly string[]> {
  const kubeconfig = KUBECONFIG.parse(parse(await readFile(await adminKubeconfig(), 'utf8')));
  const tokenFile = '/var/run/secrets/kubernetes.io/serviceaccount/token';
  const inFlannel = ['-c', 'kube-flannel', 'daemonset/kube-flannel-ds', '--', 'cat', tokenFile];
  const token = await lab('kubectl', 'exec', ...FLANNEL, ...inFlannel);
  return [
    token.trim(),
    ...kubeconfig.users.flatMap(({ user }) => [
      user['client-key-data'],
      user['client-certificate-data'],
    ]),
  ];
}

/** The findings of a report as they were printed. */
function findingsText(report: string): string {
  const { findings } = z.object({ findings: z.array(z.unknown()) }).parse(JSON.parse(report));
  return JSON.stringify(findings);
}

/** A machine that knows nothing of the cluster: no environment, no network, another folder. */
function onAnotherMachine(...args: readonly string[]): ReturnType<typeof runCommand> {
  const program = [process.execPath, resolve(REPOSITORY, SELVAGE)];
  const machine = ['-i', '--chdir=/', 'unshare', '--net'];
  return runCommand('env', [...machine, ...program, ...args], 60_000);
}

describe('a bundle taken in the middle of two faults', () => {
  let folder: string;
  let bundle: string;
  let here: string;
  let secrets: readonly string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'selvage-lab-bundle-'));
    bundle = join(folder, 'bundle.gz');
    for (const [plant] of PLANTED_OBJECTS) await lab('kubectl', ...plant);
    for (const [plant] of PLANTED_IN_KERNEL) await lab('exec', 'node2', '--', ...plant);
    await lab('fault', 'routes-flush', 'node2');
    await lab('fault', 'wrong-mtu', 'node3');
    const kubeconfig = ['--kubeconfig', await adminKubeconfig()];
    await selvage('snapshot', '--file', bundle, ...kubeconfig);
    here = (await selvage('check', '-o', 'json', ...kubeconfig)).stdout;
    secrets = [SECRET, Buffer.from(SECRET).toString('base64'), ...(await livingSecrets())];
  });

  afterAll(async () => {
    await lab('heal');
    for (const [, remove] of PLANTED_IN_KERNEL) await lab('exec', 'node2', '--', ...remove);
    for (const [, remove] of PLANTED_OBJECTS) await lab('kubectl', ...remove);
    await rm(folder, { recursive: true });
  });

  it('gives the same findings on another machine, byte by byte', async () => {
    const there = await onAnotherMachine('check', '--bundle', bundle, '-o', 'json');

    expect(there.exitCode).toBe(1);
    expect(findingsText(there.stdout)).toBe(findingsText(here));
    expect(findingsText(there.stdout)).toContain('route-missing');
    expect(findingsText(there.stdout)).toContain('link-mtu-wrong');
  });

  it('was taken of a cluster that holds the planted secrets where they are read', async () => {
    const node = await lab('kubectl', 'get', 'node', 'node2', '-o', 'json');
    const rules = await lab('exec', 'node2', '--', 'iptables', '-w', '-S', 'FORWARD');
    const links = await lab('exec', 'node2', '--', 'ip', '-j', 'link');

    expect([node, rules, links].filter((text) => !text.includes(SECRET))).toEqual([]);
  });

  it('holds no secret', async () => {
    const text = gunzipSync(await readFile(bundle)).toString();

    const held = secrets.filter((secret) => text.includes(secret));

    expect(text).toContain('node2');
    expect(held).toEqual([]);
  });
});
