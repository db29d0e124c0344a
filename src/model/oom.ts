// SPDX-License-Identifier: Apache-2.0

import type { Fact } from './fact.ts';
import type { WorkloadRef } from './resources.ts';

/** How a run of a container ended. */
export interface ContainerEnd {
  /** Without the runtime's prefix; absent when the status does not say. */
  readonly containerId?: string;
  /** `OOMKilled`, `Error`, `Completed` …, as the runtime has it. */
  readonly reason?: string;
  /** Above 128: the signal that ended it, plus 128. */
  readonly exitCode: number;
  readonly startedAt?: string;
  readonly finishedAt?: string;
}

/** A container as far as kills for memory go. */
export interface OomContainer {
  readonly name: string;
  /** `resources.limits.memory` as written; absent: no limit of its own. */
  readonly limit?: string;
  readonly restartCount: number;
  readonly state: 'running' | 'waiting' | 'terminated' | 'unknown';
  /** Start of what runs now, ISO-8601 UTC. */
  readonly startedAt?: string;
  /** Of what runs now, or of what ended last; without the runtime's prefix. */
  readonly containerId?: string;
  /** The ends that the status still tells of: at most its last and the one before, the latest first. */
  readonly ends: readonly ContainerEnd[];
}

/** A pod as far as kills for memory go. */
export interface OomPod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly node?: string;
  readonly createdAt: string;
  readonly workload: WorkloadRef;
  /** Init containers first. */
  readonly containers: readonly OomContainer[];
}

/** An Event that tells of a kill for memory. */
export interface OomEvent {
  /** `OOMKilling` of node-problem-detector, `SystemOOM` of the kubelet. */
  readonly reason: string;
  readonly node: string;
  /** The last time that it happened, ISO-8601 UTC. */
  readonly at?: string;
  readonly count: number;
  /** One line without control characters. */
  readonly message: string;
  /** Name that the victim gave itself; absent when the message names none. */
  readonly process?: string;
  readonly pid?: number;
}

/** A kill for memory as the kernel logged it. */
export interface KernelOomKill {
  /** Seconds since the kernel started, as in the log: with {@link pid}, the same in every copy of one log. */
  readonly stampSeconds: number;
  /** The same by the node's clock, ISO-8601 UTC; it drifts from the stamp by seconds a day. */
  readonly at: string;
  /** Name that the victim gave itself, without control characters; up to 15 bytes that any program may choose. */
  readonly process: string;
  /** In the kernel's own numbering. */
  readonly pid: number;
  /** Cgroup of the victim, from the machine's root. */
  readonly cgroup: string;
  /** Taken from the cgroup's name; absent when it is of no pod. */
  readonly podUid?: string;
  readonly containerId?: string;
  /** `cgroup`: a limit was reached. `machine`: the machine had no memory left. */
  readonly cause: 'cgroup' | 'machine';
  /** The limit that was reached, and use then; absent when the log does not say. */
  readonly limitBytes?: number;
  readonly usageBytes?: number;
}

/** A link that lost or regained its carrier, as the kernel logged it. */
export interface KernelLinkLine {
  readonly at: string;
  /** The line without its stamp. */
  readonly text: string;
}

/** What a node's kernel log says of memory and links. */
export interface KernelOomLog {
  /** From when on no line is lost, ISO-8601 UTC; absent when that cannot be told. */
  readonly completeSince?: string;
  readonly kills: readonly KernelOomKill[];
  readonly links: readonly KernelLinkLine[];
}

/** What the kernel counts for the cgroup of flannel's running container. */
export interface CgroupOom {
  /** Processes killed for memory since the container's start (v1: `memory.oom_control`, v2: `memory.events`). */
  readonly kills: number;
  /** Bytes; absent: none, or not told. */
  readonly limitBytes?: number;
  /** The most that was used at once since the container's start, with cache, bytes. */
  readonly peakBytes?: number;
}

/** What was read of one node. */
export interface OomNode {
  readonly name: string;
  /** When the Node object was made; absent when nodes may not be listed. */
  readonly createdAt?: string;
  /** Name of the kernel's run; equal on nodes that share one kernel. Absent when it was not read. */
  readonly bootId?: string;
  readonly kernelLog: Fact<KernelOomLog>;
  readonly cgroup: Fact<CgroupOom>;
}

/** Where Flannel is, to tell its kills from others. */
export interface OomFlannel {
  readonly namespace: string;
  /** Of the DaemonSet. */
  readonly name: string;
  /** Of the container that runs flanneld. */
  readonly container: string;
  readonly podUids: readonly string[];
}

/** A pod of which an Event is left. */
export interface GonePod {
  readonly uid: string;
  readonly name: string;
  /** Where it ran, when a kubelet told of it. */
  readonly node?: string;
}

/** All that is known of kills for memory at one time. */
export interface OomPicture {
  /** Our clock at the end of reading, ISO-8601 UTC. */
  readonly readAt: string;
  readonly pods: Fact<readonly OomPod[]>;
  readonly events: Fact<readonly OomEvent[]>;
  /** Names by UID of pods that are gone, from Events about them; only of flannel's namespace. */
  readonly gonePods: Fact<readonly GonePod[]>;
  readonly flannel: Fact<OomFlannel>;
  readonly nodes: readonly OomNode[];
}

/** What a check of the same run says of what flannel has to hold on a node. */
export interface EntriesState {
  readonly node: string;
  /** `unknown`: not all could be read, and what could be is whole. */
  readonly state: 'whole' | 'lost' | 'unknown';
  /** What is missing, by the check that says so. */
  readonly lost: readonly {
    readonly check: string;
    readonly peer?: string;
    readonly object?: string;
  }[];
  /** Why it is unknown, one sentence. */
  readonly why?: string;
  /** Peers that answered pings through the overlay, or whose pings the node answered: their entries work both ways. */
  readonly answers: readonly string[];
}
