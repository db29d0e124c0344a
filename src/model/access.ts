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
  /** `get`, `list`, `create` or `delete`. */
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

/** A way into one node, as it was tried in this run. */
export interface TriedNodeWay {
  /** `exec` or `debug-pod`. */
  readonly way: string;
  /** Through what it went: `exec kube-flannel/kube-flannel-ds-x2x9p`; absent when it failed. */
  readonly through?: string;
  /** Why it failed, or what it could not give; one sentence. */
  readonly reason?: string;
}

/** What the caller may do of all that reading needs. */
export interface ClusterAccess {
  readonly rights: readonly AccessRight[];
  /** The ways that were tried, by node, in this order; absent in snapshots of versions that knew one way only. */
  readonly ways?: Readonly<Record<string, readonly TriedNodeWay[]>>;
}
