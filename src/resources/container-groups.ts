// SPDX-License-Identifier: Apache-2.0

import type {
  AmountName,
  ContainerInventory,
  ContainerRole,
  ContainerUsage,
  PodInventory,
  QosClass,
  ResourceAmounts,
  WorkloadRef,
} from '#model/resources.ts';
import { type ComponentName, componentOf } from './known-components.ts';

/** One container of a workload, over all of its pods that have the same requests and limits. */
export interface ContainerGroup {
  readonly namespace: string;
  /** A static pod is named by what it is, without its node, so that those of all nodes stand together. */
  readonly workload: WorkloadRef;
  readonly container: string;
  readonly role: ContainerRole;
  readonly image: string;
  /** Absent: none whose needs are known. */
  readonly component?: ComponentName;
  readonly requests: ResourceAmounts;
  readonly limits: ResourceAmounts;
  /** What a LimitRange filled in, in some pod at least. */
  readonly defaulted: readonly AmountName[];
  /** Each once; empty when no pod says. */
  readonly qosClasses: readonly QosClass[];
  readonly members: readonly GroupMember[];
}

/** The container in one pod, and what it uses. */
export interface GroupMember {
  readonly pod: string;
  /** Absent: not scheduled. */
  readonly node?: string;
  readonly container: ContainerInventory;
  /** Absent: not measured. */
  readonly usage?: ContainerUsage;
}

/** Groups the containers of all pods that have not ended, in the order of their first pods. */
export function containerGroups(
  pods: readonly PodInventory[],
  usage: readonly ContainerUsage[],
): readonly ContainerGroup[] {
  const used = new Map(
    usage.map((each) => [placeOf(each.namespace, each.pod, each.container), each]),
  );
  const groups = new Map<string, ContainerGroup & { readonly members: GroupMember[] }>();
  for (const pod of pods) {
    if (pod.phase === 'Succeeded' || pod.phase === 'Failed') continue;
    const workload = groupedWorkload(pod);
    for (const container of pod.containers) {
      const key = keyOf(pod.namespace, workload, container);
      const group = groups.get(key) ?? newGroup(pod.namespace, workload, container);
      groups.set(key, withPod(group, pod, container));
      const measured = used.get(placeOf(pod.namespace, pod.name, container.name));
      group.members.push({
        pod: pod.name,
        ...(pod.node !== undefined && { node: pod.node }),
        container,
        ...(measured !== undefined && { usage: measured }),
      });
    }
  }
  return [...groups.values()];
}

function placeOf(namespace: string, pod: string, container: string): string {
  return `${namespace}/${pod}/${container}`;
}

/** The kubelet names a static pod after its manifest and its node. */
function groupedWorkload({ workload, name, node }: PodInventory): WorkloadRef {
  if (workload.kind !== 'Node') return workload;
  const suffix = `-${node ?? workload.name}`;
  return { kind: 'Node', name: name.endsWith(suffix) ? name.slice(0, -suffix.length) : name };
}

function keyOf(namespace: string, { kind, name }: WorkloadRef, each: ContainerInventory): string {
  const { requests, limits } = each;
  const amounts = [requests.cpuCores, requests.memoryBytes, limits.cpuCores, limits.memoryBytes];
  return JSON.stringify([
    namespace,
    kind,
    name,
    each.role,
    each.name,
    amounts.map((one) => one ?? null),
  ]);
}

function newGroup(
  namespace: string,
  workload: WorkloadRef,
  container: ContainerInventory,
): ContainerGroup & { readonly members: GroupMember[] } {
  const { name, role, image, requests, limits } = container;
  const component = componentOf(workload, container);
  return {
    namespace,
    workload,
    container: name,
    role,
    image,
    ...(component !== undefined && { component }),
    requests,
    limits,
    defaulted: [],
    qosClasses: [],
    members: [],
  };
}

function withPod<G extends ContainerGroup>(
  group: G,
  { qosClass }: PodInventory,
  { defaulted = [] }: ContainerInventory,
): G {
  const isKnownClass = qosClass === undefined || group.qosClasses.includes(qosClass);
  const more = defaulted.filter((name) => !group.defaulted.includes(name));
  if (isKnownClass && more.length === 0) return group;
  return {
    ...group,
    qosClasses: isKnownClass ? group.qosClasses : [...group.qosClasses, qosClass],
    defaulted: [...group.defaulted, ...more],
  };
}
