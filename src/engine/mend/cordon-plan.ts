// SPDX-License-Identifier: Apache-2.0

import { askedPlan, givenPlan } from '#engine/mend/given-plan.ts';
import { type NodeStanding, nodeStanding } from '#engine/mend/node-standing.ts';
import { tooUnknown } from '#engine/mend/too-unknown.ts';
import type { CheckResult } from '#engine/run-checks.ts';
import { isReady } from '#expected/node-objects.ts';
import { namesText } from '#expected/short-text.ts';
import type { NodeObject } from '#model/cluster.ts';
import type { Plan } from '#model/plan.ts';
import { type Snapshot, nowOf } from '#model/snapshot.ts';
import { type NodeToCordon, remedy } from '#remedies/cordon-node/remedy.ts';

/** Words of the command, without the program's name. */
export const CORDON_COMMAND: readonly string[] = remedy.command;

/**
 * The plan that keeps new pods from nodes that are broken. It leaves enough nodes to take pods: when more than a third
 * of them are broken, it is not nodes that are but what is between them. Pure.
 *
 * @param only names of the nodes that may be cordoned; absent: all
 */
export function cordonPlan(
  snapshot: Snapshot,
  results: readonly CheckResult[],
  only?: readonly string[],
): Plan {
  const { nodes } = snapshot.cluster;
  const refusals = tooUnknown(snapshot);
  if (nodes.state === 'absent' || refusals.length > 0)
    return { ...givenPlan(snapshot, []), refusals };
  const standing = nodeStanding(snapshot, results);
  const { chosen, notes } = choose(standing, only);
  const wanted = chosen.map(({ name, uid }): NodeToCordon => {
    const why = standing.ownOf(name).map(({ message }) => message);
    return { node: name, uid, why };
  });
  const options = { nodes: wanted, now: nowOf(snapshot) };
  const plan = wanted.length === 0 ? givenPlan(snapshot, []) : askedPlan(snapshot, remedy, options);
  return { ...plan, notes };
}

interface Choice {
  readonly chosen: readonly NodeObject[];
  readonly notes: readonly string[];
}

function choose(standing: NodeStanding, only: readonly string[] | undefined): Choice {
  const { judged, broken: names, isWhole } = standing;
  const broken = new Set(names);
  const wanted = judged.filter(
    ({ name }) => broken.has(name) && (only === undefined || only.includes(name)),
  );
  const open = wanted.filter((node) => mayBeCordoned(node));
  const notes = [
    ...wanted.filter((node) => !mayBeCordoned(node)).map(whyLeft),
    ...doubts(standing),
    ...judged.filter((node) => node.unschedulable && isWhole(node)).map(mayTakePods),
  ];
  const most = Math.max(1, Math.floor(judged.length / 3));
  if (names.length > most) {
    const many = `${String(names.length)} of ${String(judged.length)} nodes are cut off, more than a third: that is no fault of single nodes, so none is cordoned.`;
    return { chosen: [], notes: [many, ...notes] };
  }
  const others = judged.filter(
    (node) => !broken.has(node.name) && takesAnyPod(node) && isWhole(node),
  );
  if (open.length > 0 && others.length === 0) {
    const none =
      'No other node would be left that takes pods and has no critical finding, so none is cordoned.';
    return { chosen: [], notes: [none, ...notes] };
  }
  return { chosen: open, notes };
}

/** Nodes of which it cannot be told whether they are the broken ones. */
function doubts({ doubtful, unclear, shared }: NodeStanding): readonly string[] {
  return [
    ...(doubtful.length === 0
      ? []
      : [
          `${namesText(doubtful)} do not reach each other, and which of them is cut off cannot be told.`,
        ]),
    ...(unclear.length === 0
      ? []
      : [
          `Packets are lost between ${namesText(unclear)}, which reach most of the others: which of them is broken cannot be told.`,
        ]),
    ...(shared.length === 0
      ? []
      : [
          `${namesText(shared)} have something that only one node may have, and which of them is wrong cannot be told: none is cordoned for that.`,
        ]),
  ];
}

function mayTakePods({ name }: NodeObject): string {
  return `${name} is cordoned, and nothing was found that cuts it off. Take it back with undo, if it was cordoned here, or with: kubectl uncordon ${name}`;
}

function mayBeCordoned(node: NodeObject): boolean {
  return !node.unschedulable && isReady(node);
}

/** Whether a pod without tolerations of its own can be placed there. */
function takesAnyPod(node: NodeObject): boolean {
  return mayBeCordoned(node) && node.taints.every(({ effect }) => effect === 'PreferNoSchedule');
}

function whyLeft({ name, unschedulable }: NodeObject): string {
  return unschedulable
    ? `${name} is cut off, and is cordoned already.`
    : `${name} is cut off and not Ready: no pod is placed there anyway.`;
}
