// SPDX-License-Identifier: Apache-2.0

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { lab, tryLab } from './lab-command.ts';
import { selvageCheck } from './selvage-command.ts';

describe('lab heal after several faults at once', () => {
  beforeAll(async () => {
    await lab('fault', 'routes-flush', 'node1');
    await lab('fault', 'wrong-mtu', 'node2');
    await lab('fault', 'fdb-del', 'node3', 'node1');
    await lab('heal');
  });

  afterAll(async () => {
    await lab('heal');
  });

  it('leaves lab check green', async () => {
    const check = await tryLab('check');

    expect(check).toMatchObject({ exitCode: 0, stderr: '' });
    expect(check.stdout).not.toContain('FAIL');
  });

  it('leaves no active fault', async () => {
    const status = await lab('status');

    expect(status).not.toContain('active faults');
  });

  it('leaves nothing for selvage check to find', async () => {
    const { exitCode, findings } = await selvageCheck();

    expect({ exitCode, findings }).toEqual({ exitCode: 0, findings: [] });
  });
});
