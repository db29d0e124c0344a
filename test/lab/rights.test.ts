// SPDX-License-Identifier: Apache-2.0

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { lab } from './lab-command.ts';
import { ACCOUNT, applyPrintedRoles, NAMESPACE, type PrintedRoles } from './printed-roles.ts';
import { selvage, selvageCheck } from './selvage-command.ts';
import type { CheckRun } from './selvage-command.ts';

describe('a ServiceAccount with the printed roles and no more', () => {
  let folder: string;
  let roles: PrintedRoles;
  let admin: CheckRun;
  let reader: CheckRun;
  let access: number;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'selvage-lab-rights-'));
    roles = await applyPrintedRoles(folder);
    admin = await selvageCheck();
    reader = await selvageCheck(roles.kubeconfig);
    access = (await selvage('access', '--kubeconfig', roles.kubeconfig)).exitCode;
  });

  afterAll(async () => {
    await roles.remove();
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
