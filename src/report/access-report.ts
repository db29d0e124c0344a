// SPDX-License-Identifier: Apache-2.0

/** Version of the shape; raised when a reader of the older shape would misread it. */
export const ACCESS_SCHEMA_VERSION = 1;

/** What can be read of a cluster, and by which right: the result of `selvage access`. */
export interface AccessReport {
  readonly schemaVersion: typeof ACCESS_SCHEMA_VERSION;
  readonly cluster: { readonly context: string; readonly server: string };
  /** Sorted as the API server gives them; empty when nodes may not be listed and no flannel pod names one. */
  readonly nodes: readonly NodeWays[];
  /** Ways that this version does not have, and what each would need. */
  readonly notOffered: readonly { readonly way: string; readonly needs: string }[];
  /** Each right that reading needs, as the API server answered; empty when it could not be asked. */
  readonly rights: readonly ReportedRight[];
  /** Why the rights could not be asked for, one sentence; absent when they were. */
  readonly notAsked?: string;
}

/** The ways into one node, the least privileged first. */
export interface NodeWays {
  readonly name: string;
  readonly ways: readonly TriedWay[];
}

/** One way into one node. */
export interface TriedWay {
  /** Short name: `exec`, `debug-pod`. */
  readonly way: string;
  /**
   * - `does-not-apply`: nothing of the node is to be read, for it runs Windows.
   * - `not-tried`: nobody gave leave, and the ways before failed.
   */
  readonly state: 'works' | 'fails' | 'does-not-apply' | 'not-tried';
  /** Through what it went: `exec kube-flannel/kube-flannel-ds-x2x9p`; absent unless it works. */
  readonly through?: string;
  /** What could not be read and why, whole sentences; empty when all was read. */
  readonly reasons: readonly string[];
}

/** One right, whether it is there, and what is unknown without it. */
export interface ReportedRight {
  readonly verb: string;
  /** `''` for the core group. */
  readonly group: string;
  /** Plural, with subresource: `pods/exec`. */
  readonly resource: string;
  /** Absent: the whole cluster, or, when it was not asked for, a namespace that is not known. */
  readonly namespace?: string;
  /** Name of the one object; absent: any. */
  readonly name?: string;
  readonly answer: 'allowed' | 'denied' | 'not-asked';
  /** Facts that are read by it. */
  readonly neededFor: readonly string[];
  /** Facts that this run had to do without because it is denied. */
  readonly lost: readonly string[];
  /** Ids of the checks that are unknown without those facts, in this run, for some node at least. */
  readonly unknownChecks: readonly string[];
}
