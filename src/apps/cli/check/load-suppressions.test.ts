// SPDX-License-Identifier: Apache-2.0

// cspell:ignore missin

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Report } from '#report/report.ts';
import { type CapturedIo, capturedIo } from '../../../../testkit/captured-io.ts';
import { healthyCluster } from '../../../../testkit/snapshot-builder.ts';
import { UsageError } from '../usage-error.ts';
import type { CheckFlags } from './check-flags.ts';
import { runCheck } from './run-check.ts';

const broken = healthyCluster()
  .changeKernel('node2', 'routes', (routes) => routes.filter(({ link }) => link !== 'flannel.1'))
  .build();

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'selvage-suppressions-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function check(
  entries: string,
  flags: Partial<CheckFlags> = {},
): Promise<{ readonly io: CapturedIo; readonly exitCode: number }> {
  const file = join(folder, 'suppressions.yaml');
  await writeFile(file, `suppressions:\n${entries}`);
  const io = capturedIo();
  const exitCode = await runCheck(
    { output: 'json', failOn: 'warning', color: true, suppressions: file, ...flags },
    io,
    { collect: () => Promise.resolve(broken) },
  );
  return { io, exitCode };
}

const ALL = '  - {check: route-missing, node: node2, reason: Known., expires: 2999-12-31}\n';
const ONE = ALL.replace('node2,', 'node2, peer: node1,');
const EXPIRED = ALL.replace('2999', '1999');
const USELESS = ALL.replace('node2', 'node1');

describe('a check with suppressions', () => {
  it('ends with 0 when all that is found is suppressed, with the pairs still broken', async () => {
    const { io, exitCode } = await check(ALL);

    const report = JSON.parse(io.stdout.text()) as Report;
    expect(exitCode).toBe(0);
    expect(report.pairs.broken).toBe(2);
    expect(report.findings.map(({ suppressed }) => suppressed?.reason)).toEqual([
      'Known.',
      'Known.',
    ]);
    expect(io.stderr.text()).toBe('');
  });

  it.each([
    ['one finding is not suppressed', ONE],
    ['the suppression has expired', EXPIRED],
  ])('ends with 1 when %s', async (_, entries) => {
    const { exitCode } = await check(entries);

    expect(exitCode).toBe(1);
  });

  it.each([
    ['expired', EXPIRED, 'expired on 1999-12-31: 2 findings count again'],
    ['useless', USELESS, 'matches nothing: remove it'],
  ])('warns of an %s suppression on standard error', async (_, entries, warning) => {
    const { io } = await check(entries);

    expect(io.stderr.text()).toContain(warning);
  });

  it('warns only once where the output says it itself', async () => {
    const { io } = await check(EXPIRED, { output: 'table' });

    expect(io.stdout.text()).toContain('expired on 1999-12-31');
    expect(io.stderr.text()).toBe('');
  });

  it('does not call a suppression useless whose check was left out', async () => {
    const { io } = await check(USELESS, { skip: ['route-missing'] });

    expect(io.stderr.text()).toBe('');
  });

  it.each([
    ['a check that does not exist', ALL.replace('route-missing', 'route-missin'), /Did you mean/u],
    ['a key that is not known', ALL.replace('node:', 'nodes:'), /nodes is not known/u],
  ])('refuses %s before anything is read', async (_, entries, complaint) => {
    const checking = check(entries);

    await expect(checking).rejects.toThrow(UsageError);
    await expect(checking).rejects.toThrow(complaint);
  });

  it('refuses a file that does not exist', async () => {
    const checking = check(ALL, { suppressions: join(folder, 'none.yaml') });

    await expect(checking).rejects.toThrow(UsageError);
  });
});
