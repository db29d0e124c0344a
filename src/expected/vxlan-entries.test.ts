// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import {
  compareFdb,
  compareNeighbours,
  compareRoutes,
  directPeers,
} from '#expected/vxlan-entries.ts';
import { type VxlanPlan, vxlanPlan } from '#expected/vxlan-plan.ts';
import type { FdbEntry, Neighbour, Route } from '#model/kernel.ts';
import type { NodeFacts } from '#model/snapshot.ts';
import { healthyFacts } from '../../testkit/healthy-facts.ts';
import type { HealthyOptions } from '../../testkit/healthy-node.ts';

interface Subject {
  readonly plan: VxlanPlan;
  readonly kernel: NodeFacts;
}

/** The plan of a healthy cluster, and the kernel of one of its nodes. */
function subject(node: string, options: HealthyOptions = {}): Subject {
  const { cluster, nodes } = healthyFacts(options);
  const kernel = nodes[node];
  if (kernel === undefined) throw new Error(`no ${node}`);
  return { plan: vxlanPlan(cluster), kernel };
}

const nothing = { missing: [], wrong: [], stale: [] };

function tunnelRoute(fields: Partial<Route>): Route {
  return {
    family: 4,
    dst: '10.244.3.0/24',
    gateway: '10.244.3.0',
    link: 'flannel.1',
    type: 'unicast',
    protocol: 'boot',
    scope: 'global',
    metric: 0,
    onlink: true,
    ...fields,
  };
}

describe('compareRoutes', () => {
  it('finds nothing on a healthy node', () => {
    const { plan, kernel } = subject('node2');

    expect(compareRoutes('node2', plan, kernel.routes)).toEqual(nothing);
  });

  it('takes a route with another next hop for wrong, not missing', () => {
    const { plan, kernel } = subject('node2');
    const routes = kernel.routes.map((route) =>
      route.dst === '10.244.3.0/24' ? { ...route, gateway: '10.244.1.0' } : route,
    );

    const { missing, wrong } = compareRoutes('node2', plan, routes);

    expect(missing).toEqual([]);
    expect(wrong).toMatchObject([{ peer: { node: 'node3' }, entry: { gateway: '10.244.1.0' } }]);
  });

  it('takes a blackhole for a peer’s range for wrong', () => {
    const { plan } = subject('node2', { nodes: 2 });
    const blackhole = tunnelRoute({ dst: '10.244.1.0/24', type: 'blackhole' });

    const { wrong } = compareRoutes('node2', plan, [blackhole]);

    expect(wrong).toMatchObject([{ index: 0, peer: { node: 'node1' } }]);
  });

  it('minds a second route only when the kernel prefers it', () => {
    const { plan, kernel } = subject('node2');
    const other = tunnelRoute({ gateway: '192.0.2.9', link: 'eth0', metric: 100 });
    const preferred = kernel.routes.map((route) =>
      route.dst === other.dst ? { ...route, metric: 200 } : route,
    );

    expect(compareRoutes('node2', plan, [...kernel.routes, other]).wrong).toEqual([]);
    expect(compareRoutes('node2', plan, [...preferred, other]).wrong).toMatchObject([
      { entry: other },
    ]);
  });

  it('calls a tunnel route stale when no node has its range', () => {
    const { plan, kernel } = subject('node2');
    const left = tunnelRoute({ dst: '10.244.99.0/24', gateway: '10.244.99.0' });

    const { stale } = compareRoutes('node2', plan, [...kernel.routes, left]);

    expect(stale).toMatchObject([{ entry: left, index: kernel.routes.length }]);
  });

  it('says so when a stale route leads to the node itself', () => {
    const { plan, kernel } = subject('node2');
    const own = tunnelRoute({ dst: '10.244.2.0/24', gateway: '10.244.2.0' });

    const { stale } = compareRoutes('node2', plan, [...kernel.routes, own]);

    expect(stale).toMatchObject([{ own: { node: 'node2' } }]);
  });

  it('calls any route of the node’s own range through the tunnel stale, whatever its next hop', () => {
    const { plan, kernel } = subject('node2');
    const own = tunnelRoute({ dst: '10.244.2.0/24', gateway: '10.244.2.9' });
    const ofKernel = { ...own, protocol: 'kernel' };

    const { stale } = compareRoutes('node2', plan, [...kernel.routes, own, ofKernel]);

    expect(stale).toMatchObject([{ entry: own, own: { node: 'node2' } }]);
  });

  it('leaves the kernel’s own routes of the link alone', () => {
    const { plan, kernel } = subject('node2');
    const { gateway, ...fields } = tunnelRoute({ dst: 'fe80::/64', family: 6, protocol: 'kernel' });

    expect(gateway).toBeDefined();
    expect(compareRoutes('node2', plan, [...kernel.routes, fields])).toEqual(nothing);
  });

  it('accepts a host route in place of the tunnel only with DirectRouting', () => {
    const direct = tunnelRoute({ gateway: '192.0.2.3', link: 'eth0', onlink: false });
    const without = subject('node1');
    const with_ = subject('node1', { directRouting: true });

    expect(compareRoutes('node1', without.plan, [direct]).wrong).toHaveLength(1);
    expect(compareRoutes('node1', with_.plan, [direct]).wrong).toEqual([]);
  });

  it('judges nothing about a range that two nodes claim', () => {
    const { cluster, nodes } = healthyFacts({});
    const claimed = cluster.nodes.map((node) =>
      node.name === 'node3' ? { ...node, podCIDRs: ['10.244.2.0/24'] } : node,
    );
    const plan = vxlanPlan({ ...cluster, nodes: claimed });

    const { missing, stale } = compareRoutes('node1', plan, nodes['node1']?.routes ?? []);

    expect(missing).toEqual([]);
    expect(stale.map(({ entry }) => entry.dst)).toEqual(['10.244.3.0/24']);
  });

  it('gives the same answer object for the same facts', () => {
    const { plan, kernel } = subject('node2');

    expect(compareRoutes('node2', plan, kernel.routes)).toBe(
      compareRoutes('node2', plan, kernel.routes),
    );
  });
});

describe('directPeers', () => {
  it('is empty without DirectRouting', () => {
    const { plan, kernel } = subject('node1');

    expect(directPeers('node1', plan, kernel.routes).size).toBe(0);
  });

  it('goes by the route that is there', () => {
    const { plan, kernel } = subject('node1', { nodes: 4, directRouting: true });

    const direct = directPeers('node1', plan, kernel.routes);

    expect([...direct].map(({ node }) => node)).toEqual(['node3']);
  });

  it('goes by the way to the public IP where no route is there', () => {
    const { plan, kernel } = subject('node1', { nodes: 4, directRouting: true });
    const routes = kernel.routes.filter(({ dst }) => !/^10\.244\.[234]\./.test(dst));

    const direct = directPeers('node1', plan, routes);

    expect([...direct].map(({ node }) => node)).toEqual(['node3']);
  });
});

describe('compareNeighbours', () => {
  const compared = (change: (neighbours: readonly Neighbour[]) => readonly Neighbour[]) => {
    const { plan, kernel } = subject('node2');
    return compareNeighbours('node2', plan, change(kernel.neighbours), kernel.routes);
  };

  it('finds nothing on a healthy node', () => {
    expect(compared((all) => all)).toEqual(nothing);
  });

  it('takes the kernel’s note of a failed resolution for missing', () => {
    const failed: Neighbour = {
      family: 4,
      address: '10.244.3.0',
      link: 'flannel.1',
      nud: 'failed',
    };

    const { missing, wrong } = compared((all) => [
      ...all.filter(({ address }) => address !== '10.244.3.0'),
      failed,
    ]);

    expect(missing).toMatchObject([{ node: 'node3' }]);
    expect(wrong).toEqual([]);
  });

  it.each([
    ['another MAC', { mac: '02:00:00:00:00:99' }],
    ['a state that ages out', { nud: 'stale' }],
  ])('takes an entry with %s for wrong', (_state, fields) => {
    const { wrong } = compared((all) =>
      all.map((each) => (each.address === '10.244.3.0' ? { ...each, ...fields } : each)),
    );

    expect(wrong).toMatchObject([{ peer: { node: 'node3' } }]);
  });

  it('calls a permanent entry of nobody stale, and minds no passing one', () => {
    const left: Neighbour = {
      family: 4,
      address: '10.244.99.0',
      link: 'flannel.1',
      mac: '02:00:00:00:00:99',
      nud: 'permanent',
    };

    expect(compared((all) => [...all, left]).stale).toHaveLength(1);
    expect(compared((all) => [...all, { ...left, nud: 'reachable' }]).stale).toEqual([]);
  });

  it('needs none for a peer that is reached directly', () => {
    const { plan, kernel } = subject('node1', { nodes: 4, directRouting: true });

    const { missing } = compareNeighbours('node1', plan, [], kernel.routes);

    expect(missing.map(({ node }) => node)).toEqual(['node2', 'node4']);
  });
});

describe('compareFdb', () => {
  const compared = (change: (fdb: readonly FdbEntry[]) => readonly FdbEntry[]) => {
    const { plan, kernel } = subject('node2');
    return compareFdb('node2', plan, change(kernel.fdb), kernel.routes);
  };
  const entry = (fields: Partial<FdbEntry>): FdbEntry => ({
    mac: '02:00:00:00:00:99',
    link: 'flannel.1',
    dst: '192.0.2.3',
    state: 'permanent',
    ...fields,
  });

  it('finds nothing on a healthy node', () => {
    expect(compared((all) => all)).toEqual(nothing);
  });

  it('finds a missing entry', () => {
    const { missing } = compared((all) => all.filter(({ dst }) => dst !== '192.0.2.3'));

    expect(missing).toMatchObject([{ node: 'node3' }]);
  });

  it('takes a second destination for a peer’s MAC for wrong', () => {
    const second = entry({ mac: '02:00:00:00:00:03', dst: '192.0.2.77' });

    const { wrong } = compared((all) => [...all, second]);

    expect(wrong).toMatchObject([{ entry: second, peer: { node: 'node3' } }]);
  });

  it('calls the entry of an unknown MAC stale', () => {
    expect(compared((all) => [...all, entry({})]).stale).toMatchObject([{ entry: entry({}) }]);
  });

  it('minds no group address and no other link', () => {
    const group = entry({ mac: '33:33:00:00:00:01' });
    const foreign = entry({ link: 'vxlan.calico' });

    expect(compared((all) => [...all, group, foreign])).toEqual(nothing);
  });

  it('asks for no entry of a MAC that two nodes announce', () => {
    const { cluster, nodes } = healthyFacts({});
    const key = 'flannel.alpha.coreos.com/backend-data';
    const cloned = cluster.nodes.map((node) =>
      node.name === 'node1'
        ? node
        : {
            ...node,
            flannelAnnotations: {
              ...node.flannelAnnotations,
              [key]: '{"VNI":1,"VtepMAC":"02:00:00:00:00:02"}',
            },
          },
    );
    const plan = vxlanPlan({ ...cluster, nodes: cloned });

    const { missing } = compareFdb('node1', plan, [], nodes['node1']?.routes ?? []);

    expect(missing).toEqual([]);
  });
});
