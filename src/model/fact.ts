// SPDX-License-Identifier: Apache-2.0

/**
 * Why a fact is not there.
 *
 * - `not-collected`: nobody asked for it in this run.
 * - `forbidden`: the API or the kernel refused the right.
 * - `timed-out`: no answer within the collector's own time limit.
 * - `unsupported`: the way in cannot give it (no `bridge` in the image, flannel inside k3s, Windows).
 * - `failed`: anything else; `detail` says what.
 */
export type AbsenceReason = 'not-collected' | 'forbidden' | 'timed-out' | 'unsupported' | 'failed';

/** A fact that was read. `observedAt` is our clock, ISO-8601 UTC. `origin` says by which way it was read. */
export interface ObservedFact<T> {
  readonly state: 'observed';
  readonly value: T;
  readonly observedAt: string;
  readonly origin?: string;
}

/** A fact that could not be read, and why. `detail` is one plain sentence, free of control characters. */
export interface AbsentFact {
  readonly state: 'absent';
  readonly reason: AbsenceReason;
  readonly detail: string;
}

/** A named part of a snapshot: observed, or absent with its reason. Nobody guesses. */
export type Fact<T> = ObservedFact<T> | AbsentFact;

/** Builds an observed fact. */
export function observed<T>(value: T, observedAt: string, origin?: string): ObservedFact<T> {
  return origin === undefined
    ? { state: 'observed', value, observedAt }
    : { state: 'observed', value, observedAt, origin };
}

/** Builds an absent fact. */
export function absent(reason: AbsenceReason, detail: string): AbsentFact {
  return { state: 'absent', reason, detail };
}
