// SPDX-License-Identifier: Apache-2.0

import { askedPlan, givenPlan } from '#engine/mend/given-plan.ts';
import { treatableFindings } from '#engine/mend/plan-mending.ts';
import { tooUnknown } from '#engine/mend/too-unknown.ts';
import { breakages } from '#engine/pairs.ts';
import type { CheckResult } from '#engine/run-checks.ts';
import type { NodeObject } from '#model/cluster.ts';
import type { Plan } from '#model/plan.ts';
import type { Snapshot } from '#model/snapshot.ts';
import { type CutOff, cutOffNodes } from '#remedies/cordon-node/cut-off-nodes.ts';
import { type NodeToCordon, remedy } from '#remedies/cordon-node/remedy.ts';

/** Words of the command, without the program's name. */
export const CORDON_COMMAND: readonly string[] = remedy.command;

/**
 * The plan that keeps new pods from nodes that are cut off. It leaves enough nodes to take pods: when more than a third
 * of them are cut off, it is not nodes that are broken but what is between them. Pure.
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
  const judged = nodes.value.filter(
    ({ os, duringRun }) => os === 'linux' && duringRun === undefined,
  );
  const names = judged.map(({ name }) => name);
  const { brokenNodes, brokenPairs } = breakages(results, new Set(names));
  const cutOff = cutOffNodes({ nodes: names, broken: brokenNodes, pairs: brokenPairs });
  const { chosen, notes } = choose(judged, cutOff, only);
  const findings = treatableFindings(results);
  const wanted = chosen.map(({ name, uid }): NodeToCordon => {
    const own = findings.filter(({ node, severity }) => node === name && severity === 'critical');
    return { node: name, uid, why: own.map(({ message }) => message) };
  });
  const options = { nodes: wanted, now: snapshot.finishedAt };
  const plan = wanted.length === 0 ? givenPlan(snapshot, []) : askedPlan(snapshot, remedy, options);
  return { ...plan, notes };
}

interface Choice {
  readonly chosen: readonly NodeObject[];
  readonly notes: readonly string[];
}

function choose(
  judged: readonly NodeObject[],
  { nodes: names, doubtful }: CutOff,
  only: readonly string[] | undefined,
): Choice {
  const cutOff = new Set(names);
  const wanted = judged.filter(
    ({ name }) => cutOff.has(name) && (only === undefined || only.includes(name)),
  );
  const open = wanted.filter((node) => takesPods(node));
  const notes = [
    ...wanted.filter((node) => !takesPods(node)).map(whyLeft),
    ...(doubtful.length === 0
      ? []
      : [
          `${doubtful.join(', ')} do not reach each other, and which of them is cut off cannot be told.`,
        ]),
    ...judged
      .filter(({ name, unschedulable }) => unschedulable && !cutOff.has(name))
      .map(
        ({ name }) =>
          `${name} is cordoned, and nothing was found that cuts it off. Take it back with undo, if it was cordoned here, or with: kubectl uncordon ${name}`,
      ),
  ];
  const most = Math.max(1, Math.floor(judged.length / 3));
  if (names.length > most) {
    const many = `${String(names.length)} of ${String(judged.length)} nodes are cut off, more than a third: that is no fault of single nodes, so none is cordoned.`;
    return { chosen: [], notes: [many, ...notes] };
  }
  const others = judged.filter((node) => !cutOff.has(node.name) && takesPods(node));
  if (open.length > 0 && others.length === 0) {
    const none = 'No other node would be left that takes pods, so none is cordoned.';
    return { chosen: [], notes: [none, ...notes] };
  }
  return { chosen: open, notes };
}

function takesPods({ unschedulable, conditions }: NodeObject): boolean {
  return !unschedulable && isReady(conditions);
}

function isReady(conditions: NodeObject['conditions']): boolean {
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}

function whyLeft({ name, unschedulable }: NodeObject): string {
  return unschedulable
    ? `${name} is cut off, and is cordoned already.`
    : `${name} is cut off and not Ready: no pod is placed there anyway.`;
}
