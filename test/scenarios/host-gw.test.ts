// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import type { ClusterOptions } from '#simulation/cluster/cluster-options.ts';
import type { FaultName } from '#simulation/cluster/faults.ts';
import { cluster } from '#simulation/cluster/presets.ts';
import { checkSimulated } from './simulated-run.ts';

interface Scenario {
  readonly fault: readonly [name: FaultName, node: string, argument?: string];
  /** Time that passes after the fault, milliseconds. */
  readonly after?: number;
  readonly options?: ClusterOptions;
  /** Every finding, as `check node [-> peer] severity`. */
  readonly findings: readonly string[];
  readonly broken?: number;
  readonly unknown?: number;
}

const NODE2_LOST_ALL = [
  'route-missing node2 -> node1 critical',
  'route-missing node2 -> node3 critical',
];

const SCENARIOS: readonly Scenario[] = [
  {
    fault: ['route-del', 'node2', 'node3'],
    findings: ['route-missing node2 -> node3 critical'],
    broken: 1,
  },
  { fault: ['route-del', 'node2', 'node3'], after: 10_000, findings: [] },
  { fault: ['routes-flush', 'node2'], findings: NODE2_LOST_ALL, broken: 2 },
  { fault: ['routes-flush', 'node2'], after: 10_000, findings: [] },
  {
    fault: ['routes-flush', 'node2'],
    options: { dualStack: true },
    after: 10_000,
    findings: [],
  },
  {
    fault: ['wrong-public-ip', 'node2'],
    findings: ['public-ip-mismatch node2 critical'],
    broken: 4,
  },
  {
    fault: ['annotations-lost', 'node2'],
    findings: ['subnet-lease-missing node2 critical'],
    broken: 4,
  },
  { fault: ['subnet-env-rm', 'node2'], findings: ['subnet-env-missing node2 critical'] },
  { fault: ['ip-forward-0', 'node2'], findings: ['ip-forward-off node2 critical'], broken: 4 },
  {
    fault: ['flannel-oom', 'node2'],
    after: 30_000,
    findings: ['flannel-oom-killed node2 warning', 'flannel-pod-not-ready node2 warning'],
    unknown: 2,
  },
  { fault: ['flannel-kill', 'node2'], after: 5_000, findings: [] },
  { fault: ['coredns-down', 'node1'], findings: ['coredns-unavailable cluster critical'] },
  {
    fault: ['node-crash', 'node3'],
    after: 60_000,
    findings: ['node-not-ready node3 warning'],
    unknown: 2,
  },
];

describe.each(SCENARIOS)('host-gw: fault $fault, $after ms later', (scenario) => {
  it('gives exactly its findings', async () => {
    const simulated = cluster({ backend: 'host-gw', ...scenario.options });
    simulated.fault(...scenario.fault);
    simulated.advance(scenario.after ?? 0);

    const { report, findings } = await checkSimulated(simulated);

    expect(findings).toEqual([...scenario.findings].sort());
    const { broken = 0, unknown = 0 } = scenario;
    expect(report.pairs).toEqual({ checked: 6 - unknown, broken, unknown });
  });

  it('gives none after the heal', async () => {
    const simulated = cluster({ backend: 'host-gw', ...scenario.options });
    simulated.fault(...scenario.fault);
    simulated.advance(scenario.after ?? 0);
    simulated.heal();
    simulated.advance(60_000);

    const { report, findings } = await checkSimulated(simulated);

    expect(findings).toEqual([]);
    expect(report.pairs).toEqual({ checked: 6, broken: 0, unknown: 0 });
  });
});
