// SPDX-License-Identifier: Apache-2.0

import type { Stage } from '#model/plan.ts';
import type { Snapshot } from '#model/snapshot.ts';

/** Checks whose findings are gone only when the DNS answers. */
const DNS_CHECKS: ReadonlySet<string> = new Set(['coredns-unavailable', 'dns-query-failing']);

/** What the queries of nodes came to, as nodes that asked at all. */
export interface DnsAnswers {
  readonly asked: number;
  readonly answered: number;
  /** No server said anything to any node: an answer with an error is one. */
  readonly isSilent: boolean;
}

/** How the DNS answered; undefined when a stage is not for it, or no query was sent. Pure. */
export function dnsAnswers({ treats }: Stage, { nodes }: Snapshot): DnsAnswers | undefined {
  if (!treats.some(({ check }) => DNS_CHECKS.has(check))) return undefined;
  const outcomes = Object.values(nodes).flatMap(({ probes }) => {
    const known = probes.state === 'observed' ? probes.value.dns : [];
    const told = known.flatMap(({ outcome }) => outcome ?? []);
    return told.length === 0 ? [] : [told];
  });
  if (outcomes.length === 0) return undefined;
  return {
    asked: outcomes.length,
    answered: outcomes.filter((told) => told.includes('answered')).length,
    isSilent: outcomes.flat().every((outcome) => outcome === 'silent'),
  };
}
