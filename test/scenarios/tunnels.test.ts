// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import type { Backend, ClusterOptions } from '#simulation/cluster/cluster-options.ts';
import { cluster } from '#simulation/cluster/presets.ts';
import type { SimulatedCluster } from '#simulation/cluster/simulated-cluster.ts';
import { checkSimulated } from './simulated-run.ts';

interface Scenario {
  readonly name: string;
  readonly options: ClusterOptions & { readonly backend: Backend };
  readonly break: (simulated: SimulatedCluster) => void;
  /** Every finding, as `check node [-> peer] severity`. */
  readonly findings: readonly string[];
  readonly pairs: { readonly checked: number; readonly broken: number; readonly unknown: number };
}

const SCENARIOS: readonly Scenario[] = [
  {
    name: 'a route of ipip is deleted',
    options: { backend: 'ipip' },
    break: (simulated) => simulated.fault('route-del', 'node2', 'node3'),
    findings: ['route-missing node2 -> node3 critical'],
    pairs: { checked: 6, broken: 1, unknown: 0 },
  },
  {
    name: 'flanneld of ipip wrote the route again after 10 s',
    options: { backend: 'ipip' },
    break: (simulated) => {
      simulated.fault('routes-flush', 'node2');
      simulated.advance(10_000);
    },
    findings: [],
    pairs: { checked: 6, broken: 0, unknown: 0 },
  },
  {
    name: 'the link of ipip is deleted',
    options: { backend: 'ipip' },
    break: (simulated) => {
      simulated.node('node2').kernel.deleteLink('flannel.ipip');
    },
    findings: ['link-missing node2 critical'],
    pairs: { checked: 6, broken: 4, unknown: 0 },
  },
  {
    name: 'the link of wireguard is deleted',
    options: { backend: 'wireguard' },
    break: (simulated) => {
      simulated.node('node2').kernel.deleteLink('flannel-wg');
    },
    findings: ['link-missing node2 critical'],
    pairs: { checked: 4, broken: 4, unknown: 2 },
  },
  {
    name: 'the link of wireguard is set down and up again',
    options: { backend: 'wireguard' },
    break: (simulated) => {
      simulated.node('node2').kernel.setUp('flannel-wg', false);
      simulated.node('node2').kernel.setUp('flannel-wg', true);
    },
    findings: ['route-missing node2 critical'],
    pairs: { checked: 4, broken: 4, unknown: 2 },
  },
  {
    name: 'the IPv6 link of wireguard is down',
    options: { backend: 'wireguard', dualStack: true },
    break: (simulated) => {
      simulated.node('node2').kernel.setUp('flannel-wg-v6', false);
    },
    findings: ['link-down node2 critical'],
    pairs: { checked: 4, broken: 4, unknown: 2 },
  },
  {
    name: 'somebody changed the MTU of wireguard',
    options: { backend: 'wireguard' },
    break: (simulated) => {
      simulated.node('node2').kernel.setMtu('flannel-wg', 1500);
    },
    findings: ['link-mtu-wrong node2 warning'],
    pairs: { checked: 0, broken: 0, unknown: 6 },
  },
];

describe.each(SCENARIOS)('$name', (scenario) => {
  it('gives exactly its findings', async () => {
    const simulated = cluster(scenario.options);
    scenario.break(simulated);

    const { report, findings } = await checkSimulated(simulated);

    expect(findings).toEqual(scenario.findings);
    expect(report.pairs).toEqual(scenario.pairs);
  });
});
