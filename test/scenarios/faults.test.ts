// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { resolveJsonPointer } from '#model/json-pointer.ts';
import { cluster } from '#simulation/cluster/presets.ts';
import type { FaultName } from '#simulation/cluster/faults.ts';
import { checkSimulated } from './simulated-run.ts';

interface Scenario {
  readonly fault: readonly [name: FaultName, node: string, argument?: string];
  /** Time that passes after the fault, milliseconds: restarts, heartbeats. */
  readonly after?: number;
  /** Every finding, as `check node [-> peer] severity`. */
  readonly findings: readonly string[];
  readonly broken?: number;
  readonly unknown?: number;
  /** Findings that stay after the fault is healed, because flannel leaves them. */
  readonly remaining?: readonly string[];
}

function node2TowardsBoth(...checks: readonly string[]): readonly string[] {
  return checks.flatMap((check) =>
    ['node1', 'node3'].map((peer) => `${check} node2 -> ${peer} critical`),
  );
}

/** What is found from and towards node2 alike. */
function aroundNode2(check: string, severity: string): readonly string[] {
  return ['node1', 'node3'].flatMap((peer) => [
    `${check} node2 -> ${peer} ${severity}`,
    `${check} ${peer} -> node2 ${severity}`,
  ]);
}

const STALE_ON_PEERS = ['node1', 'node3'].map((peer) => `fdb-entry-stale ${peer} -> node2 info`);

const SCENARIOS: readonly Scenario[] = [
  { fault: ['routes-flush', 'node2'], findings: node2TowardsBoth('route-missing'), broken: 2 },
  {
    fault: ['route-del', 'node2', 'node3'],
    findings: ['route-missing node2 -> node3 critical'],
    broken: 1,
  },
  {
    fault: ['neigh-del', 'node2', 'node3'],
    findings: ['neighbour-missing node2 -> node3 critical'],
    broken: 1,
  },
  {
    fault: ['fdb-del', 'node2', 'node3'],
    findings: ['fdb-entry-missing node2 -> node3 critical'],
    broken: 1,
  },
  { fault: ['stale-route', 'node2'], findings: ['route-stale node2 info'] },
  {
    fault: ['link-bounce', 'node2'],
    findings: node2TowardsBoth('route-missing', 'neighbour-missing'),
    broken: 2,
  },
  {
    fault: ['link-del', 'node2'],
    after: 2_000,
    findings: node2TowardsBoth('route-missing', 'neighbour-missing', 'fdb-entry-missing'),
    broken: 2,
  },
  { fault: ['wrong-mtu', 'node2'], findings: ['link-mtu-wrong node2 warning'] },
  {
    fault: ['udp-block', 'node2'],
    findings: aroundNode2('overlay-unreachable', 'critical'),
    broken: 4,
  },
  { fault: ['loss', 'node2'], findings: aroundNode2('packet-loss', 'warning') },
  {
    fault: ['mtu-blackhole', 'node2'],
    findings: aroundNode2('path-mtu-too-small', 'critical'),
    broken: 4,
  },
  {
    fault: ['wrong-vtep-mac', 'node2'],
    findings: ['vtep-mac-mismatch node2 critical', ...STALE_ON_PEERS],
    broken: 4,
    remaining: STALE_ON_PEERS,
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
  { fault: ['rules-flush', 'node2'], findings: ['masquerade-rule-missing node2 warning'] },
  { fault: ['rules-flush', 'node2'], after: 6_000, findings: [] },
  { fault: ['forward-drop', 'node2'], findings: ['forward-dropped node2 critical'], broken: 4 },
  { fault: ['ip-forward-0', 'node2'], findings: ['ip-forward-off node2 critical'], broken: 4 },
  {
    fault: ['flannel-oom', 'node2'],
    after: 30_000,
    findings: ['flannel-oom-killed node2 warning', 'flannel-pod-not-ready node2 warning'],
    unknown: 2,
  },
  { fault: ['flannel-stop', 'node2'], findings: ['flannel-stalled node2 warning'] },
  { fault: ['flannel-kill', 'node2'], after: 5_000, findings: [] },
  { fault: ['coredns-down', 'node1'], findings: ['coredns-unavailable cluster critical'] },
  {
    fault: ['node-crash', 'node3'],
    after: 60_000,
    findings: ['node-not-ready node3 warning'],
    unknown: 2,
  },
];

describe.each(SCENARIOS)('fault $fault on the simulated cluster', (scenario) => {
  it('gives exactly its findings, each with evidence that is there', async () => {
    const simulated = cluster();
    simulated.fault(...scenario.fault);
    simulated.advance(scenario.after ?? 0);

    const { snapshot, report, findings } = await checkSimulated(simulated);

    expect(findings).toEqual([...scenario.findings].sort());
    const { broken = 0, unknown = 0 } = scenario;
    expect(report.pairs).toEqual({ checked: 6 - unknown, broken, unknown });
    for (const pointer of report.findings.flatMap(({ evidence }) => evidence)) {
      expect([pointer, resolveJsonPointer(snapshot, pointer)]).not.toContain(undefined);
    }
  });

  it('gives none after the heal but what flannel leaves behind', async () => {
    const simulated = cluster();
    simulated.fault(...scenario.fault);
    simulated.advance(scenario.after ?? 0);
    simulated.heal();
    simulated.advance(60_000);

    const { report, findings } = await checkSimulated(simulated);

    expect(findings).toEqual([...(scenario.remaining ?? [])].sort());
    expect(report.pairs).toEqual({ checked: 6, broken: 0, unknown: 0 });
  });
});
