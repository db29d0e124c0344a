// SPDX-License-Identifier: Apache-2.0

import { afterEach, describe, expect, it } from 'vitest';

import { prometheusServer } from '#sources/prometheus/prometheus-server.ts';
import { urlTransport } from '#sources/prometheus/url-transport.ts';
import { isSourceError } from '#sources/source-error.ts';
import {
  type FakePrometheus,
  type HeldSeries,
  startFakePrometheus,
} from '../../../testkit/fake-prometheus.ts';
import { findPrometheus, startPrometheus } from '../../../testkit/prometheus.ts';
import { type AnsweredMemory, type MemoryRequest, prometheusMemory } from './prometheus-memory.ts';

const DAY_MS = 86_400_000;
const labels = {
  namespace: 'kube-flannel',
  pod: 'kube-flannel-ds-x7k2p',
  container: 'kube-flannel',
};

let fake: FakePrometheus | undefined;

afterEach(async () => {
  await fake?.close();
  fake = undefined;
});

async function asked(
  held: readonly HeldSeries[],
  request: Partial<MemoryRequest> = {},
): Promise<AnsweredMemory> {
  fake = await startFakePrometheus(held);
  const server = prometheusServer(fake.url, urlTransport({ url: new URL(fake.url) }));
  const { signal } = new AbortController();
  return prometheusMemory(server, { fromMs: 0, toMs: DAY_MS, signal, ...request });
}

function workingSet(value: HeldSeries['value'], more = {}): HeldSeries {
  return { metric: 'container_memory_working_set_bytes', labels: { ...labels, ...more }, value };
}

type PastMetric = readonly [
  metric: string,
  ...series: readonly (readonly [labels: Readonly<Record<string, string>>, value: number])[],
];

/** Half an hour of the same values, a minute apart, as OpenMetrics text. */
function pastOf(untilSeconds: number, metrics: readonly PastMetric[]): string {
  const times = Array.from({ length: 31 }, (_, index) => untilSeconds - (30 - index) * 60);
  const lines = metrics.flatMap(([metric, ...all]) => [
    `# TYPE ${metric} gauge`,
    ...all.flatMap(([of, value]) => {
      const text = Object.entries(of).map(([name, each]) => `${name}="${each}"`);
      return times.map((at) => `${metric}{${text.join(',')}} ${String(value)} ${String(at)}`);
    }),
  ]);
  return [...lines, '# EOF\n'].join('\n');
}

describe('memory from a server with the query API', () => {
  it('comes with restarts, limits, the node, and the workload by the name of the pod', async () => {
    const { series, stepMs } = await asked([
      workingSet(() => 100, { node: 'node1' }),
      {
        metric: 'kube_pod_container_status_restarts_total',
        labels,
        value: (at) => (at < 3600 ? 0 : 1),
      },
      { metric: 'container_spec_memory_limit_bytes', labels, value: () => 500 },
    ]);

    expect(stepMs).toBe(300_000);
    expect(series[0]?.key).toEqual({
      ...labels,
      workload: { kind: 'DaemonSet', name: 'kube-flannel-ds' },
      node: 'node1',
    });
    expect(series[0]?.points[11]).toEqual({
      atMs: 3_300_000,
      workingSetBytes: 100,
      maxWorkingSetBytes: 100,
      restartCount: 0,
      limitBytes: 500,
    });
    expect(series[0]?.points[12]?.restartCount).toBe(1);
  });

  it('knows restarts by start times where nobody counts them', async () => {
    const { series } = await asked([
      workingSet(() => 100),
      { metric: 'container_start_time_seconds', labels, value: (at) => (at < 7200 ? 5 : 7190) },
    ]);

    const counts = series[0]?.points.map(({ restartCount }) => restartCount);
    expect(new Set(counts)).toEqual(new Set([0, 1]));
    expect(counts?.indexOf(1)).toBe(24);
  });

  it('takes a container once that was scraped in two ways', async () => {
    const { series } = await asked([
      workingSet(() => 100, { instance: 'a' }),
      workingSet((at) => (at < 3600 ? 90 : undefined), { instance: 'b' }),
    ]);

    expect(series).toHaveLength(1);
    expect(series[0]?.points[0]?.workingSetBytes).toBe(100);
  });

  describe('limits', () => {
    const id = Object.values(labels).join('/');
    const declared: HeldSeries = {
      metric: 'kube_pod_container_resource_limits',
      labels,
      value: (at) => (at < 3600 ? undefined : 600),
    };

    it('are those that kube-state-metrics tells, and not what the cluster says now', async () => {
      const limits = new Map([[id, 700]]);
      const { series } = await asked([workingSet(() => 100), declared], { limits });

      const told = series[0]?.points.map(({ limitBytes }) => limitBytes);
      expect(told?.slice(11, 13)).toEqual([undefined, 600]);
      expect(new Set(told)).toEqual(new Set([undefined, 600]));
    });

    it('are what the cluster says now of a container of which the server has none', async () => {
      const other = { ...labels, pod: 'kube-flannel-ds-other' };
      const limits = new Map([[id, 700]]);
      const { series } = await asked([workingSet(() => 100), workingSet(() => 100, other)], {
        limits,
      });

      const told = series.map(({ key, points }) => [
        key.pod,
        new Set(points.map(({ limitBytes }) => limitBytes)),
      ]);
      expect(told).toEqual([
        [labels.pod, new Set([700])],
        [other.pod, new Set([undefined])],
      ]);
    });

    it.skipIf(findPrometheus() === undefined)(
      'of a real Prometheus are those of kube-state-metrics, or else of cAdvisor',
      { timeout: 60_000 },
      async () => {
        const both = { ...labels, pod: 'both' };
        const spec = { ...labels, pod: 'spec' };
        const none = { ...labels, pod: 'none' };
        const until = Math.floor(Date.now() / 300_000) * 300;
        const server = await startPrometheus(
          { scrape_configs: [] },
          {
            past: pastOf(until, [
              ['container_memory_working_set_bytes', [both, 1], [spec, 1], [none, 1]],
              ['container_spec_memory_limit_bytes', [both, 500], [spec, 500], [none, 0]],
              [
                'kube_pod_container_resource_limits',
                [{ ...both, resource: 'memory', unit: 'byte' }, 400],
                [{ ...both, resource: 'cpu', unit: 'core' }, 9],
              ],
            ]),
          },
        );
        const transport = urlTransport({ url: new URL(server.url) });

        const { series } = await prometheusMemory(prometheusServer(server.url, transport), {
          fromMs: (until - 1800) * 1000,
          toMs: until * 1000,
          signal: new AbortController().signal,
        }).finally(() => server.stop());

        const limits = series.map(({ key, points }) => [key.pod, points.at(-1)?.limitBytes]);
        expect(Object.fromEntries(limits)).toEqual({ both: 400, spec: 500, none: undefined });
      },
    );
  });

  it('leaves out NaN and counts it', async () => {
    const { series, unusable } = await asked([workingSet((at) => (at === 300 ? 'NaN' : 1))]);

    expect(unusable).toBe(1);
    expect(series[0]?.points).toHaveLength(288);
  });

  it('asks for one workload in one namespace, and for nothing that such a name could hide', async () => {
    await asked([workingSet(() => 1)], { namespace: 'kube-system', workload: 'coredns' });

    const queries = fake?.queries.map((query) => query.get('query') ?? '') ?? [];
    expect(queries).toHaveLength(6);
    for (const query of queries) {
      expect(query).toContain('{namespace="kube-system",pod=~"coredns(-.*)?",container!=""');
    }
    await expect(asked([], { workload: 'a"} or up{' })).rejects.toThrow(RangeError);
  });

  it('asks for fewer points the longer the time, and never for more than a server gives', async () => {
    const { stepMs } = await asked([workingSet(() => 1)], { toMs: 366 * DAY_MS });

    expect((366 * DAY_MS) / stepMs).toBeLessThan(11_000);
  });

  it('refuses what would be ten million points', async () => {
    fake = await startFakePrometheus([]);
    fake.answer = (_, response) => {
      const result = [{ metric: {}, value: [0, '50000'] }];
      response.end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }));
    };
    const server = prometheusServer(fake.url, urlTransport({ url: new URL(fake.url) }));
    const { signal } = new AbortController();

    const failure = await prometheusMemory(server, { fromMs: 0, toMs: 56 * DAY_MS, signal }).catch(
      (error: unknown) => error,
    );

    expect(isSourceError(failure, 'query-failed')).toBe(true);
    expect(String(failure)).toContain('memory of 50000 containers');
    expect(fake.queries).toHaveLength(1);
  });
});
