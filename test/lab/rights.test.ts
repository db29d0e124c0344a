// SPDX-License-Identifier: Apache-2.0

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { z } from 'zod';

import { lab } from './lab-command.ts';
import { adminKubeconfig, selvage, selvageCheck } from './selvage-command.ts';
import type { CheckRun } from './selvage-command.ts';

const NAMESPACE = 'kube-flannel';
const ACCOUNT = 'selvage';

const KUBECONFIG = z.looseObject({
  users: z.array(z.looseObject({ name: z.string(), user: z.unknown() })),
});

describe('a ServiceAccount with the printed roles and no more', () => {
  let folder: string;
  let roles: string;
  let admin: CheckRun;
  let reader: CheckRun;
  let access: number;

  /** The admin's kubeconfig with a token of the account in place of the admin's key. */
  async function readerKubeconfig(): Promise<string> {
    const token = (await lab('kubectl', 'create', 'token', '-n', NAMESPACE, ACCOUNT)).trim();
    const kubeconfig = KUBECONFIG.parse(parse(await readFile(await adminKubeconfig(), 'utf8')));
    const users = kubeconfig.users.map(({ name }) => ({ name, user: { token } }));
    const file = join(folder, 'kubeconfig');
    await writeFile(file, stringify({ ...kubeconfig, users }), { mode: 0o600 });
    return file;
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'selvage-lab-rights-'));
    roles = join(folder, 'roles.yaml');
    await writeFile(roles, (await selvage('access', '--print-rbac')).stdout);
    await lab('kubectl', 'apply', '-f', roles);
    const kubeconfig = await readerKubeconfig();
    admin = await selvageCheck();
    reader = await selvageCheck(kubeconfig);
    access = (await selvage('access', '--kubeconfig', kubeconfig)).exitCode;
  });

  afterAll(async () => {
    await lab('kubectl', 'delete', '--ignore-not-found', '-f', roles);
    await rm(folder, { recursive: true });
  });

  it('may not read a Secret', async () => {
    const subject = `--as=system:serviceaccount:${NAMESPACE}:${ACCOUNT}`;

    const answer = await lab('kubectl', 'auth', 'can-i', '--list', subject);

    expect(answer).not.toContain('secrets');
  });

  it('gets every verdict that the admin gets', () => {
    expect(reader.report.verdicts).toEqual(admin.report.verdicts);
  });

  it('misses nothing', () => {
    const unknown = reader.report.verdicts.filter(({ verdict }) => verdict === 'unknown');

    expect(unknown).toEqual([]);
    expect(reader.exitCode).toBe(0);
  });

  it('is told by selvage access that nothing is missing', () => {
    expect(access).toBe(0);
  });
});
