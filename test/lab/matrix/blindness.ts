// SPDX-License-Identifier: Apache-2.0

import { ALL_PAIRS } from '../fault-cases.ts';
import type { Truth } from '../fault-cases.ts';

/** What can't be seen in a kind of lab, whatever goes on there. Something is unknown then in every report. */
export interface Blindness {
  /** No pair can be called whole: something of each cannot be read. */
  readonly ofPairs: boolean;
  /** Checks that say that they do not know. */
  readonly checks: readonly string[];
}

/** The truth as far as it can be seen. */
export function seen(truth: Truth, blind: Blindness | undefined): Truth {
  if (blind === undefined) return truth;
  const { broken = 0, unknown = 0 } = truth;
  return {
    ...truth,
    findings: truth.findings.filter((finding) => !isOf(blind, finding.split(' ')[0])),
    unknown: blind.ofPairs ? ALL_PAIRS - broken : unknown,
  };
}

/** Whether a check has to say here that it does not know. */
export function isOf(blind: Blindness | undefined, check: string | undefined): boolean {
  return check !== undefined && blind?.checks.includes(check) === true;
}
