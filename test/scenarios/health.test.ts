// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import type { HealthReport } from '#report/health-report.ts';
import { cluster } from '#simulation/cluster/presets.ts';
import { serveInEachTest } from '../../testkit/served-cluster.ts';
import { UNMEASURED, UNMEASURED_USERS } from '../../testkit/unmeasured-reader.ts';

const serve = serveInEachTest();

describe('health', () => {
  it.each(['--daily', '--weekly', '--after-restart'])(
    'finds nothing on a healthy cluster %s',
    async (routine) => {
      const served = await serve(cluster());

      const ran = await served.run(['health', routine]);

      expect(ran.said).toMatch(/^OK /);
      expect(ran.exitCode).toBe(0);
    },
  );

  it('says in its first line that pairs are broken, and ends with 1', async () => {
    const simulated = cluster();
    simulated.fault('routes-flush', 'node2');
    const served = await serve(simulated);

    const ran = await served.run(['health', '--daily']);

    expect(ran.stdout.text()).toMatch(
      /^CRITICAL daily simulation: Flannel: 4 of 6 node pairs hold/,
    );
    expect(ran.stdout.text().split('\n').length).toBeLessThanOrEqual(61);
    expect(ran.exitCode).toBe(1);
  });

  it('knows after a restart that the node and its flannel started anew', async () => {
    const simulated = cluster();
    simulated.fault('node-crash', 'node3').heal();
    const served = await serve(simulated);

    const ran = await served.run(['health', '--after-restart', '-o', 'json']);

    const { items, check } = JSON.parse(ran.stdout.text()) as HealthReport;
    const starts = items.find(({ id }) => id === 'starts');
    const bootedAt = simulated.node('node3').bootedAt.toISOString().slice(0, 16);
    expect(starts?.lines[2]).toContain(`node3: kernel started ${bootedAt}`);
    expect(items.find(({ id }) => id === 'pairs')?.summary).toBe(
      '6 of 6 node pairs probed, 6 answered',
    );
    expect(check.pairs).toEqual({ checked: 6, broken: 0, unknown: 0 });
    expect(ran.exitCode).toBe(0);
  });

  it('waits no longer than it was told for a node that does not come back', async () => {
    const simulated = cluster();
    simulated.fault('node-crash', 'node3');
    simulated.advance(60_000);
    const served = await serve(simulated);

    const ran = await served.run([
      'health',
      '--after-restart',
      '--timeout',
      '1s',
      '--node-timeout',
      '1s',
    ]);

    expect(ran.stdout.text()).toMatch(/^CRITICAL after-restart/);
    expect(ran.stdout.text()).toContain('node3: not Ready');
    expect(ran.exitCode).toBe(1);
  });

  it('cannot tell where nobody measures use, unless that is allowed', async () => {
    const served = await serve(cluster(), { metrics: 'absent', users: UNMEASURED_USERS });

    const strict = await served.run(['health', '--daily'], { user: UNMEASURED });
    const lenient = await served.run(['health', '--daily', '--allow-unknown'], {
      user: UNMEASURED,
    });

    expect(strict.said).toMatch(/^UNKNOWN daily/);
    expect([strict.exitCode, lenient.exitCode]).toEqual([3, 0]);
  });

  it('counts restarts from its last run on', async () => {
    const served = await serve(cluster());
    const sinceOf = async (): Promise<string> => {
      const { stdout } = await served.run(['health', '--daily', '-o', 'json']);
      return (JSON.parse(stdout.text()) as HealthReport).since;
    };

    const [first, second] = [await sinceOf(), await sinceOf()];

    const day = 86_400_000;
    expect(Date.now() - Date.parse(first)).toBeGreaterThan(day - 1000);
    expect(Date.now() - Date.parse(second)).toBeLessThan(day / 2);
  });

  it.each([
    [[], 'It has to be said which look'],
    [['--daily', '--weekly'], 'cannot be used with'],
    [['--daily', '--timeout', '5m'], 'cannot be used with'],
    [['--daily', '--threshold', '0'], 'from 1 to 100'],
  ])('refuses the flags %j', async (flags, why) => {
    const served = await serve(cluster());

    const ran = await served.run(['health', ...flags]);

    expect(ran.said).toContain(why);
    expect(ran.exitCode).toBe(2);
  });
});
