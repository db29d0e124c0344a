// SPDX-License-Identifier: Apache-2.0
import type { KubernetesObject } from '#simulation/store.ts';
import type { Blueprint } from './blueprint.ts';
import type { NodeOptions } from './cluster-options.ts';

/** What a Node object needs beside the blueprint. */
export interface NodeFacts {
  readonly uid: string;
  readonly bootId: string;
  readonly machineId: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly createdAt: Date;
  readonly now: Date;
  /** Default: the node's own. */
  readonly podCIDR?: string;
}

/** RFC 3339 with whole seconds, as the API writes times. */
export function timestamp(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}

/** A Node as kubelet, controller-manager and flannel leave it on a healthy cluster. */
export function nodeObject(
  blueprint: Blueprint,
  node: NodeOptions,
  facts: NodeFacts,
): KubernetesObject {
  const controlPlane = blueprint.controlPlane.includes(node.name);
  const { uid, createdAt, annotations } = facts;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: node.name,
      uid,
      creationTimestamp: timestamp(createdAt),
      labels: {
        'beta.kubernetes.io/arch': 'amd64',
        'beta.kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': node.name,
        'kubernetes.io/os': 'linux',
        ...(controlPlane ? { 'node-role.kubernetes.io/control-plane': '' } : {}),
      },
      annotations: {
        ...annotations,
        'node.alpha.kubernetes.io/ttl': '0',
        'volumes.kubernetes.io/controller-managed-attach-detach': 'true',
      },
    },
    spec: nodeSpec(blueprint, node, facts.podCIDR ?? node.podCIDR),
    status: nodeStatus(blueprint, node, facts),
  };
}

function nodeSpec(
  { ipv6Only }: Blueprint,
  { podCIDR6 }: NodeOptions,
  podCIDR: string,
): Record<string, unknown> {
  if (ipv6Only) return { podCIDR: podCIDR6, podCIDRs: [podCIDR6] };
  return { podCIDR, podCIDRs: podCIDR6 === undefined ? [podCIDR] : [podCIDR, podCIDR6] };
}

function nodeStatus(
  blueprint: Blueprint,
  { name, address, address6 }: NodeOptions,
  facts: NodeFacts,
): Record<string, unknown> {
  const { cpu, memoryKiB } = blueprint.capacity;
  const resources = (memory: number): Record<string, string> => ({
    cpu: String(cpu),
    'ephemeral-storage': '475835Mi',
    'hugepages-1Gi': '0',
    'hugepages-2Mi': '0',
    memory: `${String(memory)}Ki`,
    pods: '110',
  });
  return {
    addresses: [
      ...(blueprint.ipv6Only ? [] : [{ type: 'InternalIP', address }]),
      ...(address6 === undefined ? [] : [{ type: 'InternalIP', address: address6 }]),
      { type: 'Hostname', address: name },
    ],
    allocatable: resources(memoryKiB - 102_400),
    capacity: resources(memoryKiB),
    conditions: conditions(facts),
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
    images: [
      { names: [blueprint.names.image(blueprint.flannelVersion)], sizeBytes: 83_886_080 },
      { names: ['registry.k8s.io/coredns/coredns:v1.12.1'], sizeBytes: 22_384_805 },
    ],
    nodeInfo: {
      architecture: 'amd64',
      bootID: facts.bootId,
      containerRuntimeVersion: blueprint.containerRuntime,
      kernelVersion: blueprint.kernelVersion,
      kubeProxyVersion: '',
      kubeletVersion: blueprint.kubernetesVersion,
      machineID: facts.machineId,
      operatingSystem: 'linux',
      osImage: blueprint.osImage,
      systemUUID: facts.machineId,
    },
  };
}

function conditions({ createdAt, now }: NodeFacts): Record<string, string>[] {
  const condition = (
    type: string,
    status: string,
    reason: string,
    message: string,
  ): Record<string, string> => ({
    type,
    status,
    reason,
    message,
    lastHeartbeatTime: timestamp(now),
    lastTransitionTime: timestamp(createdAt),
  });
  return [
    condition('NetworkUnavailable', 'False', 'FlannelIsUp', 'Flannel is running on this node'),
    condition(
      'MemoryPressure',
      'False',
      'KubeletHasSufficientMemory',
      'kubelet has sufficient memory available',
    ),
    condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
    condition(
      'PIDPressure',
      'False',
      'KubeletHasSufficientPID',
      'kubelet has sufficient PID available',
    ),
    condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'),
  ];
}

/** The node as the controller-manager shows it when its kubelet is silent. */
export function withReadiness(node: KubernetesObject, ready: boolean, now: Date): KubernetesObject {
  const status = node['status'] as { conditions: Record<string, string>[] };
  const silent = {
    status: 'Unknown',
    reason: 'NodeStatusUnknown',
    message: 'Kubelet stopped posting node status.',
  };
  const healthy = {
    status: 'True',
    reason: 'KubeletReady',
    message: 'kubelet is posting ready status',
  };
  const changed = status.conditions.map((condition) =>
    condition['type'] === 'Ready'
      ? { ...condition, ...(ready ? healthy : silent), lastTransitionTime: timestamp(now) }
      : condition,
  );
  return { ...node, status: { ...status, conditions: changed } };
}
