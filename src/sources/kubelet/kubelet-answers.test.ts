// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parseResourceMetrics } from '#sources/kubelet/resource-metrics.ts';
import { parseStatsSummary } from '#sources/kubelet/stats-summary.ts';

const TIME = '2026-11-24T12:00:00Z';
const AT = '2026-11-24T12:00:00.000Z';

describe('parseStatsSummary', () => {
  it('reads working set, RSS and CPU of node and containers, and never the use with cache', () => {
    const memory = { time: TIME, usageBytes: 900, workingSetBytes: 700, rssBytes: 500 };
    const measured = { cpu: { time: TIME, usageNanoCores: 250_000_000 }, memory };
    const podRef = { name: 'web-1', namespace: 'shop' };

    const stats = parseStatsSummary({
      node: measured,
      pods: [{ podRef, containers: [{ name: 'web', ...measured }] }],
    });

    const used = { at: AT, cpuCores: 0.25, workingSetBytes: 700, rssBytes: 500 };
    expect(stats).toEqual({
      node: used,
      containers: [{ namespace: 'shop', pod: 'web-1', container: 'web', ...used }],
    });
  });

  it('leaves out what was not told, and whatever does not say of when it is', () => {
    const stats = parseStatsSummary({ node: { memory: { workingSetBytes: 1 } }, pods: null });

    expect(stats).toEqual({ containers: [] });
  });
});

describe('parseResourceMetrics', () => {
  it('reads working sets with their own time, or with ours', () => {
    const stats = parseResourceMetrics(
      [
        'node_memory_working_set_bytes 1.5e+09 1795521600000',
        'container_memory_working_set_bytes{container="web",namespace="shop",pod="web-1"} 1.2e+07',
        'container_cpu_usage_seconds_total{container="web",namespace="shop",pod="web-1"} 7',
      ].join('\n'),
      AT,
    );

    expect(stats.node?.workingSetBytes).toBe(1_500_000_000);
    expect(stats.containers).toEqual([
      { namespace: 'shop', pod: 'web-1', container: 'web', at: AT, workingSetBytes: 12_000_000 },
    ]);
  });

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (name, labels) => {
        const line = `container_memory_working_set_bytes{${labels}} 1\n${name}`;

        expect(parseResourceMetrics(line, AT).node).toBeUndefined();
      }),
    );
  });
});
