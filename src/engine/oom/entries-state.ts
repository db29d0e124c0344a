// SPDX-License-Identifier: Apache-2.0

import { joinedNodes } from '#engine/joined-nodes.ts';
import type { EntriesState } from '#model/oom.ts';
import type { Snapshot } from '#model/snapshot.ts';
import type { Report, ReportFinding } from '#report/report.ts';

/** Checks that say that something of what flannel writes into the kernel is not there. */
const LOSSES: readonly string[] = [
  'route-missing',
  'neighbour-missing',
  'fdb-entry-missing',
  'link-missing',
  'link-down',
];
/** Without the judgement of this one nothing is known of a node's entries. */
const ROUTES = 'route-missing';

/** What a report says of the entries of each node, and the snapshot of pings that went over them. Pure. */
export function entriesStates(report: Report, snapshot: Snapshot): readonly EntriesState[] {
  const known = new Set(joinedNodes(snapshot.cluster).map(({ name }) => name));
  return report.nodes
    .filter(({ name }) => known.has(name))
    .map(({ name }) => stateOf(name, report, snapshot));
}

function stateOf(node: string, report: Report, snapshot: Snapshot): EntriesState {
  const lost = report.findings
    .filter((finding) => finding.node === node && LOSSES.includes(finding.check))
    .map(lossOf);
  const answers = answeringPeers(node, snapshot);
  if (lost.length > 0) return { node, state: 'lost', lost, answers };
  const verdicts = report.verdicts.filter(
    ({ check, subject }) => subject === `node/${node}` && LOSSES.includes(check),
  );
  const unjudged = verdicts.find(({ verdict }) => verdict === 'unknown');
  const routes = verdicts.find(({ check }) => check === ROUTES);
  if (unjudged === undefined && routes?.verdict === 'pass') {
    return { node, state: 'whole', lost, answers };
  }
  const why = unjudged?.reason ?? routes?.reason ?? 'Its routes were not judged.';
  return { node, state: 'unknown', lost, why, answers };
}

function lossOf({ check, peer, object }: ReportFinding): EntriesState['lost'][number] {
  return {
    check,
    ...(peer !== undefined && { peer }),
    ...(object !== undefined && { object }),
  };
}

/** An answered ping has gone by the entries of both ends, whoever sent it. */
function answeringPeers(node: string, { nodes }: Snapshot): readonly string[] {
  const answered = Object.entries(nodes).flatMap(([from, { probes }]) => {
    if (probes.state === 'absent') return [];
    return probes.value.peers.flatMap(({ peer, overlayPing }) => {
      if ((overlayPing?.received ?? 0) === 0) return [];
      if (from === node) return [peer];
      return peer === node ? [from] : [];
    });
  });
  return [...new Set(answered)].sort();
}
