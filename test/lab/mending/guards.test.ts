// SPDX-License-Identifier: Apache-2.0

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { lab } from '../lab-command.ts';
import { applyPrintedRoles, type PrintedRoles } from '../printed-roles.ts';
import { runCommand } from '../run-command.ts';
import { SELVAGE, selvageCheck } from '../selvage-command.ts';
import { selvageAsAdmin, selvageFix, treated } from './fix-command.ts';
import { clusterText } from './kernel-text.ts';

describe('somebody who may only read', () => {
  let folder: string;
  let roles: PrintedRoles;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'selvage-lab-guards-'));
    roles = await applyPrintedRoles(folder);
    await lab('fault', 'route-del', 'node2', 'node3');
  });

  afterAll(async () => {
    await lab('heal');
    await roles.remove();
    await rm(folder, { recursive: true });
  });

  it('finds what is wrong', async () => {
    const { findings } = await selvageCheck(roles.kubeconfig);

    expect(findings).toEqual(['route-missing node2 -> node3 critical']);
  });

  it('is refused before the first step, with the verbs that are missing', async () => {
    const before = await clusterText();
    const words = [SELVAGE, 'fix', '--yes', '--kubeconfig', roles.kubeconfig];

    const { exitCode, stderr } = await runCommand(process.execPath, words, 90_000);

    expect(exitCode).toBe(3);
    expect(stderr).toContain('rights are missing, so nothing was changed');
    expect(stderr).toMatch(/create .*leases/);
    expect(await clusterText()).toEqual(before);
  });
});

describe('two that mend at once', () => {
  afterAll(async () => {
    await lab('heal');
  });

  it('write each entry once: the second waits, and finds it done', async () => {
    await lab('fault', 'routes-flush', 'node2');

    const [first, second] = await Promise.all([
      selvageAsAdmin('fix', '--yes'),
      selvageAsAdmin('fix', '--yes'),
    ]);

    const texts = [first.stdout, second.stdout].join('\n');
    expect([first.exitCode, second.exitCode]).toEqual([0, 0]);
    expect([first.stderr, second.stderr].join('')).toContain('is mending');
    expect(texts.match(/verified/g)).toHaveLength(1);
    expect((await selvageCheck()).findings).toEqual([]);
  });

  it('leave nothing to the next', async () => {
    const next = await selvageFix().catch(() => undefined);

    expect(next === undefined ? [] : treated(next)).toEqual([]);
  });
});
