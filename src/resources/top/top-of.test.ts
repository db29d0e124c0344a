// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { healthyPicture } from '../../../testkit/healthy-picture.ts';
import {
  container,
  MIB,
  node,
  pod,
  ResourcePictureBuilder,
} from '../../../testkit/resource-picture.ts';
import { topOf, type TopOptions } from '#resources/top/top-of.ts';
import type { TopReport } from '#resources/top/top-report.ts';

const WEB = { namespace: 'shop', pod: 'web-1' };

function top(builder: ResourcePictureBuilder, options: Partial<TopOptions> = {}): TopReport {
  return topOf(builder.build(), {
    kind: 'containers',
    order: 'memory',
    threshold: 0.8,
    ...options,
  });
}

/** A pod of two containers, one of which is near its limit. */
function shop(): ResourcePictureBuilder {
  const limited = { requests: { memoryBytes: 50 * MIB }, limits: { memoryBytes: 100 * MIB } };
  return new ResourcePictureBuilder()
    .nodes(node({ name: 'node1' }))
    .pods(
      pod({
        name: 'web-1',
        containers: [
          container({
            name: 'migrate',
            role: 'init',
            state: 'terminated',
            requests: { memoryBytes: 500 * MIB },
          }),
          container({ name: 'main', ...limited, restartCount: 2 }),
          container({ name: 'proxy', requests: { memoryBytes: 10 * MIB } }),
        ],
      }),
    )
    .uses({ ...WEB, container: 'main' }, { workingSetBytes: 90 * MIB, cpuCores: 0.1 })
    .uses({ ...WEB, container: 'proxy' }, { workingSetBytes: 20 * MIB, cpuCores: 0.3 });
}

describe('topOf containers', () => {
  it('tells use, request, limit and use of the limit, and marks what is above the threshold', () => {
    const [first] = top(shop()).rows;

    expect(first).toMatchObject({
      name: 'web-1',
      container: 'main',
      memory: { used: 90 * MIB, requested: 50 * MIB, limit: 100 * MIB, ratio: 0.9 },
      restarts: 2,
      above: ['memory'],
    });
  });

  it('has no row for an init container that is over', () => {
    expect(top(shop()).rows.map(({ container: name }) => name)).toEqual(['main', 'proxy']);
  });

  it('orders by CPU, and by nearness to the limit', () => {
    const names = (order: TopOptions['order']): readonly unknown[] =>
      top(shop(), { order }).rows.map(({ container: name }) => name);

    expect(names('cpu')).toEqual(['proxy', 'main']);
    expect(names('limit')).toEqual(['main', 'proxy']);
  });

  it('leaves out rows when fewer are asked for, and counts all that are above', () => {
    const report = top(shop(), { order: 'cpu', top: 1 });

    expect([report.rows.length, report.leftOut, report.above]).toEqual([1, 1, 1]);
  });

  it('tells when a container last ran out of memory', () => {
    const finishedAt = '2026-11-24T11:00:00Z';
    const lastTerminated = { reason: 'OOMKilled', exitCode: 137, finishedAt };
    const builder = shop().changeContainers('main', (each) => ({ ...each, lastTerminated }));

    expect(top(builder).rows[0]?.lastOomAt).toBe(finishedAt);
  });

  it('adds what cgroup files tell, and does not mix kinds of memory', () => {
    const at = '2026-11-24T12:00:00Z';
    const own = { ...WEB, container: 'main', at, version: 2, peakBytes: 99 * MIB } as const;
    const cgroups = [{ ...own, workingSetBytes: 1, oomKills: 3, periods: 10, throttledPeriods: 5 }];

    expect(top(shop(), { cgroups }).rows[0]).toMatchObject({
      memory: { used: 90 * MIB, peakBytes: 99 * MIB },
      oomKills: 3,
      throttledRatio: 0.5,
    });
  });

  it('says why a container has no use, and does not call it zero', () => {
    const report = top(shop().unmeasured('node1', 'Its kubelet is silent.'));

    expect(report.rows[0]?.memory).not.toHaveProperty('used');
    expect(report.rows[0]?.unmeasured).toBe('Its node has no usage: Its kubelet is silent.');
  });
});

describe('topOf pods', () => {
  it('adds up containers, and takes use of the limit from the one that is nearest to its own', () => {
    const [first] = top(shop(), { kind: 'pods' }).rows;

    expect(first?.memory).toMatchObject({ used: 110 * MIB, requested: 500 * MIB, ratio: 0.9 });
    expect(first?.memory).not.toHaveProperty('limit');
  });

  it('does not tell half of a sum', () => {
    const picture = shop().build();
    const half =
      picture.usage.state === 'observed'
        ? {
            ...picture.usage,
            value: {
              ...picture.usage.value,
              containers: picture.usage.value.containers.slice(0, 1),
            },
          }
        : picture.usage;

    const report = topOf(
      { ...picture, usage: half },
      { kind: 'pods', order: 'memory', threshold: 0.8 },
    );

    expect(report.rows[0]?.memory).not.toHaveProperty('used');
    expect(report.rows[0]?.unmeasured).toContain('not measured yet');
  });

  it('leaves out pods that are done', () => {
    const builder = shop().pods(pod({ name: 'job-1', phase: 'Succeeded' }));

    expect(top(builder, { kind: 'pods' }).rows.map(({ name }) => name)).toEqual(['web-1']);
  });
});

describe('topOf nodes', () => {
  it('holds use against what is allocatable, and counts pods and their requests', () => {
    const builder = shop()
      .nodes(node({ name: 'node1', allocatable: { memoryBytes: 1000 * MIB, cpuCores: 4 } }))
      .nodeUses('node1', { workingSetBytes: 900 * MIB, cpuCores: 1 });

    const [first] = top(builder, { kind: 'nodes' }).rows;

    expect(first).toMatchObject({
      name: 'node1',
      memory: { used: 900 * MIB, allocatable: 1000 * MIB, ratio: 0.9, requested: 500 * MIB },
      cpu: { ratio: 0.25 },
      pods: 1,
      above: ['memory'],
    });
  });

  it('does not tell requests when pods could not be listed', () => {
    const report = top(shop().without('pods'), { kind: 'nodes' });

    expect(report.rows[0]?.memory).not.toHaveProperty('requested');
    expect(report.unknown).toEqual(['Pods could not be listed: The test withdrew pods.']);
  });
});

describe('a healthy cluster', () => {
  it.each(['nodes', 'pods', 'containers'] as const)('has nothing marked among its %s', (kind) => {
    const report = top(healthyPicture(), { kind });

    expect([report.above, report.imbalances, report.unknown]).toEqual([0, [], []]);
    expect(report.rows.filter(({ unmeasured }) => unmeasured !== undefined)).toEqual([]);
  });
});
