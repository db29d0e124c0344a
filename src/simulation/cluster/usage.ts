// SPDX-License-Identifier: Apache-2.0
import type { KubernetesObject } from '#simulation/store.ts';
import type { NodeUsage, PodUsage, Usage } from '#simulation/workload-backend.ts';
import type { ClusterContext } from './cluster-context.ts';

const MIB = 1024 * 1024;

/** Typical usage of a container by its name: thousandths of a core, and MiB of working set (lab). */
const TYPICAL: Readonly<Record<string, readonly [number, number]>> = {
  'kube-flannel': [10, 12],
  coredns: [3, 15],
};

/** Usage of everything that runs; what does not run has none, as metrics-server shows it. */
export function readUsage({ store, clock, nodes }: ClusterContext): Usage {
  const running = store.list('pods').items.filter((pod) => isRunning(pod, nodes));
  const pods = running.map(podUsage);
  return {
    nodes: [...nodes.values()]
      .filter(({ powered }) => powered)
      .map(({ name }): NodeUsage => ({
        name,
        cpuNanoCores: spread(name, 180_000_000, 60_000_000),
        memoryBytes: spread(name, 1550 * MIB, 150 * MIB),
      })),
    pods,
    timestamp: clock
      .now()
      .toISOString()
      .replace(/\.\d+Z$/, 'Z'),
  };
}

function isRunning(pod: KubernetesObject, nodes: ClusterContext['nodes']): boolean {
  const spec = pod['spec'] as { nodeName?: string };
  const status = pod['status'] as { containerStatuses?: { state?: { running?: unknown } }[] };
  const started = status.containerStatuses?.every(({ state }) => state?.running !== undefined);
  return started === true && nodes.get(spec.nodeName ?? '')?.powered === true;
}

function podUsage(pod: KubernetesObject): PodUsage {
  const { name, namespace = '' } = pod.metadata;
  const { containers } = pod['spec'] as { containers: { name: string }[] };
  return {
    namespace,
    name,
    containers: containers.map((container) => {
      const [milliCores, mebibytes] = TYPICAL[container.name] ?? [1, 4];
      return {
        name: container.name,
        cpuNanoCores: spread(name, milliCores * 1_000_000, milliCores * 500_000),
        memoryBytes: spread(name, mebibytes * MIB, 2 * MIB),
      };
    }),
  };
}

/** A value from `base` to `base + range` that stays the same for a name. */
function spread(name: string, base: number, range: number): number {
  const hash = Array.from(name).reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 997, 7);
  return Math.round(base + (range * hash) / 997);
}
