// SPDX-License-Identifier: Apache-2.0

/**
 * - `critical`: traffic between pods is broken, or new pods cannot start.
 * - `warning`: traffic flows now, but something is wrong that will hurt.
 * - `info`: a leftover or oddity that harms nothing; never changes the exit code.
 */
export type Severity = 'critical' | 'warning' | 'info';

/** Severities from the mildest to the gravest. */
export const SEVERITIES: readonly Severity[] = ['info', 'warning', 'critical'];

/**
 * Which ordered node pairs a finding breaks.
 *
 * - `none`: traffic between pods of different nodes is not touched.
 * - `pair`: from the finding's node to its peer.
 * - `node`: every pair from or to the finding's node.
 */
export type Breakage = 'none' | 'pair' | 'node';

/** One fault, with evidence. Made by a check; the engine adds check id and node. */
export interface Finding {
  /** Which template of the check's `messages` says it. */
  readonly messageId: string;
  /** Values for the template's placeholders. */
  readonly data: Readonly<Record<string, string | number>>;
  /** Absent: the check's own severity. */
  readonly severity?: Severity;
  readonly breaks: Breakage;
  /** Name of the node at the other end, for findings about a pair. */
  readonly peer?: string;
  /** The kernel or API object in the field's own spelling, e.g. `route 10.244.3.0/24`. */
  readonly object?: string;
  /** What SHOULD be there, in the notation of `ip`, `bridge` or the API; `nothing` for a stale entry. */
  readonly expected: string;
  /** What IS there; `nothing` for a missing entry. */
  readonly observed: string;
  /** JSON pointers (RFC 6901) into the snapshot; at least one. */
  readonly evidence: readonly string[];
}

/** What a check answers. Unknown is not among them: only the engine knows what could not be read. */
export type Verdict =
  | { readonly verdict: 'pass' }
  | { readonly verdict: 'fail'; readonly findings: readonly [Finding, ...Finding[]] }
  | { readonly verdict: 'skip'; readonly reason: string };

/** The verdict of a check that found nothing wrong. */
export const PASS: Verdict = { verdict: 'pass' };

/** The verdict of a check that does not apply; `reason` is one plain sentence. */
export function skip(reason: string): Verdict {
  return { verdict: 'skip', reason };
}

/** `pass` without findings, else `fail`. */
export function verdictOf(findings: readonly Finding[]): Verdict {
  const [first, ...rest] = findings;
  return first === undefined ? PASS : { verdict: 'fail', findings: [first, ...rest] };
}
