// SPDX-License-Identifier: Apache-2.0

import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';

import { describeCluster, describeNodes } from '#engine/describe.ts';
import { editedPlan } from '#engine/mend/edited-plan.ts';
import { planMending, treatableFindings } from '#engine/mend/plan-mending.ts';
import { rejudgePlan, stageAbove } from '#engine/mend/rejudge-plan.ts';
import { restartObstacle } from '#engine/mend/restart-obstacle.ts';
import { CHECKS } from '#engine/registry.generated.ts';
import { REMEDIES } from '#engine/remedies.generated.ts';
import { runChecks } from '#engine/run-checks.ts';
import type { Plan, Risk } from '#model/plan.ts';
import type { Snapshot } from '#model/snapshot.ts';

import { UsageError } from '../usage-error.ts';

const HINT = "Make one with 'fix -o yaml', and leave out or change what you like.";
const LEAVE_OUT = 'Leave that stage out of the plan, or put right first what the sentence names.';
const MAX_BYTES = 16 * 1024 * 1024;

/** Reads a plan of `fix -o json|yaml`, which may have been edited by hand. @throws UsageError */
export async function readPlan(file: string): Promise<Plan> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`The plan cannot be read: ${why}.`, HINT);
  });
  if (text.length > MAX_BYTES) throw new UsageError(`${file} is too large for a plan.`, HINT);
  const read = editedPlan(parsed(text, file));
  if ('wrong' in read) throw new UsageError(`The plan of ${file} is refused. ${read.wrong}`, HINT);
  return read.plan;
}

function parsed(text: string, file: string): unknown {
  try {
    // JSON is YAML too. Aliases are not needed in a plan, and a few of them can be made to fill the memory.
    return parse(text, { maxAliasCount: 0 });
  } catch {
    throw new UsageError(`${file} is neither JSON nor YAML.`, HINT);
  }
}

/**
 * The plan with titles and risks of our own, for this cluster. Refuses one that was made for another cluster, names
 * nodes that this one does not have, restarts a flannel that would be cut off or not come back, or can disturb more
 * than is allowed.
 *
 * @throws UsageError
 */
export function fitPlan(kept: Plan, snapshot: Snapshot, maxRisk: Risk): Plan {
  const options = { remedies: REMEDIES, maxRisk: 'cluster' } as const;
  const results = runChecks(snapshot, CHECKS);
  const plan = rejudgePlan(kept, planMending(snapshot, results, options));
  const { uid } = describeCluster(snapshot);
  if (plan.cluster !== undefined && uid !== undefined && plan.cluster !== uid) {
    throw new UsageError('The plan was made for another cluster.', HINT);
  }
  const known = new Set(describeNodes(snapshot).map(({ name }) => name));
  const unknown = plan.stages.find(({ node }) => node !== undefined && !known.has(node));
  if (unknown !== undefined) {
    throw new UsageError(`The cluster has no node ${unknown.node ?? ''}.`, HINT);
  }
  const findings = treatableFindings(results);
  for (const { steps, title } of plan.stages) {
    const obstacle = restartObstacle(snapshot, steps, findings);
    if (obstacle === undefined) continue;
    throw new UsageError(`The plan is refused at '${title}'. ${obstacle}`, LEAVE_OUT);
  }
  const above = stageAbove(plan, maxRisk);
  if (above === undefined) return plan;
  const where = above.node === undefined ? '' : ` on ${above.node}`;
  throw new UsageError(
    `The plan's ${above.remedy}${where} has the risk ${above.risk}, and ${maxRisk} is allowed.`,
    `Read what it does, and allow it with --max-risk ${above.risk}, or leave it out of the plan.`,
  );
}
