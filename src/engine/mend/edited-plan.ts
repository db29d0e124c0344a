// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import { actuatorOf, refusalOf } from '#engine/mend/actuator-of.ts';
import { REMEDIES } from '#engine/remedies.generated.ts';
import { nodeOf, PLAN_SCHEMA_VERSION, type Plan, type Step, targetOf } from '#model/plan.ts';

const finding = z.looseObject({
  id: z.string(),
  check: z.string(),
  severity: z.enum(['critical', 'warning', 'info']),
  message: z.string(),
});

// A step's own fields are judged by its actuator.
const stepBase = z.looseObject({
  kind: z.string(),
  node: z.optional(z.string()),
  object: z.string(),
  title: z.string(),
});
const step = z.custom<Step>((value) => stepBase.safeParse(value).success);

const stage = z.object({
  remedy: z.string(),
  title: z.string(),
  node: z.optional(z.string()),
  risk: z.enum(['none', 'node', 'cluster']),
  disturbance: z.string(),
  treats: z.array(finding),
  steps: z.array(step),
  whyNotSmaller: z.array(z.string()),
  settlesWithinMs: z.number().check(z.minimum(0), z.maximum(600_000)),
  haltsOnFailure: z.boolean(),
  peers: z.array(z.string()),
});

const planSchema = z.object({
  schemaVersion: z.literal(PLAN_SCHEMA_VERSION),
  kind: z.literal('Plan'),
  madeAt: z.string(),
  cluster: z.optional(z.string()),
  maxRisk: z.enum(['none', 'node', 'cluster']),
  stages: z.array(stage),
  untreated: z.array(z.unknown()),
  notes: z.array(z.string()),
  refusals: z.array(z.string()),
});

/** A plan that somebody kept, and may have edited; or what is wrong with it, one sentence. */
export type EditedPlan = { readonly plan: Plan } | { readonly wrong: string };

/**
 * Takes a plan from a file. Every step has to be one that its actuator takes as it is written, on a node of the
 * stage, and no two may change the same thing; the findings are taken as the reason only. Pure.
 */
export function editedPlan(value: unknown): EditedPlan {
  const parsed = planSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue === undefined || issue.path.length === 0 ? 'it' : issue.path.join('.');
    return { wrong: `It is no plan: ${where} is not as a plan has it.` };
  }
  const plan = { ...parsed.data, untreated: [] } as Plan;
  return wrongWith(plan) ?? { plan };
}

function wrongWith(plan: Plan): { readonly wrong: string } | undefined {
  const remedies = new Set([...REMEDIES.map(({ id }) => id), 'rolling-restart-flannel']);
  const targets = new Set<string>();
  for (const { remedy, node, steps } of plan.stages) {
    if (!remedies.has(remedy)) return { wrong: `There is no remedy ${remedy}.` };
    for (const each of steps) {
      const refused = refusalOf(each);
      if (refused !== undefined) return { wrong: `${each.title}: ${refused}` };
      if (actuatorOf(each)?.byAdministrator === true) {
        return { wrong: `${each.title}: no remedy needs a step of the kind ${each.kind}.` };
      }
      if (node !== undefined && nodeOf(each) !== node) {
        return { wrong: `${each.title}: it is on another node than its stage.` };
      }
      if (targets.has(targetOf(each))) return { wrong: `${each.object} is changed twice.` };
      targets.add(targetOf(each));
    }
  }
  return undefined;
}
