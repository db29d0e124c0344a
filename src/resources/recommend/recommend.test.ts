// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { MemorySeries } from '#model/memory-series.ts';
import { healthyPicture } from '../../../testkit/healthy-picture.ts';
import {
  MIB,
  PICTURED_AT,
  ResourcePictureBuilder,
  container,
  node,
  pod,
} from '../../../testkit/resource-picture.ts';
import { parseTarget } from './find-target.ts';
import { recommend } from './recommend.ts';
import type { Recommendation } from './recommend-report.ts';

const HOUR_MS = 3_600_000;

function recommended(
  builder: ResourcePictureBuilder,
  text: string,
  series: readonly MemorySeries[] = [],
): Recommendation {
  const target = parseTarget(text);
  if (target === undefined) throw new Error(`no target: ${text}`);
  const [first] = recommend(builder.build(), { target, text, series }).recommendations;
  if (first === undefined) throw new Error('nothing is recommended');
  return first;
}

/** A Deployment of one pod that uses so much. */
function web(usedBytes: number, amounts: object = {}): ResourcePictureBuilder {
  return new ResourcePictureBuilder()
    .nodes(node({ name: 'node1' }))
    .pods(pod({ name: 'web-0', containers: [container(amounts)] }))
    .allUse('main', { workingSetBytes: usedBytes, cpuCores: 0.02 });
}

/** A history of its pod, a point an hour, with a restart in the middle. */
function history(days: number, bytes: number, peakBytes = bytes): MemorySeries {
  const count = days * 24 + 1;
  const endMs = Date.parse(PICTURED_AT);
  return {
    key: {
      namespace: 'shop',
      workload: { kind: 'Deployment', name: 'web' },
      pod: 'web-0',
      container: 'main',
    },
    points: Array.from({ length: count }, (_, index) => ({
      atMs: endMs - (count - 1 - index) * HOUR_MS,
      workingSetBytes: bytes,
      maxWorkingSetBytes: index === 3 ? peakBytes : bytes,
      restartCount: index < count / 2 ? 0 : 1,
    })),
  };
}

const KILL = { reason: 'OOMKilled', exitCode: 137, finishedAt: '2026-11-24T11:00:00.000Z' };

describe('flannel', () => {
  it('needs no limit, and asks for what its manifest asks for', () => {
    const { memory, cpu, confidence } = recommended(healthyPicture(), 'flannel');

    expect(confidence).toBe('low');
    expect(memory).not.toHaveProperty('limitBytes');
    expect(memory?.requestBytes).toBe(50 * MIB);
    expect(memory?.limitReason).toContain('none since v0.21.0');
    expect(cpu).toMatchObject({ requestCores: 0.1 });
    expect(cpu).not.toHaveProperty('limitCores');
  });

  it('says how many routes each node has', () => {
    const { evidence } = recommended(healthyPicture(), 'flannel');

    expect(evidence.join('\n')).toContain('3 nodes, so 2 routes');
  });

  it('asks for more with a thousand nodes', () => {
    const nodes = Array.from({ length: 1000 }, (_, index) => node({ name: `n${String(index)}` }));

    const { memory } = recommended(healthyPicture().nodes(...nodes), 'flannel');

    expect(memory?.requestBytes).toBe(110 * MIB);
  });

  it('gets a limit where a quota refuses pods without one, over the need', () => {
    const builder = healthyPicture().quota({
      namespace: 'kube-flannel',
      name: 'all',
      hardLimits: { memoryBytes: 4096 * MIB },
    });

    const { memory } = recommended(builder, 'flannel');

    expect(memory?.limitBytes).toBe(130 * MIB);
    expect(memory?.limitReason).toContain('ResourceQuota all refuses');
  });

  it('gets a limit of its own where a LimitRange would give it one', () => {
    const builder = healthyPicture().limitRange({
      namespace: 'kube-flannel',
      defaultLimits: { memoryBytes: 64 * MIB },
    });

    expect(recommended(builder, 'flannel').memory?.limitBytes).toBe(130 * MIB);
  });

  it('is recommended for after a kill although it is not measured', () => {
    const builder = healthyPicture()
      .changeContainers('kube-flannel', (each) => ({
        ...each,
        limits: { memoryBytes: 50 * MIB },
        state: 'waiting',
        reason: 'CrashLoopBackOff',
        lastTerminated: KILL,
      }))
      .without('usage');

    const { memory, confidence, data } = recommended(builder, 'flannel');

    expect(confidence).toBe('low');
    expect(data).toMatchObject({ kills: 3, killedAtBytes: 50 * MIB, measured: 0 });
    expect(memory?.requestBytes).toBe(80 * MIB);
    expect(memory?.leastLimitBytes).toBe(150 * MIB);
  });

  it('is not recommended for when nothing is known, and it says what is missing', () => {
    const result = recommended(healthyPicture().without('usage'), 'flannel');

    expect(result).toMatchObject({ confidence: 'none' });
    expect(result).not.toHaveProperty('memory');
    expect(result.missing.join(' ')).toContain('3 of 3 running pods were not measured');
  });
});

describe('other components', () => {
  it('coredns keeps its limit while it is enough', () => {
    const { memory } = recommended(healthyPicture(), 'coredns');

    expect(memory).toMatchObject({ requestBytes: 70 * MIB, limitBytes: 170 * MIB });
  });

  it('coredns gets more when it has taken more', () => {
    const builder = healthyPicture().allUse('coredns', { workingSetBytes: 150 * MIB });

    const { memory } = recommended(builder, 'coredns');

    expect(memory).toMatchObject({ requestBytes: 230 * MIB, limitBytes: 450 * MIB });
  });

  it.each(['kube-proxy', 'metrics-server'])('%s needs no limit', (name) => {
    expect(recommended(healthyPicture(), name).memory).not.toHaveProperty('limitBytes');
  });
});

describe('how far the evidence carries', () => {
  it('is low for one instant, and says how to get more', () => {
    const { confidence, missing } = recommended(web(100 * MIB), 'shop/web');

    expect(confidence).toBe('low');
    expect(missing.join(' ')).toContain("'record --every 5m'");
  });

  it('is medium with a peak since a start a day ago', () => {
    const builder = web(100 * MIB).allUse('main', {
      workingSetBytes: 100 * MIB,
      peakBytes: 120 * MIB,
    });

    const { confidence, memory } = recommended(builder, 'shop/web');

    expect(confidence).toBe('medium');
    expect(memory).toMatchObject({ requestBytes: 130 * MIB, limitBytes: 240 * MIB });
  });

  it('is medium with two days of history and high with eight and a restart', () => {
    const two = recommended(web(100 * MIB), 'shop/web', [history(2, 100 * MIB)]);
    const eight = recommended(web(100 * MIB), 'shop/web', [history(8, 100 * MIB)]);

    expect([two.confidence, eight.confidence]).toEqual(['medium', 'high']);
    expect(eight.missing).toEqual([]);
    expect(eight.data).toMatchObject({ historyPoints: 193, startsSeen: 1 });
  });

  it('is low when one of the pods was not measured', () => {
    const builder = web(100 * MIB).pods(pod({ name: 'web-1' }));

    const { confidence } = recommended(builder, 'shop/web', [history(8, 100 * MIB)]);

    expect(confidence).toBe('low');
  });

  it('takes the peak from the history', () => {
    const { memory, data } = recommended(web(100 * MIB), 'shop/web', [
      history(8, 100 * MIB, 200 * MIB),
    ]);

    expect(data.peakBytes).toBe(200 * MIB);
    expect(memory).toMatchObject({ requestBytes: 230 * MIB, limitBytes: 300 * MIB });
  });

  it('leaves the history of others out', () => {
    const series = history(8, 900 * MIB);
    const other = { ...series, key: { ...series.key, namespace: 'elsewhere' } };

    expect(recommended(web(100 * MIB), 'shop/web', [other]).data.historyPoints).toBe(0);
  });
});

describe('weak evidence', () => {
  it('sets no limit where there is none', () => {
    expect(recommended(web(100 * MIB), 'shop/web').memory).not.toHaveProperty('limitBytes');
  });

  it('lowers nothing', () => {
    const limits = { memoryBytes: 4096 * MIB };
    const requests = { memoryBytes: 2048 * MIB, cpuCores: 2 };

    const { memory, cpu } = recommended(web(10 * MIB, { limits, requests }), 'shop/web');

    expect(memory).toMatchObject({ requestBytes: 2048 * MIB, limitBytes: 4096 * MIB });
    expect(cpu).toMatchObject({ requestCores: 2 });
  });
});

describe('strong evidence', () => {
  it('lowers what is far too much, and leaves what is near enough', () => {
    const series = [history(8, 100 * MIB)];
    const much = { requests: { memoryBytes: 1024 * MIB }, limits: { memoryBytes: 2048 * MIB } };
    const near = { requests: { memoryBytes: 130 * MIB }, limits: { memoryBytes: 200 * MIB } };

    expect(recommended(web(100 * MIB, much), 'shop/web', series).memory).toMatchObject({
      requestBytes: 120 * MIB,
      limitBytes: 150 * MIB,
    });
    expect(recommended(web(100 * MIB, near), 'shop/web', series).memory).toMatchObject({
      requestBytes: 130 * MIB,
      limitBytes: 200 * MIB,
    });
  });
});

describe('after a kill', () => {
  it('is at least twice the limit then, whatever is used since', () => {
    const killed = { limits: { memoryBytes: 512 * MIB }, lastTerminated: KILL, restartCount: 1 };

    const { memory, evidence } = recommended(web(20 * MIB, killed), 'shop/web', [
      history(8, 20 * MIB),
    ]);

    expect(memory?.limitBytes).toBeGreaterThanOrEqual(1024 * MIB);
    expect(memory?.requestBytes).toBeGreaterThanOrEqual(512 * MIB);
    expect(evidence.join('\n')).toContain('with a limit of 512Mi');
  });

  it('sets no limit where the node was out of memory', () => {
    const killed = { lastTerminated: KILL, restartCount: 1 };

    const { memory } = recommended(web(20 * MIB, killed), 'shop/web', [history(8, 20 * MIB)]);

    expect(memory).not.toHaveProperty('limitBytes');
    expect(memory?.limitReason).toContain('its node was out of memory');
  });

  it('never goes below what ran, whatever the figures', () => {
    const mebibytes = fc.integer({ min: 1, max: 4000 });
    const figures = fc.record({ used: mebibytes, limit: mebibytes, peak: mebibytes });

    fc.assert(
      fc.property(figures, fc.integer({ min: 0, max: 9 }), ({ used, limit, peak }, days) => {
        const amounts = { limits: { memoryBytes: limit * MIB }, lastTerminated: KILL };
        const series = days === 0 ? [] : [history(days, used * MIB, peak * MIB)];

        const { memory } = recommended(web(used * MIB, amounts), 'shop/web', series);

        const seen = Math.max(used, limit, days === 0 ? 0 : peak) * MIB;
        expect(memory?.requestBytes).toBeGreaterThanOrEqual(seen);
        expect(memory?.limitBytes).toBeGreaterThan(limit * MIB);
        expect(memory?.limitBytes).toBeGreaterThanOrEqual(memory?.requestBytes ?? Infinity);
      }),
    );
  });
});

describe('what stands against it', () => {
  it('is a LimitRange that refuses it', () => {
    const builder = web(100 * MIB).limitRange({
      namespace: 'shop',
      max: { memoryBytes: 64 * MIB },
    });

    expect(recommended(builder, 'shop/web').cautions).toEqual([
      'The LimitRange defaults refuses it: its maximum is lower. Raise it first.',
    ]);
  });

  it('is a node that has not as much', () => {
    const builder = web(900 * MIB).nodes(
      node({ name: 'node1', allocatable: { memoryBytes: 512 * MIB } }),
    );

    expect(recommended(builder, 'shop/web').cautions).toEqual([
      'No node has as much memory to give as that request.',
    ]);
  });
});

describe('a workload', () => {
  it.each([
    ['flannel', { component: 'flannel' }],
    ['web', { name: 'web' }],
    ['shop/web', { namespace: 'shop', name: 'web' }],
    ['deploy/web', { kind: 'deployment', name: 'web' }],
    ['shop/sts/db', { namespace: 'shop', kind: 'statefulset', name: 'db' }],
    ['shop/Rollout/web', { namespace: 'shop', kind: 'rollout', name: 'web' }],
  ])('%s is read', (text, target) => {
    expect(parseTarget(text)).toEqual(target);
  });

  it.each(['', '/', 'a/b/c/d', 'shop/web;reboot', '../etc', 'shop//web', 'we b'])(
    '%j is refused',
    (text) => {
      expect(parseTarget(text)).toBeUndefined();
    },
  );
});
