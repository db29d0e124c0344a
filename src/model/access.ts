// SPDX-License-Identifier: Apache-2.0

/**
 * What the API server said to the question whether one may do something.
 *
 * - `allowed`, `denied`: it was asked, and this is the answer.
 * - `not-asked`: the namespace in question is not known, because Flannel was found in none.
 */
export type AccessAnswer = 'allowed' | 'denied' | 'not-asked';

/** One right that reading a cluster needs. */
export interface AccessRight {
  /** `get`, `list` or `create`. */
  readonly verb: string;
  /** `''` for the core group. */
  readonly group: string;
  /** Plural, with subresource: `nodes`, `pods/exec`. */
  readonly resource: string;
  /** Absent: the whole cluster, or, when it was not asked for, a namespace that is not known. */
  readonly namespace?: string;
  /** Name of the one object; absent: any. */
  readonly name?: string;
  readonly answer: AccessAnswer;
  /** Names of the facts, cluster's and nodes', that are read by this right. */
  readonly neededFor: readonly string[];
  /** Those of `neededFor` that are absent in this snapshot, for all nodes or for some; empty unless denied. */
  readonly lost: readonly string[];
}

/** What the caller may do of all that reading needs. */
export interface ClusterAccess {
  readonly rights: readonly AccessRight[];
}
