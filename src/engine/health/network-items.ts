// SPDX-License-Identifier: Apache-2.0

import type { HealthFacts } from '#engine/health/health-facts.ts';
import { joinedNodes } from '#engine/joined-nodes.ts';
import { countText } from '#expected/short-text.ts';
import type { HealthItem, HealthState } from '#report/health-report.ts';
import type { Report, ReportFinding, ReportVerdict } from '#report/report.ts';

/** The checks about the cluster's DNS. */
const DNS_CHECKS: ReadonlySet<string> = new Set([
  'coredns-unavailable',
  'coredns-on-one-node',
  'dns-query-failing',
]);

/** The checks that the item about nodes tells. */
const NODE_CHECKS: ReadonlySet<string> = new Set(['node-not-ready', 'node-pressure']);

type Item = Omit<HealthItem, 'id' | 'title'>;

/** What the checks say of Flannel, nodes and DNS aside, which have items of their own. */
export function flannelItem({ report }: HealthFacts): HealthItem {
  const isOurs = (check: string): boolean => !DNS_CHECKS.has(check) && !NODE_CHECKS.has(check);
  const { checked, broken, unknown } = report.pairs;
  const all = checked + unknown;
  const whole =
    all === 0
      ? 'there are no two Linux nodes to connect'
      : `${String(checked - broken)} of ${countText(all, 'node pair')} ${all === 1 ? 'holds' : 'hold'} what Flannel needs`;
  const judged = judgedItem(report, isOurs);
  const state = judged.state === 'well' && unknown > 0 ? 'unknown' : judged.state;
  const found = judged.summary === '' ? '' : `, ${judged.summary}`;
  return { id: 'flannel', title: 'Flannel', ...judged, state, summary: `${whole}${found}` };
}

/** What the checks say of the cluster's DNS. */
export function dnsItem({ report, snapshot }: HealthFacts): HealthItem {
  const judged = judgedItem(report, (check) => DNS_CHECKS.has(check));
  const { coreDns } = snapshot.cluster;
  const ready =
    coreDns.state === 'observed'
      ? `${countText(coreDns.value.readyEndpoints.length, 'endpoint')} ready`
      : 'its addresses could not be read';
  const told = dnsOutcomes(snapshot.nodes);
  const answered = told.filter((outcome) => outcome === 'answered').length;
  const answers =
    told.length === 0
      ? []
      : [`${String(answered)} of ${countText(told.length, 'question')} answered`];
  const summary = [ready, ...answers, ...(judged.summary === '' ? [] : [judged.summary])];
  // What keeps a question from the DNS may be the way to it: then the checks tell of that.
  const state = judged.state === 'well' && answered < told.length ? 'note' : judged.state;
  return { id: 'dns', title: 'CoreDNS', ...judged, state, summary: summary.join(', ') };
}

function dnsOutcomes(nodes: HealthFacts['snapshot']['nodes']): readonly string[] {
  return Object.values(nodes).flatMap(({ probes }) =>
    probes.state === 'observed' ? probes.value.dns.flatMap(({ outcome }) => outcome ?? []) : [],
  );
}

/** How gravely some checks judge, with what they found and could not tell. */
function judgedItem(report: Report, isOurs: (check: string) => boolean): Item {
  const active = report.findings.filter(
    ({ check, suppressed }) => isOurs(check) && suppressed === undefined,
  );
  const counted = active.filter(
    ({ stability, severity }) => stability === 'stable' && severity !== 'info',
  );
  const verdicts = report.verdicts.filter(({ check }) => isOurs(check));
  const unknown = verdicts.filter(({ verdict }) => verdict === 'unknown');
  const parts = [
    ...(counted.length === 0 ? [] : [countText(counted.length, 'finding')]),
    ...(unknown.length === 0 ? [] : [`${countText(unknown.length, 'verdict')} unknown`]),
  ];
  return {
    state: stateOf(counted, verdicts),
    summary: parts.join(', '),
    lines: [
      ...active.map(({ severity, message }) => `${severity}: ${message}`),
      ...reasonsOf(unknown),
    ],
  };
}

function stateOf(
  counted: readonly ReportFinding[],
  verdicts: readonly ReportVerdict[],
): HealthState {
  if (counted.some(({ severity }) => severity === 'critical')) return 'critical';
  if (counted.length > 0) return 'warning';
  const isJudged = verdicts.some(({ verdict }) => verdict === 'pass' || verdict === 'fail');
  return !isJudged || verdicts.some(({ verdict }) => verdict === 'unknown') ? 'unknown' : 'well';
}

/** Why verdicts are unknown, each reason once with how many it makes so. */
function reasonsOf(unknown: readonly ReportVerdict[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { reason = 'no reason is told' } of unknown) {
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return [...counts].map(
    ([reason, count]) => `unknown (${countText(count, 'verdict')}): ${reason}`,
  );
}

/** Nodes that are all probed from one; more than that are probed in part (`expected/probe-plan.ts`). */
const MOST_PEERS = 50;

/** Whether packets were sent over every pair of nodes. What became of them is for the checks. */
export function pairsItem({ snapshot }: HealthFacts): HealthItem {
  const base = { id: 'pairs', title: 'Packets between nodes' } as const;
  const names = joinedNodes(snapshot.cluster).map(({ name }) => name);
  const lines = names.flatMap((name) => {
    const probes = snapshot.nodes[name]?.probes;
    if (probes?.state !== 'absent') return [];
    return [`${name}: ${probes.detail}`];
  });
  const probed = names.flatMap((name) => {
    const probes = snapshot.nodes[name]?.probes;
    return probes?.state === 'observed' ? probes.value.peers : [];
  });
  const pings = probed.flatMap(
    ({ overlayAgain, overlayPing }) => overlayAgain ?? overlayPing ?? [],
  );
  const answered = pings.filter(({ received }) => received > 0);
  const all = names.length * (names.length - 1);
  const asked = names.length * Math.min(names.length - 1, MOST_PEERS);
  const summary = `${String(pings.length)} of ${countText(all, 'node pair')} probed, ${String(answered.length)} answered`;
  if (pings.length < asked) return { ...base, state: 'unknown', summary, lines };
  return { ...base, state: answered.length === pings.length ? 'well' : 'warning', summary, lines };
}
