// SPDX-License-Identifier: Apache-2.0

import { judgedFacts } from '#engine/judged-facts.ts';
import { probePlans } from '#expected/probe-plan.ts';
import type { ProbeMode, ProbePlan } from '#model/probe.ts';
import type { Snapshot } from '#model/snapshot.ts';

/**
 * Which peers to probe from each node, by net-conf as the nodes run with it: what the file asks for by now may be
 * another backend, or another link. Pure.
 */
export function chooseProbes(
  facts: Pick<Snapshot, 'cluster' | 'nodes'>,
  mode: ProbeMode,
): ReadonlyMap<string, ProbePlan> {
  const { netConf } = judgedFacts(facts);
  return probePlans({ nodes: facts.nodes, cluster: { ...facts.cluster, netConf } }, mode);
}
