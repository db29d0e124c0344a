// SPDX-License-Identifier: Apache-2.0

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { kubectlGet, lab } from '../lab-command.ts';
import { selvageAsAdmin } from './fix-command.ts';

const NODES = z.object({
  items: z.array(
    z.object({
      metadata: z.object({
        name: z.string(),
        annotations: z.record(z.string(), z.string()),
      }),
      spec: z.record(z.string(), z.unknown()),
    }),
  ),
});

/** What a Node says of whether it takes pods, without the taint that the node controller adds by itself. */
async function schedulability(): Promise<readonly unknown[]> {
  const { items } = await kubectlGet(NODES, 'nodes');
  return items.map(({ metadata: { name, annotations }, spec }) => ({
    name,
    hasField: 'unschedulable' in spec,
    unschedulable: spec['unschedulable'],
    mark: annotations['selvage.dev/cordoned-at'],
  }));
}

describe('a node behind a firewall', () => {
  let before: readonly unknown[];

  beforeAll(async () => {
    before = await schedulability();
    await lab('fault', 'udp-block', 'node2');
  });

  afterAll(async () => {
    await selvageAsAdmin('undo', '--yes');
    await lab('heal');
  });

  it('is cordoned with consent, and no other', async () => {
    const shown = await selvageAsAdmin('cordon');
    const untouched = await schedulability();
    const ran = await selvageAsAdmin('cordon', '--yes');
    const seen = await lab('kubectl', 'get', 'nodes', '--no-headers');

    const disabled = seen.split('\n').filter((line) => line.includes('SchedulingDisabled'));
    expect(shown).toMatchObject({ exitCode: 1 });
    expect(untouched).toEqual(before);
    expect(ran).toMatchObject({ exitCode: 0 });
    expect(disabled.map((line) => line.split(/\s+/)[0])).toEqual(['node2']);
  });

  it('takes pods again after undo, as if nothing had been', async () => {
    const undone = await selvageAsAdmin('undo', '--yes');

    expect(undone).toMatchObject({ exitCode: 0 });
    expect(await schedulability()).toEqual(before);
  });
});
