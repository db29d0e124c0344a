// SPDX-License-Identifier: Apache-2.0

import type { AlertThresholds } from './define-alert.ts';

/** Names of flannel's container in all manifests: upstream's, Talos', Canal's. */
const FLANNEL_CONTAINER = 'kube-flannel';

const FLANNEL_DAEMON_SETS = ['kube-flannel.*', 'canal', 'rke2-canal'];

const COREDNS_DEPLOYMENTS = ['coredns', 'kube-dns', 'rke2-coredns-rke2-coredns'];

/** Labels that tell one container from all others. */
export const BY_CONTAINER = 'by (namespace, pod, container)';
export const ON_CONTAINER = 'on (namespace, pod, container)';

/**
 * Working set of each container; cAdvisor also counts cgroups of pods, whose `container` is empty, and, with some
 * runtimes, of their sandboxes, `POD`.
 */
export const WORKING_SET = 'container_memory_working_set_bytes{container!="", container!="POD"}';

/** The same of flannel's containers alone. */
export const FLANNEL_WORKING_SET: string = `container_memory_working_set_bytes{container=${quoted(FLANNEL_CONTAINER)}}`;

/**
 * Memory limit of each container that has one; sidecars are init containers to the API. cAdvisor's
 * `container_spec_memory_limit_bytes` is 0 where there is none, and is dropped by kube-prometheus.
 */
export const MEMORY_LIMIT: string = `max ${BY_CONTAINER} ({__name__=~"kube_pod(_init)?_container_resource_limits", resource="memory"})`;

const RESTARTS = '{__name__=~"kube_pod(_init)?_container_status_restarts_total"}';

/**
 * Restarts of each container within the window, as a whole number: `increase` extrapolates, and makes three of two
 * in a young pod.
 *
 * @param matchers more matchers of labels, such as `container="x"`
 */
export function restartsWithin(seconds: number, matchers = ''): string {
  const series = matchers === '' ? RESTARTS : RESTARTS.replace('}', `, ${matchers}}`);
  return `max ${BY_CONTAINER} (${series} - min_over_time(${series}[${duration(seconds)}]))`;
}

/** Matcher of flannel's container. */
export const IS_FLANNEL_CONTAINER: string = `container=${quoted(FLANNEL_CONTAINER)}`;

/** Matcher of flannel's DaemonSets, by the label that holds their name. */
export function isFlannelDaemonSet(
  label: string,
  { flannelDaemonSets }: Pick<AlertThresholds, 'flannelDaemonSets'>,
): string {
  return oneOf(label, flannelDaemonSets?.map(escapedForRegexp) ?? FLANNEL_DAEMON_SETS);
}

/** Matcher of the Deployments that answer DNS. */
export const IS_COREDNS: string = oneOf('deployment', COREDNS_DEPLOYMENTS);

function oneOf(label: string, patterns: readonly string[]): string {
  return `${label}=~${quoted(patterns.join('|'))}`;
}

/** A text as a string of PromQL. */
export function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

function escapedForRegexp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/gu, '\\$&');
}

const UNITS: readonly (readonly [unit: string, seconds: number])[] = [
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
];

/** Whole seconds as Prometheus writes a duration, in the greatest unit that divides it: `1h`, `90m`, `3d`. */
export function duration(seconds: number): string {
  const [unit, size] = UNITS.find(([, each]) => seconds % each === 0) ?? ['s', 1];
  return `${String(seconds / size)}${unit}`;
}

/** A share as a person reads it: `80%`, `2.5%`. */
export function percentage(ratio: number): string {
  return `${String(Number((ratio * 100).toFixed(2)))}%`;
}
