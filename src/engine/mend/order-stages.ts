// SPDX-License-Identifier: Apache-2.0

import type { NodeObject } from '#model/cluster.ts';
import { RISKS, type Stage } from '#model/plan.ts';
import type { Snapshot } from '#model/snapshot.ts';

/**
 * Stages in the order in which they are carried out: node after node, the smallest risk first on each; then what
 * is of the whole cluster; the nodes that carry our own way in last of all nodes.
 */
export function orderStages(
  stages: readonly Stage[],
  snapshot: Snapshot,
  notes: string[],
): readonly Stage[] {
  const { nodes, identity } = snapshot.cluster;
  const known = nodes.state === 'observed' ? nodes.value : [];
  const server = identity.state === 'observed' ? identity.value.server : '';
  const ways = new Set(known.filter((node) => carriesOurWay(node, server)).map(({ name }) => name));
  const last = stages.filter(({ node }) => node !== undefined && ways.has(node));
  if (last.length > 0 && last.length < stages.length) {
    const names = [...new Set(last.map(({ node }) => node ?? ''))].sort();
    notes.push(`${names.join(', ')} comes last: our own way to the API leads over it.`);
  }
  return stages.toSorted(
    (a, b) =>
      rank(a, ways) - rank(b, ways) ||
      compareText(a.node ?? '', b.node ?? '') ||
      RISKS.indexOf(a.risk) - RISKS.indexOf(b.risk),
  );
}

function rank({ node }: Stage, ways: ReadonlySet<string>): number {
  if (node === undefined) return 1;
  return ways.has(node) ? 2 : 0;
}

/** The node that the API's address belongs to, and every control plane: one of them answers behind a balancer. */
function carriesOurWay(
  { controlPlane, internalIPs, externalIPs }: NodeObject,
  server: string,
): boolean {
  const host = server.slice(0, server.lastIndexOf(':')).replace(/^\[|\]$/g, '');
  return controlPlane || internalIPs.includes(host) || externalIPs.includes(host);
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
