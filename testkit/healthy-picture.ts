// SPDX-License-Identifier: Apache-2.0

import type { ContainerInventory, PodInventory, QosClass, WorkloadRef } from '#model/resources.ts';
import { MIB, ResourcePictureBuilder, container, node, pod } from './resource-picture.ts';

const NODES = ['node1', 'node2', 'node3'];

/** What a component of a healthy cluster is made of. */
interface Component {
  readonly namespace: string;
  readonly workload: WorkloadRef;
  readonly containers: readonly ContainerInventory[];
  readonly qosClass: QosClass;
}

const FLANNEL: Component = {
  namespace: 'kube-flannel',
  workload: { kind: 'DaemonSet', name: 'kube-flannel-ds' },
  qosClass: 'Burstable',
  containers: [
    ...['install-cni-plugin', 'install-cni'].map((name) =>
      container({ name, role: 'init', image: 'ghcr.io/flannel-io/flannel-cni-plugin:v1.8.0' }),
    ),
    container({
      name: 'kube-flannel',
      image: 'ghcr.io/flannel-io/flannel:v0.28.9',
      requests: { cpuCores: 0.1, memoryBytes: 50 * MIB },
    }),
  ],
};

const KUBE_PROXY: Component = {
  namespace: 'kube-system',
  workload: { kind: 'DaemonSet', name: 'kube-proxy' },
  qosClass: 'BestEffort',
  containers: [container({ name: 'kube-proxy', image: 'registry.k8s.io/kube-proxy:v1.34.4' })],
};

const CORE_DNS: Component = {
  namespace: 'kube-system',
  workload: { kind: 'Deployment', name: 'coredns' },
  qosClass: 'Burstable',
  containers: [
    container({
      name: 'coredns',
      image: 'registry.k8s.io/coredns/coredns:v1.12.1',
      requests: { cpuCores: 0.1, memoryBytes: 70 * MIB },
      limits: { memoryBytes: 170 * MIB },
    }),
  ],
};

const METRICS_SERVER: Component = {
  namespace: 'kube-system',
  workload: { kind: 'Deployment', name: 'metrics-server' },
  qosClass: 'Burstable',
  containers: [
    container({
      name: 'metrics-server',
      image: 'registry.k8s.io/metrics-server/metrics-server:v0.8.0',
      requests: { cpuCores: 0.1, memoryBytes: 200 * MIB },
    }),
  ],
};

const ETCD: Component = {
  namespace: 'kube-system',
  workload: { kind: 'Node', name: 'node1' },
  qosClass: 'Burstable',
  containers: [
    container({
      name: 'etcd',
      image: 'registry.k8s.io/etcd:3.6.4-0',
      requests: { cpuCores: 0.1, memoryBytes: 100 * MIB },
    }),
  ],
};

function podOf({ containers, ...component }: Component, name: string, on: string): PodInventory {
  return pod({
    ...component,
    name,
    node: on,
    containers: containers.map((each) =>
      each.role === 'init' ? { ...each, state: 'terminated', reason: 'Completed' } : each,
    ),
  });
}

/** Three nodes as kubeadm makes them, with Flannel's official manifest and metrics-server; all of it is measured. */
export function healthyPicture(): ResourcePictureBuilder {
  return new ResourcePictureBuilder()
    .nodes(...NODES.map((name) => node({ name })))
    .pods(
      ...NODES.map((name) => podOf(FLANNEL, `kube-flannel-ds-${name}`, name)),
      ...NODES.map((name) => podOf(KUBE_PROXY, `kube-proxy-${name}`, name)),
      ...['node1', 'node2'].map((name) => podOf(CORE_DNS, `coredns-${name}`, name)),
      podOf(METRICS_SERVER, 'metrics-server-node2', 'node2'),
      podOf(ETCD, 'etcd-node1', 'node1'),
    )
    .allUse('kube-flannel', { cpuCores: 0.008, workingSetBytes: 11 * MIB })
    .allUse('kube-proxy', { cpuCores: 0.001, workingSetBytes: 24 * MIB })
    .allUse('coredns', { cpuCores: 0.003, workingSetBytes: 19 * MIB })
    .allUse('metrics-server', { cpuCores: 0.004, workingSetBytes: 30 * MIB })
    .allUse('etcd', { cpuCores: 0.02, workingSetBytes: 120 * MIB })
    .nodeUses('node1', { cpuCores: 0.4, workingSetBytes: 900 * MIB })
    .nodeUses('node2', { cpuCores: 0.1, workingSetBytes: 400 * MIB })
    .nodeUses('node3', { cpuCores: 0.1, workingSetBytes: 350 * MIB });
}
