// SPDX-License-Identifier: Apache-2.0

import { planMending, type PlanOptions } from '#engine/mend/plan-mending.ts';
import { CHECKS } from '#engine/registry.generated.ts';
import { REMEDIES } from '#engine/remedies.generated.ts';
import { runChecks } from '#engine/run-checks.ts';

import type { Io } from '../io.ts';
import { UsageError } from '../usage-error.ts';
import { flagWords } from '../flag-words.ts';
import { DEFAULT_MAX_RISK, type FixFlags } from './fix-flags.ts';
import { runMending } from './mend-run.ts';
import { fitPlan, readPlan } from './plan-file.ts';

/**
 * `selvage fix`: plans, shows the plan, and with consent carries it out, verifies it, and says what is left.
 *
 * @throws UsageError for ids and nodes that do not exist; SourceError when the cluster cannot be read
 */
export async function runFix(flags: FixFlags, io: Io): Promise<number> {
  assertKnownIds(flags.only, io);
  const { only, node, plan, maxRisk } = flags;
  const allowed = maxRisk === DEFAULT_MAX_RISK ? undefined : maxRisk;
  const planOptions: PlanOptions = {
    remedies: REMEDIES,
    maxRisk,
    only,
    nodes: node,
  };
  const kept = plan === undefined ? undefined : await readPlan(plan);
  return runMending(flags, io, {
    command: ['fix', ...flagWords({ only, node, plan, maxRisk: allowed })],
    planOptions,
    plan: (snapshot) =>
      kept === undefined
        ? planMending(snapshot, runChecks(snapshot, CHECKS), planOptions)
        : fitPlan(kept, snapshot, maxRisk),
  });
}

function assertKnownIds(only: readonly string[] | undefined, { program }: Io): void {
  const known = new Set([...CHECKS, ...REMEDIES].map(({ id }) => id));
  const unknown = only?.find((id) => !known.has(id));
  if (unknown === undefined) return;
  throw new UsageError(
    `There is no check or remedy '${unknown}'.`,
    `Checks: '${program} explain'. Remedies: ${REMEDIES.map(({ id }) => id).join(', ')}.`,
  );
}
