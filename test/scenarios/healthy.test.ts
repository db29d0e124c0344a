// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import type { ClusterOptions, NodeOptions } from '#simulation/cluster/cluster-options.ts';
import { cluster, macMini } from '#simulation/cluster/presets.ts';
import { checkSimulated } from './simulated-run.ts';

/** Two racks: nodes of one share a segment, and a router joins the two. */
const TWO_SEGMENTS: readonly NodeOptions[] = [1, 2, 3, 4].map((number) => ({
  name: `node${String(number)}`,
  address: `10.20.${String(number % 2)}.${String(10 + number)}`,
  prefixLength: 24,
  podCIDR: `10.244.${String(number)}.0/24`,
}));

const HEALTHY: Readonly<Record<string, ClusterOptions>> = {
  '1 node': { nodes: 1 },
  '3 nodes': { nodes: 3 },
  '200 nodes': { nodes: 200 },
  'a custom VNI': { vni: 4096 },
  'a custom port': { port: 4790 },
  'jumbo frames': { mtu: 9000 },
  'an annotation prefix of its own': { annotationPrefix: 'net.example.com/flannel' },
  'DirectRouting on one segment': { directRouting: true },
  'DirectRouting over two segments': { directRouting: true, nodes: TWO_SEGMENTS },
  'two segments without DirectRouting': { nodes: TWO_SEGMENTS },
  'both address families': { dualStack: true },
  'the layout of Talos': { layout: 'talos' },
};

const HEALTHY_HOST_GW: Readonly<Record<string, ClusterOptions>> = {
  '1 node': { nodes: 1 },
  '3 nodes': { nodes: 3 },
  '60 nodes': { nodes: 60 },
  'jumbo frames': { mtu: 9000 },
  'both address families': { dualStack: true },
  'an annotation prefix of its own': { annotationPrefix: 'net.example.com/flannel' },
};

describe('a healthy simulated cluster', () => {
  it.each(Object.entries(HEALTHY))('with %s has no finding', async (_name, options) => {
    const simulated = cluster(options);

    const { report, findings } = await checkSimulated(simulated);

    const count = simulated.nodeNames.length;
    expect(findings).toEqual([]);
    expect(report.pairs).toEqual({ checked: count * (count - 1), broken: 0, unknown: 0 });
    expect(report.verdicts.filter(({ verdict }) => verdict === 'unknown')).toEqual([]);
    expect(report.verdicts.filter(({ verdict }) => verdict === 'skip')).toEqual([]);
  });

  it.each(Object.entries(HEALTHY_HOST_GW))(
    'with host-gw and %s has no finding, and every pair is checked',
    async (_name, options) => {
      const simulated = cluster({ backend: 'host-gw', ...options });

      const { report, findings } = await checkSimulated(simulated);

      const count = simulated.nodeNames.length;
      expect(findings).toEqual([]);
      expect(report.pairs).toEqual({ checked: count * (count - 1), broken: 0, unknown: 0 });
      expect(report.verdicts.filter(({ verdict }) => verdict === 'unknown')).toEqual([]);
      const skips = report.verdicts.filter(({ verdict }) => verdict === 'skip');
      expect(new Set(skips.map(({ reason }) => reason))).toEqual(
        new Set(['The backend is host-gw, not vxlan.']),
      );
      expect(skips.filter(({ check }) => check.startsWith('route-'))).toEqual([]);
    },
  );

  it('like the one of the runbook has no finding', async () => {
    const { report, findings } = await checkSimulated(macMini());

    expect(findings).toEqual([]);
    expect(report.pairs).toEqual({ checked: 6, broken: 0, unknown: 0 });
  });
});
