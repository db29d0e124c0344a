// SPDX-License-Identifier: Apache-2.0

import { CHECKS } from '#engine/registry.generated.ts';
import { runChecks } from '#engine/run-checks.ts';
import type { Snapshot } from '#model/snapshot.ts';

/** Checks that compare a node's entries with the list of nodes. */
const COMPARING = CHECKS.filter(({ id }) => /^(?:route|neighbour|fdb-entry)-/u.test(id));

/** Reasons for which a node is not read, whether it is there or not. */
const OF_EVERY_NODE: readonly string[] = ['unsupported', 'not-collected', 'forbidden'];

/**
 * Whether nodes may have come or gone since they were listed: one could not be read while others could, or entries do
 * not fit the list. On a healthy cluster neither is so, and the nodes are listed once.
 */
export function mayHaveTurnedOver(snapshot: Snapshot): boolean {
  const links = Object.values(snapshot.nodes).map((record) => record.links);
  if (links.every(({ state }) => state === 'absent')) return false;
  const isUnread = links.some(
    (fact) => fact.state === 'absent' && !OF_EVERY_NODE.includes(fact.reason),
  );
  return (
    isUnread || runChecks(snapshot, COMPARING).some(({ verdict }) => verdict.verdict === 'fail')
  );
}
