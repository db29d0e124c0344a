// SPDX-License-Identifier: Apache-2.0

import type { Severity } from '#model/finding.ts';
import type { Suppression } from '#model/suppression.ts';

/** Version of the report's shape. Readers accept their own and every older version. */
export const REPORT_SCHEMA_VERSION = 1;

/** The result of one run: a versioned contract, the only thing that renderers, the web and history read. */
export interface Report {
  readonly schemaVersion: typeof REPORT_SCHEMA_VERSION;
  readonly tool: { readonly name: 'selvage'; readonly version: string };
  readonly cluster: ReportCluster;
  /** Start of the run, ISO-8601 UTC. */
  readonly startedAt: string;
  readonly finishedAt: string;
  /** In the order of the API server, which is by name. */
  readonly nodes: readonly ReportNode[];
  readonly pairs: ReportPairs;
  readonly verdicts: readonly ReportVerdict[];
  /** Gravest first, then by node, check and peer. */
  readonly findings: readonly ReportFinding[];
  /** What was to be suppressed, in the order of the file; absent when nobody gave one. */
  readonly suppressions?: readonly ReportSuppression[];
}

/** What is known of the cluster. Absent fields could not be read. */
export interface ReportCluster {
  readonly uid?: string;
  readonly version?: string;
  readonly context: string;
  readonly server: string;
  readonly flannel?: {
    readonly kind: 'daemonset' | 'embedded';
    readonly namespace?: string;
    readonly name?: string;
    readonly version?: string;
    /** `vxlan`, `host-gw` …; absent when net-conf could not be read. */
    readonly backend?: string;
  };
}

/** One node, and what of it could be read. */
export interface ReportNode {
  readonly name: string;
  /** Status of the Ready condition. */
  readonly ready: boolean;
  readonly podCIDRs: readonly string[];
  readonly internalIPs: readonly string[];
  /** `linux` or `windows`. */
  readonly os: string;
  readonly controlPlane: boolean;
  /** The way its kernel was read, e.g. `exec kube-flannel/kube-flannel-ds-x2x9p`; absent when none worked. */
  readonly readBy?: string;
  /** Why nothing or not everything of the kernel could be read, one sentence per reason. */
  readonly unread: readonly string[];
}

/** Ordered node pairs (from, to), from != to, that flannel has to connect. checked + unknown = all; broken is part of checked. */
export interface ReportPairs {
  readonly checked: number;
  readonly broken: number;
  readonly unknown: number;
}

/** One check's answer for one subject. */
export interface ReportVerdict {
  readonly check: string;
  /** `cluster`, or `node/<name>`. */
  readonly subject: string;
  readonly verdict: 'pass' | 'fail' | 'skip' | 'unknown';
  /** Why it was skipped or is unknown. */
  readonly reason?: string;
}

/** One fault. */
export interface ReportFinding {
  /** Stable over runs while the same fault lasts: `check:node:peer:object`, empty parts left out. */
  readonly id: string;
  readonly check: string;
  readonly title: string;
  readonly severity: Severity;
  /** Absent for findings about the cluster. */
  readonly node?: string;
  readonly peer?: string;
  readonly object?: string;
  /** One or more whole sentences for a person. */
  readonly message: string;
  readonly expected: string;
  readonly observed: string;
  readonly breaks: 'none' | 'pair' | 'node';
  /** JSON pointers into the snapshot of the same run. */
  readonly evidence: readonly string[];
  /** `preview` findings do not change the exit code. */
  readonly stability: 'stable' | 'preview';
  /**
   * Somebody knows it and accepts it: it does not change the exit code. The pairs that it breaks are broken all the
   * same. Absent when it is not suppressed.
   */
  readonly suppressed?: {
    readonly reason: string;
    /** Last day on which that holds, `YYYY-MM-DD`, UTC. */
    readonly expires: string;
  };
}

/** One entry of the file of suppressions, and what came of it. In patterns `*` stands for any text. */
export interface ReportSuppression extends Suppression {
  /**
   * - `used`: it matches findings of this run.
   * - `unused`: it matches none, although what it is about was judged.
   * - `not-judged`: it matches none, but what it is about was not asked for or is unknown.
   * - `expired`: it is past its day and suppresses nothing.
   */
  readonly state: 'used' | 'unused' | 'not-judged' | 'expired';
  /** Findings of this run that it matches; where it has expired, these count again. */
  readonly findings: number;
}
