// SPDX-License-Identifier: Apache-2.0

/** Version of the shape; raised when a reader of the older shape would misread it. */
export const OOM_SCHEMA_VERSION = 1;

/** Where a sign of a kill was read. */
export type OomSource = 'container-status' | 'event' | 'kernel-log' | 'cgroup';

/** One sign of a kill. */
export interface OomEvidence {
  readonly source: OomSource;
  /** One sentence or clause: what that source says, in its own words where it has any. */
  readonly text: string;
}

/** One kill for memory, or several that one counter does not tell apart. */
export interface OomKill {
  /** ISO-8601 UTC; absent when no source tells. */
  readonly at?: string;
  readonly node?: string;
  readonly namespace?: string;
  /** Name of the pod; absent when the victim was in none, or in one that is gone and of which no Event is left. */
  readonly pod?: string;
  readonly podUid?: string;
  readonly podIsGone?: true;
  readonly container?: string;
  /**
   * - `container`: the container's first process, so that the container ended.
   * - `child`: another process of the container; the first one went on.
   * - `unknown`: not told apart, or in no container.
   */
  readonly what: 'container' | 'child' | 'unknown';
  /** The name that the victim gave itself. */
  readonly victim?: string;
  readonly pid?: number;
  /** The limit that was reached; absent: none, or not known. */
  readonly limitBytes?: number;
  readonly usageBytes?: number;
  /** Kills that this stands for. */
  readonly count: number;
  /** `likely`: of a pod that is gone, and all that points to Flannel is the name of a process. */
  readonly flannel: 'yes' | 'likely' | 'no';
  readonly evidence: readonly OomEvidence[];
}

/** What is claimed of Flannel. */
export type OomClaimId = 'flanneld-killed' | 'child-killed' | 'routes-lost';

/** A claim of the runbook, judged. */
export interface OomClaim {
  readonly id: OomClaimId;
  /**
   * - `confirmed`: there is evidence that it is so.
   * - `ruled-out`: there is evidence that it is not so.
   * - `no-evidence`: neither.
   */
  readonly verdict: 'confirmed' | 'ruled-out' | 'no-evidence';
  /** From when on it is ruled out, ISO-8601 UTC; of before that nothing is known. Absent: not of a time. */
  readonly since?: string;
  /** Whole sentences. */
  readonly because: readonly string[];
}

/** Something that happened, at its time. */
export interface OomMoment {
  readonly at: string;
  readonly node?: string;
  readonly kind: 'kill' | 'start' | 'end' | 'joined' | 'link';
  readonly text: string;
}

/** A source that could not be read, and on which nodes. */
export interface OomUnread {
  readonly what: string;
  /** Empty: of the cluster. */
  readonly nodes: readonly string[];
  readonly why: string;
}

/** All that can be known of kills for memory: the result of `selvage oom`. */
export interface OomReport {
  readonly schemaVersion: typeof OOM_SCHEMA_VERSION;
  /** Our clock at the end of reading, ISO-8601 UTC. */
  readonly readAt: string;
  /** The oldest first; those without a time last. */
  readonly kills: readonly OomKill[];
  /** Empty when Flannel was not asked about. */
  readonly claims: readonly OomClaim[];
  /** In order of time. */
  readonly timeline: readonly OomMoment[];
  readonly unread: readonly OomUnread[];
}
