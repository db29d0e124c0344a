// SPDX-License-Identifier: Apache-2.0

import { stepText } from '#engine/mend/step-text.ts';
import { REMEDIES } from '#engine/remedies.generated.ts';
import { type Plan, RISKS, type Risk, type Stage, type Step, type StepKind } from '#model/plan.ts';

/** What a step of a kind can disturb at worst, whatever is written in it. */
const WORST: Readonly<Record<StepKind, Risk>> = {
  'apply-manifest': 'cluster',
  // It moves no pod and touches no flow; that new pods find no place is what it is for.
  'cordon-node': 'node',
  'delete-link': 'node',
  'patch-daemonset': 'cluster',
  'patch-deployment': 'cluster',
  'patch-node-annotation': 'none',
  'restart-pod': 'node',
  'write-fdb-entry': 'node',
  'write-file': 'node',
  'write-link-mtu': 'node',
  'write-neighbour': 'node',
  'write-route': 'node',
};

const DISTURBANCE: Readonly<Record<Risk, string>> = {
  none: 'No flow that works now is disturbed.',
  node: 'It is not what Selvage would do now, so it is taken for the worst that such a step can do: disturb the flows of its node.',
  cluster:
    'It is not what Selvage would do now, so it is taken for the worst that such a step can do: disturb flows of all nodes.',
};

/**
 * A plan from a file with titles, risks and disturbances of our own: whoever edits a file can write anything there. A
 * step that we would plan now too is told as there; any other is told by its fields, at its kind's worst. Pure.
 *
 * @param own what is planned now, with every risk allowed
 */
export function rejudgePlan(plan: Plan, own: Plan): Plan {
  const known = new Map(
    own.stages.flatMap((stage) => stage.steps.map((step) => [identity(step), { stage, step }])),
  );
  const stages = plan.stages.map((stage): Stage => {
    const judged = stage.steps.map((step) => judge(step, known.get(identity(step))));
    const risk = judged.reduce<Risk>((most, each) => greater(most, each.risk), 'none');
    const meta = REMEDIES.find(({ id }) => id === stage.remedy);
    const isOurs = judged.every((each) => each.isOurs);
    return {
      ...stage,
      title: meta?.title ?? 'Restart flannel on each node',
      risk,
      disturbance: isOurs && meta !== undefined ? meta.disturbance : DISTURBANCE[risk],
      steps: judged.map(({ step }) => step),
      whyNotSmaller: [],
      haltsOnFailure: stage.haltsOnFailure || meta === undefined || meta.haltsOnFailure === true,
    };
  });
  return { ...plan, stages };
}

interface Planned {
  readonly stage: Stage;
  readonly step: Step;
}

interface Judged {
  readonly step: Step;
  readonly risk: Risk;
  readonly isOurs: boolean;
}

function judge(step: Step, planned: Planned | undefined): Judged {
  if (planned !== undefined) {
    return { step: planned.step, risk: planned.stage.risk, isOurs: true };
  }
  const { notes: _, ...bare } = step;
  return { step: { ...bare, title: stepText(step) }, risk: WORST[step.kind], isOurs: false };
}

/** All of a step but what is there for people, in one order of its fields. */
function identity(step: Step): string {
  const { title: _, notes: __, ...rest } = step;
  return canonical(rest);
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`).join(',')}}`;
}

function greater(a: Risk, b: Risk): Risk {
  return RISKS.indexOf(a) >= RISKS.indexOf(b) ? a : b;
}

/** The first stage that can disturb more than is allowed; undefined when none can. Pure. */
export function stageAbove(plan: Plan, maxRisk: Risk): Stage | undefined {
  return plan.stages.find(({ risk }) => RISKS.indexOf(risk) > RISKS.indexOf(maxRisk));
}
