// SPDX-License-Identifier: Apache-2.0

/** Who exports a series that an alert reads. Without it the alert is silent. */
export type AlertSource = 'cadvisor' | 'coredns' | 'kube-state-metrics' | 'selvage';

/** What a person may set; the defaults are in `default-thresholds.ts`. */
export interface AlertThresholds {
  /** Share of a container's memory limit, above 0 and at most 1. */
  readonly memoryRatio: number;
  /** Restarts of one container within `restartWindowSeconds`. */
  readonly restarts: number;
  /** Also how long a kill for lack of memory is told. */
  readonly restartWindowSeconds: number;
  /** How far back growth of memory is looked at. */
  readonly growthWindowSeconds: number;
  /** How far ahead it is drawn out. */
  readonly growthAheadSeconds: number;
  /** Working set of flannel's container. */
  readonly flannelMemoryBytes: number;
  /** Share of DNS answers that are SERVFAIL, above 0 and at most 1. */
  readonly dnsFailureRatio: number;
  readonly nodeNotReadySeconds: number;
  /** Names of flannel's DaemonSets; absent: the names that its manifests and distributions give it. */
  readonly flannelDaemonSets?: readonly string[];
}

/** A condition on series of Prometheus, with what to tell a person about it. */
export interface Alert {
  /** Equals its folder's name; lower kebab case, thing-what-is-wrong; never reused. */
  readonly id: string;
  /** One noun phrase of what is wrong, without a period; starts with a capital letter. */
  readonly title: string;
  readonly severity: 'critical' | 'warning';
  /** Whose series it reads; all of them have to be scraped. */
  readonly sources: readonly AlertSource[];
  /** PromQL; yields one element for each thing that is wrong. */
  readonly expression: (thresholds: AlertThresholds) => string;
  /** How long it has to be so. 0: at once. */
  readonly forSeconds: (thresholds: AlertThresholds) => number;
  /** One line without a period; may hold Prometheus' templates, such as `{{ $labels.node }}`. */
  readonly summary: string;
  /** Whole sentences of what is seen and what to look at first; may hold templates. */
  readonly description: (thresholds: AlertThresholds) => string;
}
