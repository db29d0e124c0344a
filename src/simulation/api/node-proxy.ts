// SPDX-License-Identifier: Apache-2.0
import type { ServerResponse } from 'node:http';
import type { NodeUsage, PodUsage, Usage } from '#simulation/workload-backend.ts';
import { ApiError, UnknownPath } from './api-error.ts';
import { isTrue } from './request-info.ts';
import { subjectOf, type Call } from './call.ts';
import { sendJson } from './reply.ts';
import { requireLive } from './writing.ts';

/** What of a working set is anonymous memory; the rest is active pages of files. */
const RSS_PART = 0.7;

/** What one kubelet measures. */
interface Measured {
  readonly node: NodeUsage;
  readonly pods: readonly PodUsage[];
  readonly timestamp: string;
}

/**
 * Serves what kubelets serve to whoever may use `nodes/proxy`: `/stats/summary` and `/metrics/resource`, with the
 * numbers that metrics-server has of them.
 *
 * @throws ApiError 404 without such a node, 503 when its kubelet does not answer; UnknownPath for any other path
 */
export async function serveNodeProxy(call: Call, response: ServerResponse): Promise<void> {
  const node = requireLive(call).metadata.name;
  const measured = measuredOf(call, node);
  const path = call.request.path ?? '';
  if (path === 'stats/summary') {
    await sendJson(
      call.incoming,
      response,
      { code: 200, body: summaryOf(measured, call) },
      call.fault,
    );
    return;
  }
  if (path !== 'metrics/resource') throw new UnknownPath();
  response.writeHead(200, { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' });
  response.end(metricsOf(measured));
}

function measuredOf(call: Call, name: string): Measured {
  const usage: Usage = call.cluster.usage();
  const node = usage.nodes.find((known) => known.name === name);
  if (node === undefined) {
    const message = `error trying to reach service: dial tcp: lookup ${name}: i/o timeout`;
    throw new ApiError(503, 'ServiceUnavailable', message, subjectOf(call));
  }
  const pods = usage.pods.filter((pod) => {
    const spec = call.cluster.store.get('pods', pod.name, pod.namespace)?.['spec'];
    return (spec as { nodeName?: string } | undefined)?.nodeName === name;
  });
  return { node, pods, timestamp: usage.timestamp };
}

/** kubernetes/kubelet@v0.34.0:pkg/apis/stats/v1alpha1/types.go */
function summaryOf({ node, pods, timestamp }: Measured, call: Call): object {
  const startTime = timestamp;
  const stats = ({ cpuNanoCores, memoryBytes }: NodeUsage): object => ({
    startTime,
    cpu: { time: timestamp, usageNanoCores: Math.round(cpuNanoCores) },
    memory: {
      time: timestamp,
      workingSetBytes: wholeKibibytes(memoryBytes),
      usageBytes: wholeKibibytes(memoryBytes) * 2,
      rssBytes: Math.round(memoryBytes * RSS_PART),
    },
  });
  const isShort = isTrue(call.request.query.get('only_cpu_and_memory'));
  return {
    node: {
      nodeName: node.name,
      ...stats(node),
      ...(isShort ? {} : { network: { time: timestamp, name: 'eth0' } }),
    },
    pods: pods.map(({ name, namespace, containers }) => ({
      podRef: { name, namespace, uid: '' },
      startTime,
      containers: containers.map((each) => ({ name: each.name, ...stats(each) })),
    })),
  };
}

/** kubernetes@v1.34.4:pkg/kubelet/metrics/collectors/resource_metrics.go */
function metricsOf({ node, pods, timestamp }: Measured): string {
  const atMs = String(Date.parse(timestamp));
  const lines = [
    '# HELP node_memory_working_set_bytes [STABLE] Current working set of the node in bytes',
    '# TYPE node_memory_working_set_bytes gauge',
    `node_memory_working_set_bytes ${goNumber(node.memoryBytes)} ${atMs}`,
    '# TYPE container_memory_working_set_bytes gauge',
    ...pods.flatMap(({ name, namespace, containers }) =>
      containers.map((each) => {
        const labels = `container="${each.name}",namespace="${namespace}",pod="${name}"`;
        return `container_memory_working_set_bytes{${labels}} ${goNumber(each.memoryBytes)} ${atMs}`;
      }),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

/** As metrics-server rounds, so that both say the same. */
function wholeKibibytes(bytes: number): number {
  return Math.round(bytes / 1024) * 1024;
}

/** As Go writes large floats: `1.2345e+07`. */
function goNumber(bytes: number): string {
  return wholeKibibytes(bytes)
    .toExponential()
    .replace(/e\+(\d)$/, 'e+0$1');
}
