// SPDX-License-Identifier: Apache-2.0
import type { KubernetesObject, OwnerReference } from '#simulation/store.ts';
import { timestamp } from './node-object.ts';

/** How a container ended. */
export interface Termination {
  readonly exitCode: number;
  readonly reason: string;
  readonly startedAt: Date;
  readonly finishedAt: Date;
}

/** State of a pod's container, of several of flannel's. */
export interface ContainerLife {
  readonly state: 'running' | 'waiting';
  readonly startedAt: Date;
  readonly restartCount: number;
  readonly last?: Termination;
}

/** A pod to make from a template. */
export interface PodSpecification {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly owner?: OwnerReference;
  readonly node: string;
  readonly hostIp: string;
  /** Equal to `hostIp` for pods in the host's network. */
  readonly podIp: string;
  readonly spec: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
  readonly life: ContainerLife;
  readonly containerId: string;
  /** Of the run before; absent when there was none, or the one that ended is the last. */
  readonly endedId?: string;
}

interface ContainerSpec {
  readonly name: string;
  readonly image: string;
}

/** A pod that its kubelet has started. */
export function podObject(pod: PodSpecification): KubernetesObject {
  const { name, namespace, uid, labels, owner, node, spec, createdAt } = pod;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      uid,
      creationTimestamp: timestamp(createdAt),
      labels: { ...labels },
      ...(owner === undefined ? {} : { generateName: `${owner.name}-`, ownerReferences: [owner] }),
    },
    spec: { ...spec, nodeName: node },
    status: podStatus(pod),
  };
}

/** Status of a pod whose only or flannel container is in the given state of its life; others run since its start. */
export function podStatus(pod: PodSpecification): Record<string, unknown> {
  const { life, createdAt, hostIp, podIp, spec } = pod;
  const containers = spec['containers'] as readonly ContainerSpec[];
  const container = containers.find(({ name }) => name === 'kube-flannel') ?? containers[0];
  const statuses = containers.map((each) =>
    containerStatus(each === container ? pod : { ...pod, life: undisturbed(pod) }, each),
  );
  const ready = life.state === 'running' ? 'True' : 'False';
  const unready = {
    reason: 'ContainersNotReady',
    message: `containers with unready status: [${container?.name ?? ''}]`,
  };
  const condition = (type: string, status: string): Record<string, unknown> => ({
    type,
    status,
    lastProbeTime: null,
    lastTransitionTime: timestamp(type.endsWith('Ready') ? life.startedAt : createdAt),
    ...(status === 'False' ? unready : {}),
  });
  return {
    phase: 'Running',
    conditions: [
      condition('PodReadyToStartContainers', 'True'),
      condition('Initialized', 'True'),
      condition('Ready', ready),
      condition('ContainersReady', ready),
      condition('PodScheduled', 'True'),
    ],
    hostIP: hostIp,
    hostIPs: [{ ip: hostIp }],
    podIP: podIp,
    podIPs: [{ ip: podIp }],
    startTime: timestamp(createdAt),
    containerStatuses: statuses,
    qosClass: 'Burstable',
  };
}

function undisturbed({ createdAt }: PodSpecification): ContainerLife {
  return { state: 'running', startedAt: createdAt, restartCount: 0 };
}

function containerStatus(
  { life, containerId, endedId, name, namespace }: PodSpecification,
  container: ContainerSpec,
): Record<string, unknown> {
  const running = life.state === 'running';
  const id = `containerd://${containerId}`;
  const ended = `containerd://${endedId ?? containerId}`;
  const waiting = {
    reason: 'CrashLoopBackOff',
    message: `back-off 10s restarting failed container=${container.name} pod=${name}_${namespace}`,
  };
  return {
    name: container.name,
    image: container.image,
    imageID: `${container.image.split(':')[0] ?? ''}@sha256:${containerId}`,
    containerID: id,
    ready: running,
    started: running,
    restartCount: life.restartCount,
    state: running ? { running: { startedAt: timestamp(life.startedAt) } } : { waiting },
    lastState:
      life.last === undefined ? {} : { terminated: terminated(life.last, running ? ended : id) },
  };
}

function terminated(last: Termination, containerID: string): Record<string, unknown> {
  return {
    exitCode: last.exitCode,
    reason: last.reason,
    startedAt: timestamp(last.startedAt),
    finishedAt: timestamp(last.finishedAt),
    containerID,
  };
}
