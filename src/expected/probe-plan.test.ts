// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { probePlans } from '#expected/probe-plan.ts';
import { healthyCluster, type SnapshotBuilder } from '../../testkit/snapshot-builder.ts';

/** Size of the large packets from node1 to each peer, by the peer's name. */
function sizesFrom(node: string, cluster: SnapshotBuilder): Readonly<Record<string, unknown>> {
  const peers = probePlans(cluster.build(), 'light').get(node)?.peers ?? [];
  return Object.fromEntries(peers.map(({ peer, largestPacket }) => [peer, largestPacket]));
}

/** A cluster in which node1 has jumbo frames, and no other node. */
function mixed(backend: 'vxlan' | 'host-gw'): SnapshotBuilder {
  return healthyCluster({ backend }).changeKernel('node1', 'links', (links) =>
    links.map((link) => (link.name === 'lo' ? link : { ...link, mtu: link.mtu + 7500 })),
  );
}

describe('the peers of a node', () => {
  function askedIn(nodes: number, mode: 'light' | 'all'): ReadonlyMap<string, readonly string[]> {
    const cluster = healthyCluster({ nodes }).changeCluster('coreDns', (dns) => ({
      ...dns,
      pods: [],
    }));
    const plans = probePlans(cluster.build(), mode);
    return new Map([...plans].map(([node, { peers }]) => [node, peers.map(({ peer }) => peer)]));
  }

  it.each([
    [2, 'light', 1],
    [3, 'light', 2],
    [11, 'light', 10],
    [12, 'light', 10],
    [40, 'light', 10],
    [47, 'all', 46],
    [60, 'all', 46],
  ] as const)('of %i, asked %s, are %i, and each asks it as well', (nodes, mode, size) => {
    const asked = askedIn(nodes, mode);

    for (const [node, peers] of asked) {
      expect(new Set(peers).size).toBe(size);
      expect(peers).toHaveLength(size);
      expect(peers).not.toContain(node);
      for (const peer of peers) expect(asked.get(peer)).toContain(node);
    }
  });
});

describe('the size of large packets', () => {
  it.each([
    ['vxlan', 1450],
    ['host-gw', 1500],
  ] as const)('with %s is the MTU that packets of pods meet', (backend, size) => {
    expect(sizesFrom('node1', healthyCluster({ backend }))).toEqual({ node2: size, node3: size });
  });

  it.each([
    ['vxlan', 1450],
    ['host-gw', 1500],
  ] as const)('with %s is the smaller MTU of two nodes that differ', (backend, size) => {
    expect(sizesFrom('node1', mixed(backend))).toEqual({ node2: size, node3: size });
    expect(sizesFrom('node2', mixed(backend))).toEqual({ node1: size, node3: size });
  });

  it('is that of the node alone where the peer was not read', () => {
    const cluster = mixed('vxlan').withoutKernel('node2');

    expect(sizesFrom('node1', cluster)).toEqual({ node2: 8950, node3: 1450 });
  });

  it('is not known where the link was not read', () => {
    const cluster = healthyCluster().withoutKernel('node1', 'links');

    expect(sizesFrom('node1', cluster)).toEqual({ node2: undefined, node3: undefined });
  });
});
