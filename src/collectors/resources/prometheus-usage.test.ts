// SPDX-License-Identifier: Apache-2.0

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { namedPrometheusUsage } from '#collectors/resources/prometheus-usage.ts';
import type { UsageAnswer } from '#collectors/resources/usage-source.ts';
import type { KubernetesConnection } from '#sources/kubernetes/connection.ts';
import {
  type FakePrometheus,
  type HeldSeries,
  startFakePrometheus,
} from '../../../testkit/fake-prometheus.ts';
import { findPrometheus, startPrometheus } from '../../../testkit/prometheus.ts';

const MEMORY = 'container_memory_working_set_bytes';
const WEB = { namespace: 'shop', pod: 'web-1', container: 'app', id: '/kubepods/pod1/now' };
const ROOT = { id: '/', instance: 'node1:10250' };

let fake: FakePrometheus | undefined;
const caller = new AbortController();

beforeEach(() => {
  fake = undefined;
});

afterEach(async () => {
  await fake?.close();
});

interface Asking {
  readonly namespace?: string;
  readonly timeoutMs?: number;
  /** By how much the API server's clock is ahead of ours. */
  readonly aheadMs?: number;
}

async function usageFrom(url: string, asking: Asking = {}): Promise<UsageAnswer> {
  const { namespace, timeoutMs, aheadMs = 0 } = asking;
  const connection = { clockAheadMs: () => aheadMs } as KubernetesConnection;
  const nodes = ['node1', 'node2'];
  const request = { connection, signal: caller.signal, nodes, namespace };
  return namedPrometheusUsage({ url: new URL(url) }, timeoutMs).read(request);
}

async function usage(held: readonly HeldSeries[], asking?: Asking): Promise<UsageAnswer> {
  fake = await startFakePrometheus(held);
  return usageFrom(fake.url, asking);
}

function held(metric: string, labels: HeldSeries['labels'], value: number | string): HeldSeries {
  return { metric, labels, value: () => value };
}

describe('use from a server with the query API', () => {
  it('tells the kinds of memory apart, with CPU and the time of the scrape', async () => {
    const { containers, through } = await usage([
      { ...held(MEMORY, WEB, 300), ageSeconds: 30 },
      held('container_memory_rss', WEB, 200),
      held('container_memory_cache', WEB, 150),
      held('container_cpu_usage_seconds_total', WEB, 0.25),
    ]);

    const { at = '', ...rest } = containers[0] ?? {};
    expect(rest).toEqual({
      namespace: 'shop',
      pod: 'web-1',
      container: 'app',
      workingSetBytes: 300,
      rssBytes: 200,
      cacheBytes: 150,
      cpuCores: 0.25,
      windowSeconds: 300,
    });
    expect((Date.now() - Date.parse(at)) / 1000).toBeCloseTo(30, -1);
    expect(through).toBe(fake?.url);
  });

  it('takes the life of a container that was scraped last, be it the smaller one', async () => {
    const before = { ...WEB, id: '/kubepods/pod1/before' };
    const { containers } = await usage([
      { ...held(MEMORY, before, 900), ageSeconds: 240 },
      held(MEMORY, WEB, 300),
      { ...held(MEMORY, { ...before, id: '/kubepods/pod1/first' }, 800), ageSeconds: 290 },
    ]);

    expect(containers.map(({ workingSetBytes }) => workingSetBytes)).toEqual([300]);
  });

  it('knows nodes by their label or by what was scraped, and names the others', async () => {
    const { nodes, missing } = await usage([
      held(MEMORY, ROOT, 5000),
      held(MEMORY, { id: '/', node: 'node9', instance: '10.0.0.9:10250' }, 1),
    ]);

    expect(nodes).toMatchObject([{ node: 'node1', workingSetBytes: 5000 }]);
    expect(missing.map(({ node }) => node)).toEqual(['node2']);
  });

  it('leaves out what is no number or below zero', async () => {
    const { containers } = await usage([
      held(MEMORY, WEB, 'NaN'),
      held(MEMORY, { ...WEB, pod: 'web-2' }, -5),
      held(MEMORY, { ...WEB, pod: 'web-3' }, 7),
      held('container_cpu_usage_seconds_total', { ...WEB, pod: 'web-3' }, '+Inf'),
    ]);

    expect(containers).toMatchObject([{ pod: 'web-3', workingSetBytes: 7 }]);
    expect(containers[0]).not.toHaveProperty('cpuCores');
  });

  it('asks for the instant that the cluster has now, and for one namespace', async () => {
    await usage([held(MEMORY, WEB, 1)], { aheadMs: 3_600_000, namespace: 'shop' });

    const [count] = fake?.queries ?? [];
    const askedMs = Number(count?.get('time')) * 1000;
    expect(Math.abs(askedMs - Date.now() - 3_600_000)).toBeLessThan(10_000);
    expect(count?.get('query')).toContain('namespace="shop"');
  });

  it('asks for nothing more when there is more than it can take', async () => {
    fake = await startFakePrometheus([]);
    fake.answer = (_, response) => {
      const result = [{ metric: {}, value: [1, '10000000'] }];
      response.end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }));
    };

    await expect(usageFrom(fake.url)).rejects.toThrow(
      /10000000 containers.*ask for one namespace/su,
    );
    expect(fake.queries).toHaveLength(1);
  });

  it('says that a server is out of order', async () => {
    fake = await startFakePrometheus([]);
    fake.answer = (_, response) => response.writeHead(503).end();

    await expect(usageFrom(fake.url)).rejects.toThrow('HTTP status 503');
  });

  it('gives up a server that does not answer', async () => {
    fake = await startFakePrometheus([]);
    fake.answer = () => undefined;

    await expect(usageFrom(fake.url, { timeoutMs: 1000 })).rejects.toThrow('no answer within 1 s');
  });

  it('is nothing where nothing is scraped', async () => {
    const { containers, nodes } = await usage([]);

    expect([...containers, ...nodes]).toEqual([]);
  });
});

describe.skipIf(findPrometheus() === undefined)('use from a real Prometheus', () => {
  it('is what was scraped last, of nodes and of containers', { timeout: 60_000 }, async () => {
    const server = await startPrometheus({ scrape_configs: [] }, { past: lately() });

    try {
      const { containers, nodes } = await usageFrom(server.url, { namespace: 'shop' });

      expect(containers).toMatchObject([{ pod: 'web-1', workingSetBytes: 300, rssBytes: 200 }]);
      expect(containers[0]?.cpuCores).toBeCloseTo(0.5, 2);
      expect((Date.now() - Date.parse(containers[0]?.at ?? '')) / 1000).toBeLessThan(120);
      expect(nodes).toMatchObject([{ node: 'node1', workingSetBytes: 5000 }]);
      expect(nodes[0]?.cpuCores).toBeCloseTo(2, 2);
    } finally {
      await server.stop();
    }
  });
});

/** Half an hour until now of a container, its life before, its sandbox, its pod as a whole, another namespace and a node. */
function lately(): string {
  const now = Math.floor(Date.now() / 1000);
  const times = Array.from({ length: 31 }, (_, index) => now - (30 - index) * 60);
  const text = (labels: Readonly<Record<string, string>>): string =>
    Object.entries(labels)
      .map(([name, value]) => `${name}="${value}"`)
      .join(',');
  const line = (metric: string, labels: string, value: number, at: number): string =>
    `${metric}{${labels}} ${String(value)} ${String(at)}`;
  const before = text({ ...WEB, id: '/kubepods/pod1/before' });
  const pod = text({ ...WEB, container: '', id: '/kubepods/pod1' });
  const sandbox = text({ ...WEB, container: 'POD', id: '/kubepods/pod1/sandbox' });
  const other = text({ ...WEB, namespace: 'other' });
  const gauge = (metric: string, labels: string, value: number): readonly string[] =>
    times.map((at) => line(metric, labels, value, at));
  const counter = (labels: string, cores: number): readonly string[] =>
    times.map((at) =>
      line('container_cpu_usage_seconds_total', labels, cores * (at - now + 1e6), at),
    );
  return [
    `# TYPE ${MEMORY} gauge`,
    ...gauge(MEMORY, text(WEB), 300),
    ...times.slice(0, -2).map((at) => line(MEMORY, before, 900, at)),
    ...gauge(MEMORY, pod, 400),
    ...gauge(MEMORY, sandbox, 5),
    ...gauge(MEMORY, other, 50),
    ...gauge(MEMORY, text(ROOT), 5000),
    '# TYPE container_memory_rss gauge',
    ...gauge('container_memory_rss', text(WEB), 200),
    '# TYPE container_cpu_usage_seconds counter',
    ...counter(text(WEB), 0.5),
    ...counter(text(ROOT), 2),
    '# EOF\n',
  ].join('\n');
}
