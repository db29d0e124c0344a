// SPDX-License-Identifier: Apache-2.0

import type { KubeletContainerUsage, KubeletStats } from '#sources/kubelet/stats-summary.ts';

/** One sample of the text format, as the kubelet writes it: with a time in milliseconds, or without. */
const SAMPLE = /^([a-z_]{1,100})(?:\{([^\n]{0,2000})\})? ([0-9.e+-]{1,30})(?: (\d{12,14}))?$/;
const LABEL = /([a-z_]{1,40})="((?:[^"\\]|\\.)*)"/g;

/**
 * Reads the kubelet's `/metrics/resource`, which tells working sets. CPU is a counter there: its use takes two
 * readings, so it stays absent.
 *
 * @param readAt for samples without a time, ISO-8601 UTC
 */
export function parseResourceMetrics(text: string, readAt: string): KubeletStats {
  let node: KubeletStats['node'];
  const containers: KubeletContainerUsage[] = [];
  for (const line of text.split('\n')) {
    const [, name, labels = '', value, time] = SAMPLE.exec(line) ?? [];
    const workingSetBytes = Number(value);
    if (Number.isNaN(workingSetBytes)) continue;
    const usage = {
      at: time === undefined ? readAt : new Date(Number(time)).toISOString(),
      workingSetBytes,
    };
    if (name === 'node_memory_working_set_bytes') node = usage;
    if (name !== 'container_memory_working_set_bytes') continue;
    const { namespace, pod, container } = labelsOf(labels);
    if (namespace === undefined || pod === undefined || container === undefined) continue;
    containers.push({ namespace, pod, container, ...usage });
  }
  return { ...(node !== undefined && { node }), containers };
}

function labelsOf(text: string): Readonly<Record<string, string>> {
  const labels = [...text.matchAll(LABEL)].map(([, key = '', value = '']) => [key, value] as const);
  return Object.fromEntries(labels);
}
