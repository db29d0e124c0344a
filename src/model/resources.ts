// SPDX-License-Identifier: Apache-2.0

import type { ContainerTermination } from './cluster.ts';
import type { Fact } from './fact.ts';

/** CPU in cores and memory in bytes, as parsed from quantities. A field that is absent was not set. */
export interface ResourceAmounts {
  /** Cores, 0.001 is one millicore. */
  readonly cpuCores?: number;
  /** Bytes. */
  readonly memoryBytes?: number;
}

/**
 * What a container of a pod is there for. A sidecar is an init container with `restartPolicy: Always`: it runs
 * beside the others.
 */
export type ContainerRole = 'app' | 'init' | 'sidecar';

/** One of the amounts that a container may ask for, or be held to. */
export type AmountName = 'requests.cpu' | 'requests.memory' | 'limits.cpu' | 'limits.memory';

/** A container as its pod declares it and its status tells of it. */
export interface ContainerInventory {
  readonly name: string;
  readonly role: ContainerRole;
  readonly image: string;
  readonly requests: ResourceAmounts;
  readonly limits: ResourceAmounts;
  /**
   * What the LimitRanger of the API server filled in because the pod did not set it, as its annotation
   * `kubernetes.io/limit-ranger` says (kubernetes@v1.34:plugin/pkg/admission/limitranger/admission.go); absent when
   * the pod carries none.
   */
  readonly defaulted?: readonly AmountName[];
  readonly ready: boolean;
  /** Restarts since the pod was made. */
  readonly restartCount: number;
  /** `unknown` when the status does not name the container yet. */
  readonly state: 'running' | 'waiting' | 'terminated' | 'unknown';
  /** Why it waits or ended: `CrashLoopBackOff`, `OOMKilled`. */
  readonly reason?: string;
  /** Start of what runs now, ISO-8601 UTC. */
  readonly startedAt?: string;
  /**
   * How it ended last: this one when it has ended, otherwise the one before; absent when it never ended or the kubelet
   * has forgotten.
   */
  readonly lastTerminated?: ContainerTermination;
}

/** The workload that makes a pod: a Deployment rather than its ReplicaSet, a CronJob rather than its Job. */
export interface WorkloadRef {
  /** `Deployment`, `DaemonSet`, `StatefulSet`, `CronJob`, `Job`, `Node` (a static pod), `Pod` (no owner) … */
  readonly kind: string;
  /** Of a static pod: its own name without that of its node, so that one on each control plane is one workload. */
  readonly name: string;
}

/** Kubernetes' class of a pod for eviction and OOM scores. */
export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

/** A pod as far as its resources go. */
export interface PodInventory {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly workload: WorkloadRef;
  /** Absent: not scheduled. */
  readonly node?: string;
  readonly phase: string;
  readonly createdAt: string;
  readonly qosClass?: QosClass;
  /** Init containers and sidecars first, then the others, in the order of the spec. */
  readonly containers: readonly ContainerInventory[];
}

/** A node as far as its resources go. */
export interface NodeInventory {
  readonly name: string;
  readonly allocatable: ResourceAmounts;
  readonly capacity: ResourceAmounts;
  /** How many pods it takes; absent when it does not say. */
  readonly maxPods?: number;
  readonly ready: boolean;
}

/**
 * Where usage was read, best first. `prometheus`: a server with its query API; `metrics-server`: metrics.k8s.io;
 * `kubelet`: `/stats/summary` and `/metrics/resource` through the node's proxy; `cgroup`: the container's own files
 * in its node.
 */
export type UsageOrigin = 'prometheus' | 'metrics-server' | 'kubelet' | 'cgroup';

/**
 * Use at one instant. Kinds of memory are never mixed up: working set is what the kubelet evicts by and `kubectl top`
 * shows (usage without inactive file pages), RSS is anonymous memory, cache is file pages. A field that is absent was
 * not measured by this origin.
 */
export interface Usage {
  /** When it was measured by the clock of who measured it, ISO-8601 UTC. */
  readonly at: string;
  /** Cores, mean over {@link windowSeconds}. */
  readonly cpuCores?: number;
  /** Seconds that the mean of CPU covers. */
  readonly windowSeconds?: number;
  readonly workingSetBytes?: number;
  readonly rssBytes?: number;
  readonly cacheBytes?: number;
  /** The most since the container's start (`memory.peak`, `memory.max_usage_in_bytes`): use with cache. */
  readonly peakBytes?: number;
}

/** Use of one container. */
export interface ContainerUsage extends Usage {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/** Use of one container as its own cgroup files tell it, with what happened since its start. */
export interface CgroupUsage extends ContainerUsage {
  /** Of cgroups. */
  readonly version: 1 | 2;
  /** Memory limit that the kernel enforces; absent: none. */
  readonly limitBytes?: number;
  /** How often an allocation met the limit; pages of files may have been dropped for it. */
  readonly limitHits?: number;
  /** Processes killed for want of memory, child processes included. */
  readonly oomKills?: number;
  /** Periods in which there was something to run while CPU has a limit, and those in which it was held back. */
  readonly periods?: number;
  readonly throttledPeriods?: number;
  readonly throttledSeconds?: number;
}

/** Use of one node as a whole, the system's own processes included. */
export interface NodeUsage extends Usage {
  readonly node: string;
}

/** One reading of usage from one origin. */
export interface UsageReading {
  readonly origin: UsageOrigin;
  /** Where exactly: `metrics.k8s.io/v1beta1`, `Service monitoring/prometheus-operated`. */
  readonly through: string;
  readonly nodes: readonly NodeUsage[];
  readonly containers: readonly ContainerUsage[];
  /** Nodes of which nothing could be read, each with one sentence. */
  readonly missing: readonly { readonly node: string; readonly why: string }[];
  /** Origins that were tried before this one, each with one sentence of why it was not taken. */
  readonly passedOver: readonly { readonly origin: UsageOrigin; readonly why: string }[];
}

/** Where a default or a bound of a container's resources comes from. */
export interface LimitRangeItem {
  readonly namespace: string;
  /** Name of the LimitRange. */
  readonly name: string;
  readonly defaultRequests: ResourceAmounts;
  readonly defaultLimits: ResourceAmounts;
  readonly max: ResourceAmounts;
  readonly min: ResourceAmounts;
}

/** What a ResourceQuota allows and has given out, for the resources that {@link ResourceAmounts} has. */
export interface QuotaItem {
  readonly namespace: string;
  readonly name: string;
  readonly hardRequests: ResourceAmounts;
  readonly hardLimits: ResourceAmounts;
  readonly usedRequests: ResourceAmounts;
  readonly usedLimits: ResourceAmounts;
}

/** What a cluster's containers ask for and use at one time. Frozen and serialisable, as a snapshot is. */
export interface UsePicture {
  /** Our clock at the end of reading, ISO-8601 UTC. */
  readonly readAt: string;
  /** The API server's clock at {@link readAt}, ISO-8601 UTC, to a second; absent when it does not tell. */
  readonly serverAt?: string;
  readonly nodes: Fact<readonly NodeInventory[]>;
  readonly pods: Fact<readonly PodInventory[]>;
  readonly usage: Fact<UsageReading>;
}

/** The same with the rules of namespaces about it. */
export interface ResourcePicture extends UsePicture {
  readonly limitRanges: Fact<readonly LimitRangeItem[]>;
  readonly quotas: Fact<readonly QuotaItem[]>;
}
