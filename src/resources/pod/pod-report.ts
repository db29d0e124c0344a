// SPDX-License-Identifier: Apache-2.0

import type { PodPicture } from '#model/pod-detail.ts';

/** Version of the shape; raised when a reader of the older shape would misread it. */
export const POD_SCHEMA_VERSION = 1;

/** Something about a pod that explains why it may not work. */
export interface PodProblem {
  /** `critical`: it cannot work so. `warning`: it has been, or will be. */
  readonly severity: 'critical' | 'warning';
  readonly container?: string;
  /** One sentence. */
  readonly text: string;
}

/** A check's answer for the pod's node that is no pass. */
export interface PodNodeVerdict {
  readonly check: string;
  readonly verdict: 'fail' | 'unknown';
  readonly severity?: 'critical' | 'warning' | 'info';
  /** A preview does not count. */
  readonly preview?: true;
  readonly text: string;
}

/** What a check says of the pod's node. */
export interface PodNode {
  readonly name: string;
  readonly ready: boolean;
  readonly passed: number;
  /** What failed first, then what is unknown. */
  readonly verdicts: readonly PodNodeVerdict[];
}

/** Memory of a container against its limit. */
export interface PodMemory {
  readonly container: string;
  /** Working set, bytes; absent: not measured. */
  readonly useBytes?: number;
  readonly limitBytes?: number;
  /** Use by limit, 0 to 1 and above. */
  readonly ratio?: number;
  /** Cores; absent: not measured. */
  readonly cpuCores?: number;
}

/** One pod in one screen: the result of `selvage pod`. */
export interface PodReport extends PodPicture {
  readonly schemaVersion: typeof POD_SCHEMA_VERSION;
  readonly problems: readonly PodProblem[];
  readonly memory: readonly PodMemory[];
  /** Absent: it runs on no node. */
  readonly node?: PodNode;
}
