// SPDX-License-Identifier: Apache-2.0
import { ObjectStore, type KubernetesObject } from '#simulation/store.ts';
import type {
  ExecFailure,
  ExecRequest,
  ExecResult,
  ServedCluster,
  Usage,
} from '#simulation/workload-backend.ts';

/** A cluster for tests of the API server: stored objects, and containers that play back. */
export interface StubCluster extends ServedCluster {
  /** Every exec so far. */
  readonly execs: ExecRequest[];
  /** What exec answers; may be replaced. */
  answer: (request: ExecRequest) => ExecResult | ExecFailure;
  /** What log answers; may be replaced. */
  logText: string;
}

/** Builds nodes `w1`, `w2`, … with one running pod `app-<n>` in namespace `default` on each. */
export function stubCluster(nodeCount = 2, historyLimit?: number): StubCluster {
  const store = new ObjectStore(historyLimit === undefined ? {} : { historyLimit });
  for (const name of ['default', 'kube-flannel']) {
    store.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  }
  for (let index = 1; index <= nodeCount; index += 1) {
    store.create('nodes', stubNode(index));
    store.create('pods', stubPod(index));
  }
  const cluster: StubCluster = {
    store,
    execs: [],
    logText: 'first\nsecond\n',
    answer: (request) => ({ stdout: `${request.command.join(' ')}\n`, stderr: '', exitCode: 0 }),
    exec: (request) => {
      cluster.execs.push(request);
      return cluster.answer(request);
    },
    log: (_namespace, _pod, _container, options) =>
      options.tailLines === undefined
        ? cluster.logText
        : cluster.logText
            .split(/(?<=\n)/)
            .slice(-options.tailLines)
            .join(''),
    usage: () => usageOf(nodeCount),
  };
  return cluster;
}

function stubNode(index: number): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: `w${String(index)}`,
      labels: { 'kubernetes.io/hostname': `w${String(index)}`, even: String(index % 2 === 0) },
      annotations: { 'flannel.alpha.coreos.com/public-ip': `10.0.0.${String(index)}` },
    },
    spec: { podCIDRs: [`10.244.${String(index)}.0/24`] },
    status: {
      conditions: [{ type: 'Ready', status: 'True' }],
      addresses: [{ type: 'InternalIP', address: `10.0.0.${String(index)}` }],
      nodeInfo: { kubeletVersion: 'v1.34.4' },
    },
  };
}

function stubPod(index: number): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `app-${String(index)}`, namespace: 'default', labels: { app: 'demo' } },
    spec: {
      nodeName: `w${String(index)}`,
      containers: [{ name: 'main', image: 'demo:1' }],
      securityContext: {},
    },
    status: {
      phase: 'Running',
      podIP: `10.244.${String(index)}.5`,
      containerStatuses: [{ name: 'main', ready: true, restartCount: 3 }],
    },
  };
}

function usageOf(nodeCount: number): Usage {
  const names = Array.from({ length: nodeCount }, (_, index) => `w${String(index + 1)}`);
  return {
    nodes: names.map((name) => ({ name, cpuNanoCores: 250_000_000, memoryBytes: 512 * 1024 ** 2 })),
    pods: [
      {
        namespace: 'default',
        name: 'app-1',
        containers: [{ name: 'main', cpuNanoCores: 1_000_000, memoryBytes: 8 * 1024 ** 2 }],
      },
    ],
    timestamp: '2026-01-01T00:00:00Z',
  };
}
