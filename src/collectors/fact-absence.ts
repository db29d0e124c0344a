// SPDX-License-Identifier: Apache-2.0

import { type AbsenceReason, type AbsentFact, absent } from '#model/fact.ts';
import { LinuxParseError } from '#sources/linux/parse-error.ts';
import { type SourceErrorCode, isSourceError } from '#sources/source-error.ts';

/** Thrown by a collector that knows why its fact is absent. */
export class FactAbsence extends Error {
  override readonly name = 'FactAbsence';
  readonly reason: AbsenceReason;

  /** @param detail one plain sentence, free of control characters */
  constructor(reason: AbsenceReason, detail: string) {
    super(detail);
    this.reason = reason;
  }
}

const REASONS: Readonly<Partial<Record<SourceErrorCode, AbsenceReason>>> = {
  forbidden: 'forbidden',
  'timed-out': 'timed-out',
  unsupported: 'unsupported',
  'executable-not-found': 'unsupported',
};

/**
 * The absent fact for what a collector threw.
 *
 * @throws the error itself when it is a programmer's
 */
export function absenceOf(error: unknown): AbsentFact {
  if (error instanceof FactAbsence) return absent(error.reason, error.message);
  if (error instanceof LinuxParseError) return absent('failed', error.message);
  // Nobody sees from the words alone that nothing is wrong with the cluster.
  if (isSourceError(error, 'cut-off')) return absent('failed', `${error.message} ${error.hint}`);
  if (isSourceError(error)) return absent(REASONS[error.code] ?? 'failed', error.message);
  throw error;
}
