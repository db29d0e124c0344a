// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { FaultName } from './faults.ts';
import { FAULT_NAMES } from './faults.ts';
import { cluster } from './presets.ts';
import type { SimulatedCluster } from './simulated-cluster.ts';

const NODES = ['node1', 'node2', 'node3'];

function clusterWithPods(): SimulatedCluster {
  const workloads = NODES.map((node) => ({ namespace: 'probe', name: `on-${node}`, node }));
  return cluster({ workloads, now: () => new Date('2026-01-01T00:00:00Z') });
}

/** Ordered pairs of nodes whose pods do not reach each other, of several tries each. */
function deadPairs(simulated: SimulatedCluster, bytes = 56): string[] {
  const pairs = NODES.flatMap((from) => NODES.filter((to) => to !== from).map((to) => [from, to]));
  return pairs
    .filter(([from = '', to = '']) => {
      const end = (node: string): { namespace: string; pod: string } => ({
        namespace: 'probe',
        pod: `on-${node}`,
      });
      return Array.from({ length: 30 }).some(
        () => !simulated.ping(end(from), end(to), { bytes }).delivered,
      );
    })
    .map(([from = '', to = '']) => `${from.slice(4)}>${to.slice(4)}`);
}

const BETWEEN_2_AND_3 = ['2>3', '3>2'];
const ALL_OF_2 = ['1>2', '2>1', '2>3', '3>2'];

/** As the lab measured them (lab, every fault): with the fault on node2, and node3 as its peer. */
const DEAD: Readonly<Record<FaultName, readonly string[]>> = {
  'route-del': BETWEEN_2_AND_3,
  'neigh-del': BETWEEN_2_AND_3,
  'fdb-del': BETWEEN_2_AND_3,
  'routes-flush': ALL_OF_2,
  'stale-route': [],
  'rules-flush': [],
  'forward-drop': ALL_OF_2,
  'link-bounce': ALL_OF_2,
  'link-del': ALL_OF_2,
  'wrong-mtu': [],
  'mtu-blackhole': [],
  'udp-block': ALL_OF_2,
  loss: ALL_OF_2,
  'ip-forward-0': ALL_OF_2,
  'subnet-env-rm': [],
  'wrong-vtep-mac': ALL_OF_2,
  'wrong-public-ip': ALL_OF_2,
  'annotations-lost': ALL_OF_2,
  'duplicate-podcidr': ['1>2', '1>3', '2>1', '2>3', '3>1', '3>2'],
  'flannel-oom': [],
  'flannel-stop': [],
  'flannel-kill': [],
  'coredns-down': [],
  'node-crash': ALL_OF_2,
};

function peerOf(name: FaultName): string | undefined {
  return ['route-del', 'neigh-del', 'fdb-del', 'duplicate-podcidr'].includes(name)
    ? 'node3'
    : undefined;
}

describe('faults', () => {
  it('leave a cluster without any fault whole', () => {
    expect(deadPairs(clusterWithPods(), 1400)).toEqual([]);
  });

  it.each(FAULT_NAMES)('%s breaks the pairs that it broke in the lab', (name) => {
    const simulated = clusterWithPods();

    simulated.fault(name, 'node2', peerOf(name));

    const dead = deadPairs(simulated);
    const expected = DEAD[name];
    expect(dead.filter((pair) => !expected.includes(pair))).toEqual([]);
    expect(name === 'duplicate-podcidr' ? dead.length > 0 : dead.length).toEqual(
      name === 'duplicate-podcidr' ? true : expected.length,
    );
  });

  it.each(FAULT_NAMES)('%s can be healed', (name) => {
    const simulated = clusterWithPods();
    simulated.fault(name, 'node2', peerOf(name));

    simulated.heal();

    expect(deadPairs(simulated, 1400)).toEqual([]);
  });

  it('mtu-blackhole swallows large packets only', () => {
    const simulated = clusterWithPods();

    simulated.fault('mtu-blackhole', 'node2');

    expect(deadPairs(simulated, 56)).toEqual([]);
    expect(deadPairs(simulated, 1400)).toEqual(ALL_OF_2);
  });

  it('wrong-mtu is refused by the kernel above the underlay less 50', () => {
    const simulated = clusterWithPods();

    expect(() => simulated.fault('wrong-mtu', 'node2', '1500')).toThrow('Invalid argument');
  });

  it('flannel-oom leaves the kernel as it is and the container waiting', () => {
    const simulated = clusterWithPods();

    simulated.fault('flannel-oom', 'node2');

    const pod = simulated.flannelPod('node2') ?? '';
    const object = simulated.store.get('pods', pod, simulated.flannelNamespace);
    expect(object?.['status']).toMatchObject({
      containerStatuses: [
        {
          state: { waiting: { reason: 'CrashLoopBackOff' } },
          lastState: { terminated: { reason: 'OOMKilled', exitCode: 137 } },
        },
      ],
    });
    expect(simulated.store.list('events').items).toHaveLength(1);
  });

  it('coredns-down empties the endpoints of the DNS service', () => {
    const simulated = clusterWithPods();
    const endpoints = (): unknown =>
      simulated.store.list('endpointslices.discovery.k8s.io').items[0]?.['endpoints'];
    const before = endpoints();

    simulated.fault('coredns-down', 'node1');

    expect([before, endpoints()]).toEqual([[expect.anything(), expect.anything()], []]);
  });

  it('node-crash makes the node not ready after a while, and exec impossible', () => {
    const simulated = clusterWithPods();
    const pod = simulated.flannelPod('node2') ?? '';
    simulated.fault('node-crash', 'node2');

    simulated.advance(30_000);

    const request = { namespace: simulated.flannelNamespace, pod, command: ['true'] };
    expect(simulated.exec(request)).toMatchObject({ failure: 'node-unreachable' });
    expect(simulated.store.get('nodes', 'node2')?.['status']).toMatchObject({
      conditions: expect.arrayContaining([
        expect.objectContaining({ type: 'Ready', status: 'Unknown' }),
      ]) as unknown,
    });
  });

  it('needs a peer where there is one', () => {
    const simulated = clusterWithPods();

    expect(() => simulated.fault('route-del', 'node2')).toThrow(RangeError);
    expect(() => simulated.fault('route-del', 'node2', 'node2')).toThrow(RangeError);
    expect(() => simulated.fault('link-bounce', 'nowhere')).toThrow(RangeError);
  });
});
