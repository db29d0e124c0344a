// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { cluster } from '#simulation/cluster/presets.ts';
import type { SimulatedCluster } from '#simulation/cluster/simulated-cluster.ts';
import { formatPrefix, prefixOf } from '#simulation/kernel/prefix.ts';
import { linkWatchOf } from './flanneld.ts';
import { annotationKeys } from './subnet-lease.ts';

const PREFIX = 'flannel.alpha.coreos.com';

function annotations(simulated: SimulatedCluster, node: string): Record<string, string> {
  return simulated.store.get('nodes', node)?.metadata.annotations ?? {};
}

function annotate(simulated: SimulatedCluster, node: string, values: Record<string, string>): void {
  const object = simulated.store.get('nodes', node);
  if (object === undefined) throw new RangeError(node);
  const changed = { ...object.metadata.annotations, ...values };
  simulated.store.update('nodes', {
    ...object,
    metadata: { ...object.metadata, annotations: changed },
  });
}

function tunnelRoutes(simulated: SimulatedCluster, node: string): string[] {
  const { kernel } = simulated.node(node);
  return kernel.routes[4]
    .dump()
    .filter(({ dev }) => dev === 'flannel.1')
    .map(({ prefix }) => formatPrefix(prefix));
}

describe('flanneld with vxlan', () => {
  it('programs neighbour, forwarding entry and route for every peer', () => {
    const simulated = cluster();
    const { kernel } = simulated.node('node1');
    const data = JSON.parse(annotations(simulated, 'node2')[`${PREFIX}/backend-data`] ?? '') as {
      VtepMAC: string;
    };

    const neighbour = kernel.neighbour('flannel.1', '10.244.2.0');

    expect(neighbour).toMatchObject({ lladdr: data.VtepMAC, state: 'PERMANENT' });
    expect(kernel.fdbEntry('flannel.1', data.VtepMAC)?.dst).toBe('10.213.0.12');
    expect(tunnelRoutes(simulated, 'node1')).toEqual(['10.244.2.0/24', '10.244.3.0/24']);
  });

  it('never puts back a route that somebody deleted', () => {
    const simulated = cluster();
    simulated.fault('route-del', 'node1', 'node2');

    simulated.advance(3_600_000);

    expect(tunnelRoutes(simulated, 'node1')).toEqual(['10.244.3.0/24']);
  });

  it('programs all peers again when its pod is deleted', () => {
    const simulated = cluster();
    simulated.fault('routes-flush', 'node1');
    const before = simulated.flannelPod('node1');

    simulated.restartFlannel('node1');

    expect(tunnelRoutes(simulated, 'node1')).toHaveLength(2);
    expect(simulated.flannelPod('node1')).not.toBe(before);
  });

  it('keeps its link and MAC over a restart', () => {
    const simulated = cluster();
    const { index, mac } = simulated.node('node1').kernel.link('flannel.1');

    simulated.restartFlannel('node1');

    expect(simulated.node('node1').kernel.link('flannel.1')).toMatchObject({ index, mac });
  });

  it('makes a lost link anew with the MAC of its annotation', () => {
    const simulated = cluster({ flannelVersion: 'v0.26.7' });
    const { mac } = simulated.node('node1').kernel.link('flannel.1');
    simulated.node('node1').kernel.deleteLink('flannel.1');

    simulated.restartFlannel('node1');

    expect(simulated.node('node1').kernel.link('flannel.1').mac).toBe(mac);
  });

  it('takes over a changed MAC and leaves the old forwarding entry behind', () => {
    const simulated = cluster();
    const { kernel } = simulated.node('node1');
    const before = kernel.fdb().length;

    simulated.fault('wrong-vtep-mac', 'node2');

    expect(kernel.neighbour('flannel.1', '10.244.2.0')?.lladdr).toBe('02:00:de:ad:be:ef');
    expect(kernel.fdb()).toHaveLength(before + 1);
  });

  it('is re-announced to by a blank in a peer’s backend data', () => {
    const simulated = cluster();
    simulated.fault('routes-flush', 'node1');
    const key = `${PREFIX}/backend-data`;
    const data = annotations(simulated, 'node2')[key] ?? '';

    annotate(simulated, 'node2', { [key]: `${data} ` });

    expect(tunnelRoutes(simulated, 'node1')).toEqual(['10.244.2.0/24']);
  });

  it('does not look at an update that changes no annotation of flannel', () => {
    const simulated = cluster();
    simulated.fault('routes-flush', 'node1');

    annotate(simulated, 'node2', { other: 'value' });

    expect(tunnelRoutes(simulated, 'node1')).toEqual([]);
  });

  it('ignores a peer whose backend type is missing', () => {
    const simulated = cluster();
    simulated.fault('routes-flush', 'node1');

    annotate(simulated, 'node2', { [`${PREFIX}/backend-type`]: '' });

    expect(tunnelRoutes(simulated, 'node1')).toEqual([]);
    expect(log(simulated, 'node1')).toContain('ignoring non-vxlan');
  });

  it('removes a deleted node, and does not announce itself again', () => {
    const simulated = cluster();

    simulated.fault('annotations-lost', 'node2');

    expect(tunnelRoutes(simulated, 'node1')).toEqual(['10.244.3.0/24']);
    expect(annotations(simulated, 'node2')[`${PREFIX}/public-ip`]).toBeUndefined();
    expect(tunnelRoutes(simulated, 'node2')).toHaveLength(2);
  });

  it('misses events while it is frozen, and handles them when it goes on', () => {
    const simulated = cluster();
    const fault = simulated.fault('flannel-stop', 'node1');
    simulated.store.delete('nodes', 'node2');
    const frozen = tunnelRoutes(simulated, 'node1');

    fault.heal();

    expect(frozen).toContain('10.244.2.0/24');
    expect(tunnelRoutes(simulated, 'node1')).toEqual(['10.244.3.0/24']);
  });

  it('does not clean up nodes that left while it was down', () => {
    const simulated = cluster();
    simulated.fault('flannel-oom', 'node1');
    simulated.store.delete('nodes', 'node2');

    simulated.heal();

    expect(tunnelRoutes(simulated, 'node1')).toContain('10.244.2.0/24');
  });

  it('logs why it could not program a peer while its link is down', () => {
    const simulated = cluster();
    simulated.node('node1').kernel.setUp('flannel.1', false);

    simulated.fault('wrong-public-ip', 'node2');

    expect(log(simulated, 'node1')).toMatch(/E.* failed to add vxlanRoute .*: network is down/);
  });

  it('routes directly to peers on its subnet with DirectRouting', () => {
    const node = { prefixLength: 24 };
    const simulated = cluster({
      directRouting: true,
      nodes: [
        { ...node, name: 'a', address: '192.0.2.11', podCIDR: '10.244.1.0/24' },
        { ...node, name: 'b', address: '192.0.2.12', podCIDR: '10.244.2.0/24' },
        { ...node, name: 'c', address: '198.51.100.3', podCIDR: '10.244.3.0/24' },
      ],
    });
    const { routes } = simulated.node('a').kernel;

    const [direct] = routes[4].group(prefixOf('10.244.2.0/24'));
    const [tunnel] = routes[4].group(prefixOf('10.244.3.0/24'));

    expect(direct).toMatchObject({ gateway: '192.0.2.12', dev: 'eth0', onlink: false });
    expect(tunnel).toMatchObject({ gateway: '10.244.3.0', dev: 'flannel.1', onlink: true });
  });

  it('writes annotations under another prefix', () => {
    const simulated = cluster({ annotationPrefix: 'example.org/net' });

    expect(annotations(simulated, 'node1')['example.org/net-public-ip']).toBe('10.213.0.11');
    expect(tunnelRoutes(simulated, 'node1')).toHaveLength(2);
  });
});

describe('flanneld with both families', () => {
  it('programs the IPv6 tunnel too', () => {
    const simulated = cluster({ dualStack: true });
    const { kernel } = simulated.node('node1');

    const [route] = kernel.routes[6].group(prefixOf('fd00:244:0:2::/64'));

    expect(route).toMatchObject({ gateway: 'fd00:244:0:2::', dev: 'flannel-v6.1', metric: 1024 });
    expect(kernel.link('flannel-v6.1').mtu).toBe(1430);
  });

  it('drops an update that changes one family only', () => {
    const simulated = cluster({ dualStack: true });
    const { kernel } = simulated.node('node1');
    const before = kernel.neighbour('flannel.1', '10.244.2.0');

    simulated.fault('wrong-vtep-mac', 'node2');

    expect(kernel.neighbour('flannel.1', '10.244.2.0')).toEqual(before);
  });
});

describe('flanneld with host-gw', () => {
  it('puts a deleted route back within ten seconds', () => {
    const simulated = cluster({ backend: 'host-gw' });
    simulated.fault('routes-flush', 'node1');
    const route = (): number =>
      simulated.node('node1').kernel.routes[4].group(prefixOf('10.244.2.0/24')).length;
    const before = route();

    simulated.advance(10_000);

    expect([before, route()]).toEqual([0, 1]);
    expect(log(simulated, 'node1')).toContain('Route recovered 10.244.2.0/24 : 10.213.0.12');
  });
});

describe('loss of the link', () => {
  it('leaves everything lost before v0.27.4', () => {
    const simulated = cluster({ flannelVersion: 'v0.27.2' });

    simulated.fault('link-del', 'node1');

    expect(simulated.node('node1').kernel.findLink('flannel.1')).toBeUndefined();
  });

  it('panics from v0.27.4 to v0.28.4, and the restart repairs all', () => {
    const simulated = cluster({ flannelVersion: 'v0.28.4' });

    simulated.fault('link-del', 'node1');

    expect(tunnelRoutes(simulated, 'node1')).toHaveLength(2);
    expect(restartCount(simulated, 'node1')).toBe(1);
  });

  it('brings back the bare link since v0.28.5', () => {
    const simulated = cluster({ flannelVersion: 'v0.28.9' });
    const { mac } = simulated.node('node1').kernel.link('flannel.1');

    simulated.fault('link-del', 'node1');

    const { kernel } = simulated.node('node1');
    expect(kernel.link('flannel.1').mac).toBe(mac);
    expect(kernel.link('flannel.1').addresses[0]?.local).toBe('10.244.1.0');
    expect([kernel.fdb(), tunnelRoutes(simulated, 'node1')]).toEqual([[], []]);
    expect(log(simulated, 'node1')).toContain('VXLAN device flannel.1 recreated successfully');
  });

  it('does not panic with both families', () => {
    expect(linkWatchOf('v0.28.4', true)).toBe('recreates');
    expect(linkWatchOf('v0.28.10', false)).toBe('recreates');
  });
});

describe('annotationKeys', () => {
  it.each([
    ['flannel.alpha.coreos.com', 'flannel.alpha.coreos.com/public-ip'],
    ['example.org/net', 'example.org/net-public-ip'],
    ['example.org/net-', 'example.org/net-public-ip'],
    ['example.org/', 'example.org/public-ip'],
  ])('of %s begin as flannel makes them', (prefix, key) => {
    expect(annotationKeys(prefix).publicIp).toBe(key);
  });
});

function log(simulated: SimulatedCluster, node: string): string {
  const pod = simulated.flannelPod(node) ?? '';
  const text = simulated.log(simulated.flannelNamespace, pod, undefined, {});
  return typeof text === 'string' ? text : text.message;
}

function restartCount(simulated: SimulatedCluster, node: string): number | undefined {
  const name = simulated.flannelPod(node) ?? '';
  const pod = simulated.store.get('pods', name, simulated.flannelNamespace);
  const status = pod?.['status'] as { containerStatuses: { restartCount: number }[] };
  return status.containerStatuses[0]?.restartCount;
}
