// SPDX-License-Identifier: Apache-2.0

import { planMending, treatableFindings } from '#engine/mend/plan-mending.ts';
import { CHECKS } from '#engine/registry.generated.ts';
import { REMEDIES } from '#engine/remedies.generated.ts';
import { runChecks } from '#engine/run-checks.ts';
import { restartDoubt } from '#expected/restart-flannel.ts';
import type { Snapshot } from '#model/snapshot.ts';

/** Whether restarting flannel everywhere is worth its disturbance. */
export interface RestartAdvice {
  readonly mayHelp: boolean;
  /** One sentence. */
  readonly why: string;
}

/**
 * Whether a restart of flannel may help with what is left after mending. It does where packets are lost and nothing
 * says that it takes a person, and where too little could be read to say more. Pure.
 */
export function restartMayHelp(snapshot: Snapshot): RestartAdvice {
  const results = runChecks(snapshot, CHECKS);
  const findings = treatableFindings(results);
  const doubt = restartDoubt(findings);
  if (doubt !== undefined) return { mayHelp: false, why: doubt };
  const grave = findings.filter(
    ({ severity, finding }) => severity === 'critical' && finding.breaks !== 'none',
  );
  if (grave.length === 0) {
    return { mayHelp: false, why: 'No finding tells that pods get no packets through.' };
  }
  const { untreated, refusals } = planMending(snapshot, results, {
    remedies: REMEDIES,
    maxRisk: 'cluster',
  });
  if (refusals.length > 0) {
    return { mayHelp: true, why: 'Too little could be read to mend anything smaller.' };
  }
  const byHand = new Set(
    untreated.flatMap(({ finding, manual }) => (manual === undefined ? [] : [finding.id])),
  );
  const open = grave.filter(({ id }) => !byHand.has(id));
  return open.length === 0
    ? { mayHelp: false, why: 'What is left takes a person, and a restart would not change it.' }
    : { mayHelp: true, why: `Pods get no packets through: ${open[0]?.message ?? ''}` };
}
