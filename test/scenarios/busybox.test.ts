// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import type { ClusterOptions } from '#simulation/cluster/cluster-options.ts';
import type { FaultName } from '#simulation/cluster/faults.ts';
import { cluster } from '#simulation/cluster/presets.ts';
import type { Report } from '#report/report.ts';
import { checkSimulated } from './simulated-run.ts';

/** What BusyBox has no tool for: forwarding entries. */
const UNKNOWN = ['fdb-entry-missing', 'fdb-entry-stale', 'fdb-entry-wrong'];

/** Checks that skip because BusyBox does not tell what they compare. */
const SKIPPED = ['link-parameters-wrong'];

function idsOf({ verdicts }: Report, wanted: string): readonly string[] {
  return [
    ...new Set(verdicts.filter(({ verdict }) => verdict === wanted).map(({ check }) => check)),
  ].sort();
}

const HEALTHY: Readonly<Record<string, ClusterOptions>> = {
  vxlan: {},
  'vxlan with both families': { dualStack: true },
  'vxlan with DirectRouting': { directRouting: true },
  Talos: { layout: 'talos' },
};

describe('a cluster whose flannel image has BusyBox only', () => {
  it.each(Object.entries(HEALTHY))(
    'is judged but for its forwarding entries: %s',
    async (_name, options) => {
      const { report, findings } = await checkSimulated(cluster({ image: 'busybox', ...options }));

      expect(findings).toEqual([]);
      expect(idsOf(report, 'unknown')).toEqual(UNKNOWN);
      expect(idsOf(report, 'skip')).toEqual(expect.arrayContaining(SKIPPED));
      expect(idsOf(report, 'pass')).toEqual(
        expect.arrayContaining(['link-missing', 'neighbour-missing', 'route-missing']),
      );
      expect(report.pairs).toEqual({ checked: 0, broken: 0, unknown: 6 });
    },
  );

  it('is judged as a whole with host-gw, which has no forwarding entries', async () => {
    const { report, findings } = await checkSimulated(
      cluster({ image: 'busybox', backend: 'host-gw', dualStack: true }),
    );

    expect(findings).toEqual([]);
    expect(report.pairs).toEqual({ checked: 6, broken: 0, unknown: 0 });
  });

  it.each<readonly [FaultName, ClusterOptions, readonly string[]]>([
    [
      'routes-flush',
      {},
      ['route-missing node2 -> node1 critical', 'route-missing node2 -> node3 critical'],
    ],
    ['neigh-del', {}, ['neighbour-missing node2 -> node1 critical']],
    ['stale-route', {}, ['route-stale node2 info']],
    [
      'link-bounce',
      {},
      [
        'neighbour-missing node2 -> node1 critical',
        'neighbour-missing node2 -> node3 critical',
        'route-missing node2 -> node1 critical',
        'route-missing node2 -> node3 critical',
      ],
    ],
    ['wrong-vtep-mac', {}, ['vtep-mac-mismatch node2 critical']],
    ['fdb-del', {}, []],
    [
      'routes-flush',
      { backend: 'host-gw' },
      ['route-missing node2 -> node1 critical', 'route-missing node2 -> node3 critical'],
    ],
  ])('shows %s with %j', async (fault, options, expected) => {
    const simulated = cluster({ image: 'busybox', ...options });
    simulated.fault(fault, 'node2', fault.endsWith('-del') ? 'node1' : undefined);

    const { findings } = await checkSimulated(simulated);

    expect(findings).toEqual(expected);
  });

  it('says why its forwarding entries are unknown', async () => {
    const { snapshot } = await checkSimulated(cluster({ image: 'busybox' }));

    expect(snapshot.nodes['node1']?.fdb).toEqual({
      state: 'absent',
      reason: 'unsupported',
      detail: 'The container has no `bridge`.',
    });
  });
});
