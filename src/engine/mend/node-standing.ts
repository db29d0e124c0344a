// SPDX-License-Identifier: Apache-2.0

import { joinedNodes } from '#engine/joined-nodes.ts';
import { treatableFindings } from '#engine/mend/plan-mending.ts';
import { breakages } from '#engine/pairs.ts';
import type { CheckResult } from '#engine/run-checks.ts';
import { isReady } from '#expected/node-objects.ts';
import type { NodeObject } from '#model/cluster.ts';
import type { TreatableFinding } from '#model/plan.ts';
import type { Snapshot } from '#model/snapshot.ts';
import { cutOffNodes } from '#remedies/cordon-node/cut-off-nodes.ts';

/** Checks of what only one node may have: each of those that have it is named, and none of them as the wrong one. */
const SHARED_CHECKS: ReadonlySet<string> = new Set([
  'pod-cidr-duplicate',
  'public-ip-duplicate',
  'vtep-mac-duplicate',
]);

/** Checks by which new pods of a node do not start, or reach no Service, although packets flow between the nodes. */
const OWN_CHECKS: ReadonlySet<string> = new Set([
  'bridge-netfilter-off',
  'cni-bridge-wrong',
  'cni-config-foreign',
  'subnet-env-mismatch',
  'subnet-env-missing',
]);

/** How the nodes stand to each other. */
export interface NodeStanding {
  /** Nodes that flannel joins, and that were there all along. */
  readonly judged: readonly NodeObject[];
  /** Nodes that are broken and not their peers, the worst first. */
  readonly broken: readonly string[];
  /** Nodes that do not reach each other while it cannot be told which of them is broken. */
  readonly doubtful: readonly string[];
  /** Other ends of broken pairs: too few of one node to call it broken. */
  readonly unclear: readonly string[];
  /** Nodes that have something that only one may have. */
  readonly shared: readonly string[];
  /** Critical findings about a node, as far as no other node that is broken explains them. */
  readonly ownOf: (node: string) => readonly TreatableFinding[];
  /** Whether nothing critical is found of a node that is Ready and was read. */
  readonly isWhole: (node: NodeObject) => boolean;
}

/** Tells which nodes are broken by what checks found. Pure. */
export function nodeStanding(snapshot: Snapshot, results: readonly CheckResult[]): NodeStanding {
  const judged = joinedNodes(snapshot.cluster).filter(({ duringRun }) => duringRun === undefined);
  const names = judged.map(({ name }) => name);
  const known = new Set(names);
  const counted = results.filter(({ check: { id } }) => !SHARED_CHECKS.has(id));
  const { brokenNodes, brokenPairs } = breakages(counted, known);
  const critical = treatableFindings(results).filter(({ severity }) => severity === 'critical');
  const unfit = critical.flatMap(({ check, node }) =>
    OWN_CHECKS.has(check) && node !== undefined && known.has(node) ? [node] : [],
  );
  const { nodes: broken, doubtful } = cutOffNodes({
    nodes: names,
    broken: new Set([...brokenNodes, ...unfit]),
    pairs: brokenPairs,
  });
  const atFault = new Set(broken);
  const ownOf = (name: string): readonly TreatableFinding[] =>
    critical.filter(
      ({ node, finding: { peer } }) =>
        (node === name || peer === name) &&
        (atFault.has(name) || !isOfOther(atFault, [node, peer], name)),
    );
  const isRead = (name: string): boolean => snapshot.nodes[name]?.links.state === 'observed';
  return {
    judged,
    broken,
    doubtful,
    unclear: endsOutside(brokenPairs, new Set([...broken, ...doubtful])),
    shared: sharers(critical, known),
    ownOf,
    isWhole: (node) => isReady(node) && isRead(node.name) && ownOf(node.name).length === 0,
  };
}

function isOfOther(
  atFault: ReadonlySet<string>,
  ends: readonly (string | undefined)[],
  name: string,
): boolean {
  return ends.some((end) => end !== undefined && end !== name && atFault.has(end));
}

/** Ends of the broken pairs that no node among some explains. */
function endsOutside(
  pairs: ReadonlyMap<string, ReadonlySet<string>>,
  explained: ReadonlySet<string>,
): readonly string[] {
  const ends = [...pairs].flatMap(([from, peers]) =>
    explained.has(from)
      ? []
      : [...peers].filter((to) => !explained.has(to)).flatMap((to) => [from, to]),
  );
  return [...new Set(ends)].sort();
}

function sharers(
  critical: readonly TreatableFinding[],
  known: ReadonlySet<string>,
): readonly string[] {
  const names = critical.flatMap(({ check, node }) =>
    SHARED_CHECKS.has(check) && node !== undefined && known.has(node) ? [node] : [],
  );
  return [...new Set(names)].sort();
}
