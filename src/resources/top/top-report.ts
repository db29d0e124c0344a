// SPDX-License-Identifier: Apache-2.0

import type { UsageAccount } from '../usage-age.ts';

/** What `selvage top` lists. */
export const TOP_KINDS = ['nodes', 'pods', 'flannel', 'containers'] as const;

/** One kind of list. */
export type TopKind = (typeof TOP_KINDS)[number];

/** By what a list is ordered: use of memory, use of CPU, or nearness to the limit. */
export const TOP_ORDERS = ['memory', 'cpu', 'limit'] as const;

/** One order of a list. */
export type TopOrder = (typeof TOP_ORDERS)[number];

/** One resource of one row, in bytes or cores. */
export interface TopAmount {
  /** Absent: not measured. */
  readonly used?: number;
  /** Absent: none is set. Of a node: the sum of its pods, as the scheduler counts it. */
  readonly requested?: number;
  /** Absent: none is set; of a pod: at least one container has none. Of a node: the sum of its pods. */
  readonly limit?: number;
  /** Of a node: what pods may use. */
  readonly allocatable?: number;
  /**
   * Use of the limit, of a node of what is allocatable; 0 to 1, rarely above. Of a pod: that of the container which is
   * nearest to its limit, for the kernel kills by container.
   */
  readonly ratio?: number;
}

/** Memory of one row; the kinds of use are never mixed. `used` is the working set. */
export interface TopMemory extends TopAmount {
  readonly rssBytes?: number;
  /** The most since the container's start, cache included; of a pod: not told. */
  readonly peakBytes?: number;
}

/** One line of a list. */
export interface TopRow {
  /** Absent on nodes. */
  readonly namespace?: string;
  /** Of the node or the pod. */
  readonly name: string;
  /** Of containers only. */
  readonly container?: string;
  /** The node that a pod is on; absent: on none yet, or it is a node itself. */
  readonly node?: string;
  readonly memory: TopMemory;
  readonly cpu: TopAmount;
  /** Absent on nodes, and where pods could not be listed. */
  readonly restarts?: number;
  /** End of the last container that ran out of memory, as far as the kubelet remembers, ISO-8601 UTC. */
  readonly lastOomAt?: string;
  /** OOM kills in the container's cgroup since its start, child processes included; absent: not read. */
  readonly oomKills?: number;
  /** Of the periods of CPU with a limit, the part in which the container was held back; absent: not read. */
  readonly throttledRatio?: number;
  /** Nodes only: pods that are not done; and how many it takes. */
  readonly pods?: number;
  readonly maxPods?: number;
  /** When it was measured, ISO-8601 UTC. */
  readonly measuredAt?: string;
  /** Why there is no use; one sentence. */
  readonly unmeasured?: string;
  /** What is above the threshold. */
  readonly above: readonly ('memory' | 'cpu')[];
}

/** A node that uses far more or less of what it has than the others. */
export interface Imbalance {
  readonly node: string;
  readonly resource: 'memory' | 'cpu';
  readonly ratio: number;
  /** Median of all nodes. */
  readonly medianRatio: number;
  /** Robust deviations from the median; negative: below it. */
  readonly deviations: number;
  /** Whether its number of pods explains it: then it is the scheduler's doing, otherwise that of single pods. */
  readonly byPods: boolean;
  readonly pods?: number;
  readonly medianPods?: number;
}

/** Version of {@link TopReport}; grows when a reader would have to change. */
export const TOP_SCHEMA_VERSION = 1;

/** What `selvage top` tells. */
export interface TopReport {
  readonly schemaVersion: typeof TOP_SCHEMA_VERSION;
  readonly kind: TopKind;
  /** Our clock, ISO-8601 UTC. */
  readonly readAt: string;
  readonly usage: UsageAccount;
  readonly order: TopOrder;
  /** Ratio above which use is marked. */
  readonly threshold: number;
  readonly rows: readonly TopRow[];
  /** Rows that are not shown because fewer were asked for. */
  readonly leftOut: number;
  /** How many of all rows are above the threshold, those left out included. */
  readonly above: number;
  /** Nodes only; empty when they are alike. */
  readonly imbalances: readonly Imbalance[];
  /** What else could not be read; whole sentences. */
  readonly unknown: readonly string[];
}
