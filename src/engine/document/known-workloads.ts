// SPDX-License-Identifier: Apache-2.0

import type { Fact } from '#model/fact.ts';
import type { ContainerInventory, PodInventory } from '#model/resources.ts';
import type { ClusterFactRecord } from '#model/snapshot.ts';
import type {
  DocumentContainer,
  DocumentWorkload,
  WorkloadPurpose,
} from '#report/cluster-document.ts';

/** Its image, whoever packed it: `registry.k8s.io/metrics-server/metrics-server:v0.8.0`, `rancher/hardened-k8s-metrics-server`. */
const METRICS_SERVER = /metrics-server(?:-[a-z0-9]+)?(?:[:@]|$)/;

/** Pods of the workloads that a cluster's network and its measurements need, by what they are there for. */
export function purposesOf(
  cluster: Pick<ClusterFactRecord, 'flannelPods' | 'coreDns' | 'kubeProxyPods'>,
  pods: readonly PodInventory[],
): ReadonlyMap<PodInventory, WorkloadPurpose> {
  const { flannelPods, coreDns, kubeProxyPods } = cluster;
  const dnsPods = coreDns.state === 'observed' ? coreDns.value.pods : [];
  const named = new Map<string, WorkloadPurpose>([
    ...dnsPods.map((pod) => [nameOf(pod), 'coredns'] as const),
    ...valueOf(kubeProxyPods).map((pod) => [nameOf(pod), 'kube-proxy'] as const),
    ...valueOf(flannelPods).map((pod) => [nameOf(pod), 'flannel'] as const),
  ]);
  const purposes = new Map<PodInventory, WorkloadPurpose>();
  for (const pod of pods) {
    const purpose = named.get(nameOf(pod)) ?? (isMetricsServer(pod) ? 'metrics-server' : undefined);
    if (purpose !== undefined) purposes.set(pod, purpose);
  }
  return purposes;
}

function nameOf({ namespace, name }: Pick<PodInventory, 'namespace' | 'name'>): string {
  return `${namespace}/${name}`;
}

function isMetricsServer({ containers }: PodInventory): boolean {
  return containers.some(({ image }) => METRICS_SERVER.test(image));
}

function valueOf<T>(fact: Fact<readonly T[]>): readonly T[] {
  return fact.state === 'observed' ? fact.value : [];
}

const ORDER: readonly WorkloadPurpose[] = ['flannel', 'coredns', 'kube-proxy', 'metrics-server'];

/** The workloads of those pods with the settings that the pods have. Pods that have ended do not count. */
export function knownWorkloads(
  purposes: ReadonlyMap<PodInventory, WorkloadPurpose>,
): readonly DocumentWorkload[] {
  const groups = new Map<string, { purpose: WorkloadPurpose; pods: PodInventory[] }>();
  for (const [pod, purpose] of purposes) {
    if (pod.phase === 'Succeeded' || pod.phase === 'Failed') continue;
    const key = [purpose, pod.namespace, pod.workload.kind, pod.workload.name].join('/');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { purpose, pods: [pod] });
    else group.pods.push(pod);
  }
  return [...groups]
    .sort(
      ([a, { purpose: one }], [b, { purpose: other }]) =>
        ORDER.indexOf(one) - ORDER.indexOf(other) || (a < b ? -1 : 1),
    )
    .flatMap(([, { purpose, pods }]) => {
      const [first] = pods;
      if (first === undefined) return [];
      const { namespace, workload } = first;
      return [{ purpose, namespace, workload, pods: pods.length, containers: variantsOf(pods) }];
    });
}

/** Every form in which the pods have each container, the most usual first. */
function variantsOf(pods: readonly PodInventory[]): readonly DocumentContainer[] {
  const variants = new Map<string, { container: ContainerInventory; pods: number }>();
  for (const container of pods.flatMap(({ containers }) => containers)) {
    const { name, role, image, requests, limits } = container;
    const key = JSON.stringify([role, name, image, requests, limits]);
    const known = variants.get(key);
    if (known === undefined) variants.set(key, { container, pods: 1 });
    else known.pods += 1;
  }
  return [...variants]
    .sort(
      ([a, one], [b, other]) =>
        compare(rank(one.container), rank(other.container)) ||
        other.pods - one.pods ||
        compare(a, b),
    )
    .map(([, { container, pods: count }]) => {
      const { name, role, image, requests, limits } = container;
      return { name, role, image, requests, limits, pods: count };
    });
}

/** What runs for good comes before what prepares it. */
function rank({ role, name }: ContainerInventory): string {
  return `${role === 'init' ? '1' : '0'}/${name}`;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
