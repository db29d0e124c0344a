// SPDX-License-Identifier: Apache-2.0
import type { ObjectStore } from './store.ts';

/** One `pods/exec` call as the kubelet of the pod's node sees it. */
export interface ExecRequest {
  namespace: string;
  pod: string;
  /** Absent: the pod's default container (annotation, else its first). */
  container?: string;
  /** argv; never empty. */
  command: readonly string[];
  /** All that the client sent on standard input before it closed it; absent when not attached. */
  stdin?: string;
}

/** What a command that ran to its end left behind. */
export interface ExecResult {
  stdout: string;
  stderr: string;
  /** 0 to 255. */
  exitCode: number;
}

/** A command that never ran (or a log that cannot be had), in the kubelet's or the API server's own words. */
export interface ExecFailure {
  failure:
    'container-not-running' | 'container-not-found' | 'node-unreachable' | 'executable-not-found';
  message: string;
}

/** The query of `pods/log`. */
export interface LogOptions {
  /** The log of the container's previous life. */
  previous?: boolean;
  /** At most this many lines, counted from the end. */
  tailLines?: number;
  /** RFC 3339; only lines written at or after it. */
  sinceTime?: string;
  /** Prefix each line with its RFC 3339 time. */
  timestamps?: boolean;
}

/** What metrics-server would know: usage over one window that ended at `timestamp`. */
export interface Usage {
  nodes: readonly NodeUsage[];
  pods: readonly PodUsage[];
  /** RFC 3339. */
  timestamp: string;
}

/** Usage of one node. */
export interface NodeUsage {
  name: string;
  /** Billionths of one core. */
  cpuNanoCores: number;
  /** Working set. */
  memoryBytes: number;
}

/** Usage of one pod, by container. */
export interface PodUsage {
  namespace: string;
  name: string;
  containers: readonly NodeUsage[];
}

/**
 * What lies behind the API server: kubelets with containers that run. The API half asks it for
 * what no stored object holds. Calls are synchronous; latency is the API half's concern.
 */
export interface WorkloadBackend {
  /** Runs a command in a container. Never throws: what cannot run is an {@link ExecFailure}. */
  exec(request: ExecRequest): ExecResult | ExecFailure;
  /** Reads a container's log: whole lines, each ending in a newline; empty when there are none. */
  log(
    namespace: string,
    pod: string,
    container: string | undefined,
    options: LogOptions,
  ): string | ExecFailure;
  /** Reads resource usage, for metrics.k8s.io. */
  usage(): Usage;
}

/** What the API server serves: stored objects, and the workloads behind them. */
export interface ServedCluster extends WorkloadBackend {
  readonly store: ObjectStore;
}
