// SPDX-License-Identifier: Apache-2.0

import type { Condition } from './cluster.ts';
import type { Fact } from './fact.ts';
import type { ContainerEnd } from './oom.ts';
import type { ContainerRole, ContainerUsage, QosClass, UsageOrigin } from './resources.ts';

/** How a run of a container ended, with the words that it left. */
export interface PodContainerEnd extends ContainerEnd {
  /** One line without control characters. */
  readonly message?: string;
}

/** A container of a pod, without its environment, its command and its mounts. */
export interface PodContainer {
  readonly name: string;
  readonly role: ContainerRole;
  readonly image: string;
  /** Quantities as written, by the name of the resource. */
  readonly requests: Readonly<Record<string, string>>;
  readonly limits: Readonly<Record<string, string>>;
  readonly ready: boolean;
  readonly restartCount: number;
  readonly state: 'running' | 'waiting' | 'terminated' | 'unknown';
  /** Why it waits or ended. */
  readonly reason?: string;
  /** The same as a sentence, without control characters. */
  readonly message?: string;
  readonly startedAt?: string;
  /** The ends that the status still tells of, the latest first. */
  readonly ends: readonly PodContainerEnd[];
}

/** A pod as one looks at it when it does not work. */
export interface PodDetail {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly node?: string;
  readonly phase: string;
  /** Why the pod as a whole failed: `Evicted`. */
  readonly reason?: string;
  readonly message?: string;
  readonly createdAt: string;
  readonly deletingSince?: string;
  readonly qosClass?: QosClass;
  readonly podIPs: readonly string[];
  readonly conditions: readonly Condition[];
  /** Init containers and sidecars first. */
  readonly containers: readonly PodContainer[];
}

/** An Event about a pod. */
export interface PodEvent {
  /** The last time that it happened, ISO-8601 UTC. */
  readonly at?: string;
  /** `Normal` or `Warning`. */
  readonly type: string;
  readonly reason: string;
  /** One line without control characters. */
  readonly message: string;
  readonly count: number;
}

/** The ends of a container's logs. */
export interface ContainerLogs {
  readonly container: string;
  /** The last lines, each bounded and without control characters. */
  readonly current: Fact<readonly string[]>;
  /** Those of the run before; null when there was none. */
  readonly previous: Fact<readonly string[]> | null;
}

/** What a pod's containers use, and who says so. */
export interface PodUsage {
  readonly origin: UsageOrigin;
  readonly containers: readonly ContainerUsage[];
}

/** All that is known of one pod at one time. */
export interface PodPicture {
  /** Our clock at the end of reading, ISO-8601 UTC. */
  readonly readAt: string;
  readonly pod: PodDetail;
  /** The oldest first. */
  readonly events: Fact<readonly PodEvent[]>;
  readonly usage: Fact<PodUsage>;
  readonly logs: readonly ContainerLogs[];
}
