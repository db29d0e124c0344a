// SPDX-License-Identifier: Apache-2.0

import type { Actuator, AnyActuator } from '#actuators/define-actuator.ts';
import { ACTUATORS } from '#engine/actuators.generated.ts';
import type { Step } from '#model/plan.ts';

/** The actuator of a step; undefined for a kind that this version does not know, as a file may hold. */
export function actuatorOf(step: Step): Actuator<Step> | undefined {
  const found: AnyActuator | undefined = ACTUATORS.find(({ kind }) => kind === step.kind);
  // The registry holds one actuator per kind, so this one takes the step.
  return found as Actuator<Step> | undefined;
}

/**
 * Why a step cannot be carried out as it is written, one sentence; undefined when it can. Steps come from plans that
 * were edited by hand and from records of other versions too, so nothing about them is certain.
 */
export function refusalOf(step: Step): string | undefined {
  const actuator = actuatorOf(step);
  if (actuator === undefined) return `No step of the kind ${step.kind} is known.`;
  try {
    return actuator.refuse(step);
  } catch {
    return 'It is not as a step of its kind has to be.';
  }
}
