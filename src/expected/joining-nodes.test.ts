// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { joiningNodes } from '#expected/joining-nodes.ts';
import type { NodeObject, PodObject } from '#model/cluster.ts';
import { healthyFacts } from '../../testkit/healthy-facts.ts';

const NOW = '2026-11-24T12:00:00Z';

function ago(seconds: number): string {
  return new Date(Date.parse(NOW) - seconds * 1000).toISOString();
}

/** node1 of a healthy cluster, with the given ages in seconds. */
function ages({
  node,
  pod,
  container,
  ready = true,
}: {
  readonly node: number;
  readonly pod?: number;
  readonly container?: number;
  readonly ready?: boolean;
}): { readonly nodes: readonly NodeObject[]; readonly flannelPods: readonly PodObject[] } {
  const { cluster } = healthyFacts({ nodes: 1 });
  return {
    nodes: cluster.nodes.map((each) => ({ ...each, createdAt: ago(node) })),
    flannelPods:
      pod === undefined
        ? []
        : cluster.flannelPods.map((each) => ({
            ...each,
            createdAt: ago(pod),
            containers: each.containers.map(({ startedAt: _, ...status }) => ({
              ...status,
              ready,
              ...(container === undefined ? {} : { startedAt: ago(container) }),
            })),
          })),
  };
}

describe('joiningNodes', () => {
  it.each([
    ['has no flannel pod yet', { node: 30 }],
    ['has a flannel pod whose container is being made', { node: 30, pod: 20, ready: false }],
    ['has a flannel pod that is not Ready', { node: 30, pod: 20, container: 15, ready: false }],
    ['has a flanneld that just started', { node: 60, pod: 50, container: 5 }],
    ['was made by a clock that is ahead of ours', { node: -30 }],
  ])('names a young node that %s', (_, cluster) => {
    expect([...joiningNodes({ ...ages(cluster), now: NOW })]).toEqual(['node1']);
  });

  it.each([
    ['is older than two minutes', { node: 121 }],
    ['has had flanneld for long enough', { node: 60, pod: 50, container: 11 }],
    ['was only made anew: its pod is older', { node: 5, pod: 9_000, container: 9_000 }],
    ['was made anew while flanneld crashed', { node: 5, pod: 9_000, container: 3, ready: false }],
    ['rebooted', { node: 90_000, pod: 90_000, container: 2 }],
  ])('does not name a node that %s', (_, cluster) => {
    expect([...joiningNodes({ ...ages(cluster), now: NOW })]).toEqual([]);
  });

  it('goes by the age of the node alone where pods cannot be read', () => {
    const { nodes } = ages({ node: 60, pod: 50, container: 11 });

    expect([...joiningNodes({ nodes, now: NOW })]).toEqual(['node1']);
  });
});
