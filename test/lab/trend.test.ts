// SPDX-License-Identifier: Apache-2.0

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import type { LoopbackServer } from '../../testkit/loopback-server.ts';
import { findPrometheus } from '../../testkit/prometheus.ts';
import { waitUntil } from './lab-command.ts';
import { flannelPods, LEAK_MIB, leakingPast, WEEKS } from './prometheus/flannel-past.ts';
import { startLabPrometheus } from './prometheus/lab-prometheus.ts';
import { adminKubeconfig, selvage } from './selvage-command.ts';

const isThere = findPrometheus() !== undefined;
const skipped = isThere ? '' : ': SKIPPED, no Prometheus in the PATH';

const MIB = 1024 * 1024;
const TREND = z.object({
  origin: z.string(),
  through: z.string(),
  containers: z.array(
    z.object({
      namespace: z.string(),
      workload: z.object({ kind: z.string(), name: z.string() }),
      container: z.string(),
      pod: z.string(),
      node: z.string().optional(),
      trend: z.object({
        verdict: z.string(),
        missingDays: z.number().optional(),
        maxBytes: z.number(),
        perWeek: z.object({ value: z.number(), lower: z.number(), upper: z.number() }).optional(),
      }),
      actions: z.array(z.object({ kind: z.string() })),
      weeks: z.array(z.unknown()),
    }),
  ),
});
type Trends = z.output<typeof TREND>;

async function trends(prometheus: LoopbackServer): Promise<Trends> {
  const args = ['trend', '--flannel', '-o', 'json', '--prometheus-url', prometheus.url];
  const { stdout, stderr } = await selvage(...args, '--kubeconfig', await adminKubeconfig());
  if (stdout === '') throw new Error(stderr);
  return TREND.parse(JSON.parse(stdout));
}

describe.skipIf(!isThere)(`trend from a Prometheus that scrapes the lab${skipped}`, () => {
  let prometheus: LoopbackServer;

  beforeAll(async () => {
    prometheus = await startLabPrometheus({ everySeconds: 2 });
  });

  afterAll(async () => {
    await prometheus.stop();
  });

  it('has the flannel of each node, and says how much is missing for a judgement', async () => {
    await waitUntil('each flannel is measured', 90_000, async () => {
      const { containers } = await trends(prometheus);
      return containers.length === 3;
    });

    const { origin, through, containers } = await trends(prometheus);

    const pods = await flannelPods();
    expect(origin).toBe('prometheus');
    expect(through).toContain(new URL(prometheus.url).host);
    expect(containers.map(({ pod }) => pod).sort()).toEqual([...pods.values()].sort());
    expect(containers.map(({ trend }) => trend.verdict)).toEqual(
      Array.from({ length: 3 }, () => 'not-enough-data'),
    );
    expect(containers.filter(({ trend }) => (trend.missingDays ?? 0) <= 0)).toEqual([]);
    expect(containers.filter(({ trend }) => trend.maxBytes < 5 * MIB)).toEqual([]);
  });
});

describe.skipIf(!isThere)(`trend from a Prometheus with a past of four weeks${skipped}`, () => {
  let prometheus: LoopbackServer;
  let pods: ReadonlyMap<string, string>;

  beforeAll(async () => {
    pods = await flannelPods();
    prometheus = await startLabPrometheus({
      everySeconds: 60,
      past: leakingPast(pods),
    });
  });

  afterAll(async () => {
    await prometheus.stop();
  });

  it('finds the leak of one node, its size, and no other', async () => {
    const { containers } = await trends(prometheus);

    const verdicts = new Map(containers.map(({ pod, trend }) => [pod, trend.verdict]));
    const leak = containers.find(({ pod }) => pod === pods.get('node2'));
    const perWeek = leak?.trend.perWeek;
    expect(Object.fromEntries(verdicts)).toEqual({
      [pods.get('node1') ?? '']: 'stable',
      [pods.get('node2') ?? '']: 'growing',
      [pods.get('node3') ?? '']: 'stable',
    });
    expect((perWeek?.lower ?? Infinity) / MIB).toBeLessThanOrEqual(LEAK_MIB);
    expect((perWeek?.upper ?? 0) / MIB).toBeGreaterThanOrEqual(LEAK_MIB);
    expect(leak?.workload).toEqual({ kind: 'DaemonSet', name: 'kube-flannel-ds' });
    expect(leak?.weeks).toHaveLength(WEEKS);
  });
});
