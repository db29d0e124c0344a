// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { assessHealth } from '#engine/health/assess-health.ts';
import type { HealthFacts } from '#engine/health/health-facts.ts';
import { judge } from '#engine/judge.ts';
import { CHECKS } from '#engine/registry.generated.ts';
import type { HealthItem, HealthItemId, HealthRoutine } from '#report/health-report.ts';
import { healthyPicture } from '../../../testkit/healthy-picture.ts';
import {
  container,
  MIB,
  pod,
  type ResourcePictureBuilder,
} from '../../../testkit/resource-picture.ts';
import { healthyCluster, type SnapshotBuilder } from '../../../testkit/snapshot-builder.ts';

const SINCE = '2026-11-24T00:00:00.000Z';

interface Given {
  readonly cluster?: SnapshotBuilder;
  readonly picture?: ResourcePictureBuilder;
  readonly trend?: HealthFacts['trend'];
}

function itemsOf(routine: HealthRoutine, given: Given = {}): readonly HealthItem[] {
  const snapshot = (given.cluster ?? healthyCluster()).build();
  return assessHealth({
    routine,
    snapshot,
    report: judge(snapshot, { checks: CHECKS, toolVersion: '0.0.0-test' }),
    picture: (given.picture ?? healthyPicture()).build(),
    since: SINCE,
    thresholdRatio: 0.8,
    trend: given.trend ?? { why: 'not enough data' },
    nodeTrend: { why: 'not enough data' },
  }).items;
}

function itemOf(routine: HealthRoutine, id: HealthItemId, given: Given = {}): HealthItem {
  const item = itemsOf(routine, given).find((each) => each.id === id);
  if (item === undefined) throw new Error(`${routine} has no ${id}`);
  return item;
}

describe('a healthy cluster', () => {
  it.each(['daily', 'weekly', 'after-restart'] as const)('is well in the look %s', (routine) => {
    const states = itemsOf(routine).map(({ id, state }) => [id, state]);

    expect(states.filter(([, state]) => state !== 'well' && state !== 'note')).toEqual([]);
  });
});

describe('nodes', () => {
  it('are critical when one is not Ready, with its own words', () => {
    const cluster = healthyCluster().changeNode('node3', (node) => ({
      ...node,
      conditions: [{ type: 'Ready', status: 'Unknown', message: 'Kubelet stopped.' }],
    }));

    expect(itemOf('daily', 'nodes', { cluster })).toMatchObject({
      state: 'critical',
      summary: '3 nodes, 1 not Ready',
      lines: ['node3: not Ready: Kubelet stopped.'],
    });
  });

  it('are not known without the right to list them', () => {
    const cluster = healthyCluster().withoutCluster('nodes');

    expect(itemOf('daily', 'nodes', { cluster }).state).toBe('unknown');
  });
});

describe('flannel', () => {
  it('is as the checks say, with their findings', () => {
    const cluster = healthyCluster().changeKernel('node2', 'routes', (routes) =>
      routes.filter(({ link }) => link !== 'flannel.1'),
    );

    const item = itemOf('daily', 'flannel', { cluster });

    expect(item.state).toBe('critical');
    expect(item.summary).toMatch(/^4 of 6 node pairs hold what Flannel needs, \d+ finding/);
    expect(item.lines.join('\n')).toMatch(/^critical: .*node2/m);
  });

  it('is not known where a node could not be read', () => {
    const cluster = healthyCluster().withoutKernel('node3');

    expect(itemOf('daily', 'flannel', { cluster }).state).toBe('unknown');
  });
});

describe('a cluster of one node', () => {
  it('has no pairs, and is well without them', () => {
    const cluster = healthyCluster({ nodes: 1 });

    expect(itemOf('daily', 'flannel', { cluster })).toMatchObject({
      state: 'well',
      summary: 'there are no two Linux nodes to connect',
    });
    expect(itemOf('after-restart', 'pairs', { cluster }).state).toBe('well');
  });
});

describe('packets between nodes', () => {
  it('are not known when one node sent none', () => {
    const cluster = healthyCluster().withoutKernel('node2', 'probes');

    expect(itemOf('after-restart', 'pairs', { cluster })).toMatchObject({
      state: 'unknown',
      summary: '4 of 6 node pairs probed, 4 answered',
      lines: ['node2: The test withdrew probes of node2.'],
    });
  });
});

describe('pods', () => {
  const crashing = container({
    state: 'waiting',
    reason: 'CrashLoopBackOff',
    ready: false,
    startedAt: '2026-11-24T11:59:50.000Z',
  });

  it('that do not run are told by workload and reason, once for all of them', () => {
    const picture = healthyPicture().pods(
      pod({ name: 'web-1' }),
      ...['web-2', 'web-3'].map((name) => pod({ name, containers: [crashing] })),
    );

    expect(itemOf('daily', 'pods', { picture })).toMatchObject({
      state: 'warning',
      lines: ['Deployment shop/web: 2 of 3 pods on node1: CrashLoopBackOff (main)'],
    });
  });

  it('that were made just now are on their way', () => {
    const starting = container({ state: 'waiting', reason: 'ContainerCreating', ready: false });
    const picture = healthyPicture().pods(
      pod({
        name: 'web-1',
        phase: 'Pending',
        createdAt: '2026-11-24T11:58:00.000Z',
        containers: [starting],
      }),
    );

    expect(itemOf('daily', 'pods', { picture }).state).toBe('note');
  });

  it.each([
    ['made before it', '2026-11-23T12:00:00.000Z', 0, 'warning'],
    ['restarted with it', '2026-11-24T11:58:00.000Z', 1, 'warning'],
    ['made since', '2026-11-24T11:58:00.000Z', 0, 'note'],
  ])(
    'that start after a restart and were %s: %s, %i restarts',
    (_when, createdAt, restartCount, state) => {
      const starting = container({
        restartCount,
        ready: false,
        startedAt: '2026-11-24T11:59:00.000Z',
      });
      const picture = healthyPicture().pods(
        pod({ name: 'web-1', createdAt, containers: [starting] }),
      );

      expect(itemOf('after-restart', 'pods', { picture }).state).toBe(state);
      expect(itemOf('daily', 'pods', { picture }).state).toBe('note');
    },
  );

  it('that are done, or failed and were replaced, harm nothing', () => {
    const picture = healthyPicture().pods(
      pod({ name: 'job-1', phase: 'Succeeded' }),
      pod({ name: 'web-1', phase: 'Failed', containers: [] }),
    );

    expect(itemOf('daily', 'pods', { picture }).state).toBe('note');
  });
});

describe('restarts', () => {
  const ended = (reason: string, finishedAt: string): Given => ({
    picture: healthyPicture().changeContainers('coredns', (each) => ({
      ...each,
      restartCount: 1,
      lastTerminated: { reason, exitCode: 137, finishedAt },
    })),
  });

  it.each([
    ['OOMKilled', '2026-11-24T08:00:00Z', 'warning'],
    ['Error', '2026-11-24T08:00:00Z', 'note'],
    ['OOMKilled', '2026-11-23T08:00:00Z', 'well'],
  ])('by %s at %s are %s', (reason, finishedAt, state) => {
    expect(itemOf('daily', 'restarts', ended(reason, finishedAt)).state).toBe(state);
  });

  it('by OOM are told with the limit', () => {
    const { lines } = itemOf('daily', 'restarts', ended('OOMKilled', '2026-11-24T08:00:00Z'));

    expect(lines[0]).toBe(
      'kube-system/coredns-node1 (coredns): OOMKilled, exit code 137 at 2026-11-24T08:00:00Z, limit 170Mi, 1 restart in all',
    );
  });
});

describe('memory', () => {
  it('above the threshold of a limit is told with both', () => {
    const picture = healthyPicture().allUse('coredns', { workingSetBytes: 150 * MIB });

    expect(itemOf('daily', 'memory-limits', { picture })).toMatchObject({
      state: 'warning',
      lines: [
        'kube-system/coredns-node1 (coredns): 150Mi of 170Mi (88 %)',
        'kube-system/coredns-node2 (coredns): 150Mi of 170Mi (88 %)',
      ],
    });
  });

  it('of a node is not known where it was not measured', () => {
    const picture = healthyPicture().unmeasured('node3');

    expect(itemOf('daily', 'node-use', { picture }).state).toBe('unknown');
  });

  it('is not known, and not nothing, where nobody measures', () => {
    const picture = healthyPicture().without('usage', 'failed');

    const ids = itemsOf('daily', { picture })
      .filter(({ state }) => state === 'unknown')
      .map(({ id }) => id);

    expect(ids).toEqual(['node-use', 'memory-limits', 'pod-use']);
  });
});

describe('metrics-server', () => {
  it('that runs and does not serve is told', () => {
    const picture = healthyPicture().measuredBy('kubelet');

    expect(itemOf('weekly', 'metrics-server', { picture }).state).toBe('warning');
  });

  it('that nobody installed is a note', () => {
    const picture = healthyPicture()
      .measuredBy('kubelet')
      .changeContainers('metrics-server', (each) => ({ ...each, image: 'example.com/other:1' }));

    expect(itemOf('weekly', 'metrics-server', { picture }).state).toBe('note');
  });
});
