// SPDX-License-Identifier: Apache-2.0

/**
 * A finding that somebody knows about and accepts for a time. A pattern is the whole text, in which `*` stands for
 * any text, also none; an absent pattern lets everything pass, a present one nothing that lacks the field.
 */
export interface Suppression {
  /** Id of the check, exactly. */
  readonly check: string;
  /** Pattern of the node's name. */
  readonly node?: string;
  /** Pattern of the peer's name. */
  readonly peer?: string;
  /** Pattern of the kernel or API object, e.g. `route 10.244.3.*`. */
  readonly object?: string;
  /** Pattern of the finding's message. */
  readonly message?: string;
  /** Why it is accepted, for whoever reads the report. */
  readonly reason: string;
  /** Last day on which it holds, `YYYY-MM-DD`, UTC. */
  readonly expires: string;
}
