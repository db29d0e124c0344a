// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { ClusterOptions } from '#simulation/cluster/cluster-options.ts';
import { cluster } from '#simulation/cluster/presets.ts';
import type { SimulatedCluster } from '#simulation/cluster/simulated-cluster.ts';

const [FROM, TO] = [
  { namespace: 'probe', pod: 'a' },
  { namespace: 'probe', pod: 'b' },
];

function clusterWithPods(options: ClusterOptions = {}): SimulatedCluster {
  return cluster({
    workloads: [
      { namespace: 'probe', name: 'a', node: 'node1' },
      { namespace: 'probe', name: 'b', node: 'node2' },
    ],
    ...options,
  });
}

describe('ping', () => {
  it.each([
    ['vxlan', {}],
    ['host-gw', { backend: 'host-gw' as const }],
    ['direct routes', { directRouting: true }],
    ['another VNI and port', { vni: 4096, port: 4789 }],
  ])('goes from pod to pod over %s', (_, options) => {
    const simulated = clusterWithPods(options);

    expect(simulated.ping(FROM, TO)).toMatchObject({ delivered: true });
  });

  it('goes from a node to a pod, from a pod to a node, and between nodes', () => {
    const simulated = clusterWithPods();

    const outcomes = [
      simulated.ping({ node: 'node1' }, TO),
      simulated.ping(FROM, { node: 'node2' }),
      simulated.ping({ node: 'node1' }, { node: 'node2' }),
    ];

    expect(outcomes.map(({ delivered }) => delivered)).toEqual([true, true, true]);
  });

  it('between nodes does not need flannel', () => {
    const simulated = clusterWithPods();
    simulated.fault('link-del', 'node1');

    expect(simulated.ping({ node: 'node1' }, { node: 'node2' })).toMatchObject({ delivered: true });
  });

  it('takes longer through the underlay than on one node', () => {
    const simulated = clusterWithPods();

    const [near, far] = [simulated.ping({ node: 'node1' }, FROM), simulated.ping(FROM, TO)];

    expect(near).toMatchObject({ delivered: true });
    expect(far).toMatchObject({ delivered: true });
    expect('rttMs' in near && 'rttMs' in far && near.rttMs < far.rttMs).toBe(true);
  });

  it('tells that it needs fragments when it must not have them', () => {
    const simulated = clusterWithPods();
    const send = (bytes: number): unknown =>
      simulated.ping(FROM, TO, { bytes, dontFragment: true });

    expect(send(1422)).toMatchObject({ delivered: true });
    expect(send(1423)).toMatchObject({
      delivered: false,
      lost: 'request',
      at: 'node1',
      reason: 'fragmentation needed: MTU of flannel.1 is 1450',
    });
  });

  it('names the node where the reply is lost', () => {
    const simulated = clusterWithPods();
    simulated.fault('neigh-del', 'node2', 'node1');

    expect(simulated.ping(FROM, TO)).toEqual({
      delivered: false,
      lost: 'reply',
      at: 'node2',
      reason: 'no neighbour entry for 10.244.1.0 on flannel.1',
    });
  });

  it('counts what the tunnel drops', () => {
    const simulated = clusterWithPods();
    simulated.fault('fdb-del', 'node1', 'node2');

    simulated.ping(FROM, TO);

    expect(simulated.node('node1').kernel.link('flannel.1').counters.tx.dropped).toBe(1);
  });

  it('ends at a tunnel with another VNI', () => {
    const simulated = clusterWithPods({ flannelVersion: 'v0.26.7' });
    const { kernel } = simulated.node('node2');
    const { mac, vxlan } = kernel.link('flannel.1');
    kernel.deleteLink('flannel.1');
    const other = { vni: 2, local: '10.213.0.12', lower: 'eth0', port: vxlan?.port ?? 0 };
    const spec = { kind: 'vxlan', mac, mtu: 1450, vxlan: { ...other, learning: false } } as const;
    kernel.addLink({ name: 'flannel.2', ...spec });
    kernel.setUp('flannel.2', true);

    expect(simulated.ping(FROM, TO)).toMatchObject({
      at: 'node2',
      reason: 'no VXLAN link with VNI 1 on UDP port 8472',
    });
  });

  it('loses about the share of packets that the fault names', () => {
    const simulated = clusterWithPods();
    simulated.fault('loss', 'node2', '30');

    const outcomes = Array.from({ length: 1000 }, () => simulated.ping(FROM, TO));

    const lost = outcomes.filter(({ delivered }) => !delivered).length;
    expect(lost).toBeGreaterThan(240);
    expect(lost).toBeLessThan(360);
  });
});
