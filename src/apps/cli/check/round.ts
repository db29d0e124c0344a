// SPDX-License-Identifier: Apache-2.0

import type { Report, ReportFinding } from '#report/report.ts';
import { isSourceError, type SourceError } from '#sources/source-error.ts';

/** One check that can be made again and again. */
export interface PreparedCheck {
  /** Reads the cluster and judges it. Rejects as the services do. */
  readonly read: () => Promise<Report>;
  /** Writes a report to standard output, in the form that was asked for. */
  readonly write: (report: Report) => Promise<void>;
  readonly exitCodeOf: (report: Report) => number;
  /** Whether a finding makes the exit code 1. */
  readonly isFailure: (finding: ReportFinding) => boolean;
}

/** What one round came to. */
export type Round = { readonly report: Report } | { readonly error: SourceError };

/** Reads once. A failure that may be over at the next try is a result. @throws what no waiting mends */
export async function tryOnce({ read }: PreparedCheck, signal: AbortSignal): Promise<Round> {
  try {
    return { report: await read() };
  } catch (error) {
    signal.throwIfAborted();
    if (!isSourceError(error) || isSourceError(error, ...OF_THE_KUBECONFIG)) throw error;
    return { error };
  }
}

const OF_THE_KUBECONFIG = [
  'no-kubeconfig',
  'kubeconfig-not-found',
  'invalid-kubeconfig',
  'unknown-context',
] as const;
