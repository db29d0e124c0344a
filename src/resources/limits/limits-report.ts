// SPDX-License-Identifier: Apache-2.0

import type { Severity } from '#model/finding.ts';
import type {
  AmountName,
  ContainerRole,
  QosClass,
  ResourceAmounts,
  UsageOrigin,
  WorkloadRef,
} from '#model/resources.ts';
import type { ComponentName } from '../known-components.ts';

/** Version of the shape; raised when a reader of the older shape would misread it. */
export const LIMITS_SCHEMA_VERSION = 1;

/** Who is near a limit, who has none, and what of that is a fault: the result of `selvage limits`. */
export interface LimitsReport {
  readonly schemaVersion: typeof LIMITS_SCHEMA_VERSION;
  readonly kind: 'LimitsReport';
  /** ISO-8601 UTC. */
  readonly readAt: string;
  /** Share of a limit from which a container counts as near it, 0 to 1. */
  readonly thresholdRatio: number;
  readonly usage: UsageSummary;
  /** Faults, and what is worth knowing (`info`), the gravest first. */
  readonly findings: readonly LimitsFinding[];
  /** Every container of every workload, all replicas with the same amounts together; facts, not faults. */
  readonly containers: readonly LimitedContainer[];
  /** Well-known components against the runbook's figures and ours. */
  readonly components: readonly ComponentJudgement[];
  readonly quotas: readonly QuotaUse[];
  /** What could not be judged, one sentence each: with any of them the rest is no word of health. */
  readonly unknown: readonly string[];
  /** What else could not be read, one sentence each. */
  readonly notes: readonly string[];
}

/** Where use was read. */
export interface UsageSummary {
  /** Absent: nothing was measured. */
  readonly origin?: UsageOrigin;
  readonly through?: string;
  /** Running containers of which use is known, and of which it is not. */
  readonly measured: number;
  readonly unmeasured: number;
}

/** Which container of which workload. */
export interface ContainerPlace {
  readonly namespace: string;
  readonly workload: WorkloadRef;
  readonly container: string;
  readonly role: ContainerRole;
}

/** What a limit comes from. */
export interface LimitOrigin {
  /**
   * - `workload`: the pod's own specification sets it.
   * - `limit-range`: the API server filled it in; `certain` when the pod's annotation says so, else it is the
   *   default of a LimitRange and may have been filled in.
   */
  readonly from: 'workload' | 'limit-range';
  readonly certain: boolean;
  /** Name of the LimitRange; absent when none gives that value any more. */
  readonly limitRange?: string;
}

/** One row of the inventory. */
export interface LimitedContainer extends ContainerPlace {
  readonly component?: ComponentName;
  readonly pods: number;
  readonly qosClasses: readonly QosClass[];
  readonly requests: ResourceAmounts;
  readonly limits: ResourceAmounts;
  readonly defaulted: readonly AmountName[];
  /** Of the memory limit; absent without one. */
  readonly limitOrigin?: LimitOrigin;
  /** Running pods of which its use is known. */
  readonly measured: number;
  /** The greatest working set of its pods, and whose it is; absent: not measured. */
  readonly mostMemory?: PodAmount;
  /** Cores. */
  readonly mostCpu?: PodAmount;
  /** Greatest working set over the memory limit, 0 to 1; absent without either. */
  readonly memoryRatio?: number;
  readonly cpuRatio?: number;
  /** Why its missing requests or limits are no fault, whole sentences; absent where nobody ships it so. */
  readonly asShipped?: string;
}

/** An amount that one pod uses: bytes or cores. */
export interface PodAmount {
  readonly pod: string;
  readonly node?: string;
  readonly value: number;
}

/** What a finding of `limits` is about. */
export type LimitsFindingKind =
  | 'near-memory-limit'
  | 'killed-at-limit'
  | 'limit-below-minimum'
  | 'near-cpu-limit'
  | 'use-above-request'
  | 'quota-nearly-full';

/** One fault, or with `info` something that is none but worth knowing. */
export interface LimitsFinding {
  readonly kind: LimitsFindingKind;
  readonly severity: Severity;
  /** Absent: it is about a quota. */
  readonly place?: ContainerPlace;
  /** One sentence. */
  readonly message: string;
  /** Why it matters, one or more sentences. */
  readonly why: string;
  /** What was read, line by line. */
  readonly evidence: readonly string[];
  /** What to run or do, without the program's name before a command of ours. */
  readonly next: string;
}

/** A component as it is limited, against what it needs. */
export interface ComponentJudgement extends ContainerPlace {
  readonly component: ComponentName;
  readonly pods: number;
  /** Bytes; absent: no limit. */
  readonly limitBytes?: number;
  readonly requestBytes?: number;
  readonly minimumBytes: number;
  readonly runbookBytes: number;
  readonly verdict: 'no-limit' | 'enough' | 'below-minimum';
  /** Whole sentences: why this minimum, and why not the runbook's where we differ. */
  readonly reason: string;
  readonly disagreement?: string;
}

/** How far a quota is used up. */
export interface QuotaUse {
  readonly namespace: string;
  readonly name: string;
  readonly amount: AmountName;
  /** Bytes or cores. */
  readonly used: number;
  readonly hard: number;
}
