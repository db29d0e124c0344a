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
