// SPDX-License-Identifier: Apache-2.0

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import type { LoopbackServer } from '../../testkit/loopback-server.ts';
import { findPrometheus } from '../../testkit/prometheus.ts';
import { kubectlGet, waitUntil } from './lab-command.ts';
import { startLabPrometheus } from './prometheus/lab-prometheus.ts';
import { adminKubeconfig, selvage } from './selvage-command.ts';

const isThere = findPrometheus() !== undefined;
const skipped = isThere ? '' : ': SKIPPED, no Prometheus in the PATH';

const MIB = 1024 * 1024;
const HOUR_S = 3600;
const WEEK_S = 7 * 24 * HOUR_S;
/** Between two samples of the past. */
const EVERY_S = HOUR_S / 2;
const WEEKS = 4;
/** The weeks end so long ago: what is younger is not in a block yet. */
const ENDS_S = 3 * HOUR_S;
/** What flannel's container on node2 gains in a week; the others gain nothing. */
const LEAK_MIB = 20;

const PODS = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      spec: z.object({ nodeName: z.string() }),
    }),
  ),
});

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

async function flannelPods(): Promise<ReadonlyMap<string, string>> {
  const { items } = await kubectlGet(PODS, 'pods', '-n', 'kube-flannel');
  return new Map(items.map(({ metadata, spec }) => [spec.nodeName, metadata.name]));
}

async function trends(prometheus: LoopbackServer): Promise<Trends> {
  const args = ['trend', '--flannel', '-o', 'json', '--prometheus-url', prometheus.url];
  const { stdout, stderr } = await selvage(...args, '--kubeconfig', await adminKubeconfig());
  if (stdout === '') throw new Error(stderr);
  return TREND.parse(JSON.parse(stdout));
}

/** Four weeks of flannel's memory as cAdvisor would have told them: a leak on node2, and noise of 1 MiB everywhere. */
function past(pods: ReadonlyMap<string, string>, nowS: number): string {
  const fromS = nowS - ENDS_S - WEEKS * WEEK_S;
  const lines = [...pods].flatMap(([node, pod], place) => {
    const labels = `{namespace="kube-flannel",pod="${pod}",container="kube-flannel",node="${node}"}`;
    return Array.from({ length: (WEEKS * WEEK_S) / EVERY_S }, (_, index) => {
      const atS = index * EVERY_S;
      const noise = Math.sin(index * 12.9898 + place * 78.233) * 0.5;
      const leaked = node === 'node2' ? (LEAK_MIB * atS) / WEEK_S : 0;
      const bytes = Math.round((40 + leaked + noise) * MIB);
      return `container_memory_working_set_bytes${labels} ${String(bytes)} ${String(fromS + atS)}`;
    });
  });
  return ['# TYPE container_memory_working_set_bytes gauge', ...lines, '# EOF', ''].join('\n');
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
      past: past(pods, Math.floor(Date.now() / 1000)),
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
