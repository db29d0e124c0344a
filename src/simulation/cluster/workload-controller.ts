// SPDX-License-Identifier: Apache-2.0
import { isDeepStrictEqual } from 'node:util';
import type { KubernetesObject, OwnerReference, WatchEventType } from '#simulation/store.ts';
import type { ClusterContext } from './cluster-context.ts';
import { requireNode } from './cluster-context.ts';
import type { DnsEndpoint } from './coredns-objects.ts';
import {
  COREDNS_HASH,
  coreDnsPodSpec,
  dnsEndpointSlice,
  replicaStatus,
} from './coredns-objects.ts';
import type { FlannelKubelet, PodTemplate } from './flannel-kubelet.ts';
import { podObject } from './pod-objects.ts';

interface RunningPod {
  readonly namespace: string;
  readonly name: string;
  readonly node: string;
  readonly address: string;
}

/** What a pod outside the DaemonSet needs. */
interface PodRequest {
  readonly namespace: string;
  readonly name: string;
  readonly node: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: Readonly<Record<string, unknown>>;
  readonly owner?: OwnerReference;
  readonly createdAt?: Date;
}

/** DaemonSet and ReplicaSet controllers, as far as flannel and CoreDNS need them. They act at once. */
export class WorkloadController {
  readonly #context: ClusterContext;
  readonly #kubelet: FlannelKubelet;
  readonly #pods = new Map<string, RunningPod>();
  /** Nodes whose flannel pod a rollout has yet to replace, in order. */
  #toRoll: string[] = [];

  constructor(context: ClusterContext, kubelet: FlannelKubelet) {
    this.#context = context;
    this.#kubelet = kubelet;
  }

  /** Pods in the pod network, by namespace and name. */
  pod(namespace: string, name: string): RunningPod | undefined {
    return this.#pods.get(`${namespace}/${name}`);
  }

  /** Pods on a node that are in the pod network. */
  podsOn(node: string): RunningPod[] {
    return [...this.#pods.values()].filter((pod) => pod.node === node);
  }

  /** Makes a pod in the pod network of its node. */
  createPod(request: PodRequest): void {
    const { store, random, clock } = this.#context;
    const { namespace, name, node, labels, spec, owner } = request;
    const machine = requireNode(this.#context, node);
    const podCIDR = this.#podCIDR(node);
    const address = machine.nextPodAddress(podCIDR);
    const createdAt = request.createdAt ?? clock.now();
    machine.addPod(address, podCIDR);
    this.#pods.set(`${namespace}/${name}`, { namespace, name, node, address });
    const pod = podObject({
      name,
      namespace,
      uid: random.uuid(),
      labels,
      ...(owner === undefined ? {} : { owner }),
      node,
      hostIp: machine.hostIp,
      podIp: address,
      spec,
      createdAt,
      life: { state: 'running', startedAt: createdAt, restartCount: 0 },
      containerId: random.hex(64),
    });
    store.create('pods', pod);
  }

  /** Connects the pods of a node that was started anew. */
  reconnect(node: string): void {
    const machine = requireNode(this.#context, node);
    for (const { address } of this.podsOn(node)) machine.addPod(address, this.#podCIDR(node));
  }

  /** Addresses of the CoreDNS pods. */
  dnsAddresses(): readonly string[] {
    return this.#coreDnsPods().map(({ address }) => address);
  }

  /** Makes CoreDNS pods on the given nodes. */
  createCoreDns(nodes: readonly string[], createdAt?: Date): void {
    const { store, random } = this.#context;
    const replicaSet = `coredns-${COREDNS_HASH}`;
    const uid = store.get('replicasets.apps', replicaSet, 'kube-system')?.metadata.uid ?? '';
    for (const node of nodes) {
      this.createPod({
        namespace: 'kube-system',
        name: `${replicaSet}-${random.nameSuffix()}`,
        node,
        labels: { 'k8s-app': 'kube-dns', 'pod-template-hash': COREDNS_HASH },
        spec: coreDnsPodSpec(),
        owner: {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          name: replicaSet,
          uid,
          controller: true,
        },
        ...(createdAt === undefined ? {} : { createdAt }),
      });
    }
    this.#writeDnsEndpoints();
  }

  /** Reacts to a change in the store. */
  handle(
    resource: string,
    type: WatchEventType,
    object: KubernetesObject,
    previous?: KubernetesObject,
  ): void {
    if (resource === 'pods' && type === 'DELETED') this.#podDeleted(object);
    if (type !== 'MODIFIED' || previous === undefined) return;
    if (object.metadata.generation === previous.metadata.generation) return;
    if (resource === 'daemonsets.apps') this.#rollOut(object);
    if (resource === 'deployments.apps' && object.metadata.name === 'coredns') {
      if (isSameTemplate(object, previous)) this.#scale(object);
      else this.#replacePods(object);
    }
  }

  #podDeleted(object: KubernetesObject): void {
    const { name, namespace = '' } = object.metadata;
    const flannelNode = this.#kubelet.nodeOf(name);
    if (flannelNode !== undefined) {
      this.#kubelet.removePod(flannelNode);
      this.#createFlannelPod(flannelNode);
      if (this.#kubelet.isRunning(flannelNode)) this.#rollNext();
      return;
    }
    const pod = this.pod(namespace, name);
    if (pod === undefined) return;
    this.#pods.delete(`${namespace}/${name}`);
    requireNode(this.#context, pod.node).removePod(pod.address);
    if (!this.#isCoreDns(pod)) return;
    this.#writeDnsEndpoints();
    const deployment = this.#context.store.get('deployments.apps', 'coredns', 'kube-system');
    if (deployment !== undefined && this.#coreDnsPods().length < replicasOf(deployment)) {
      this.createCoreDns([pod.node]);
    }
  }

  #isCoreDns({ namespace, name }: RunningPod): boolean {
    return namespace === 'kube-system' && name.startsWith(`coredns-${COREDNS_HASH}-`);
  }

  #coreDnsPods(): RunningPod[] {
    return [...this.#pods.values()].filter((pod) => this.#isCoreDns(pod));
  }

  #createFlannelPod(node: string): void {
    const { store, blueprint, nodes } = this.#context;
    const { daemonSet, namespace } = blueprint.names;
    const set = store.get('daemonsets.apps', daemonSet, namespace);
    if (set === undefined || store.get('nodes', node) === undefined) return;
    if (nodes.get(node)?.powered !== true) return;
    this.#kubelet.createPod(node, ownerReference(set), templateOf(set));
  }

  #rollOut(set: KubernetesObject): void {
    const { nodes } = this.#context;
    const spec = set['spec'] as { updateStrategy?: { type?: string } };
    this.#observe(set);
    if (spec.updateStrategy?.type === 'OnDelete') return;
    this.#toRoll = [...nodes.keys()];
    this.#rollNext();
  }

  /** maxUnavailable 1: the next node waits until the one before is back, for ever if need be. */
  #rollNext(): void {
    const node = this.#toRoll.shift();
    if (node === undefined) return;
    const name = this.#kubelet.podName(node);
    if (name !== undefined) {
      this.#context.store.delete('pods', name, this.#context.blueprint.names.namespace);
      return;
    }
    this.#createFlannelPod(node);
    if (this.#kubelet.isRunning(node)) this.#rollNext();
  }

  /** The controller has seen the object as it is now. */
  #observe(set: KubernetesObject): void {
    const status = set['status'] as Record<string, unknown> | undefined;
    const observedGeneration = set.metadata.generation;
    this.#context.store.update('daemonsets.apps', {
      ...set,
      status: { ...status, observedGeneration },
    });
  }

  #scale(deployment: KubernetesObject): void {
    const { store, blueprint } = this.#context;
    const wanted = replicasOf(deployment);
    const current = this.#coreDnsPods();
    this.#observeScaling(deployment, current.length, wanted);
    for (const pod of current.slice(wanted)) store.delete('pods', pod.name, pod.namespace);
    const missing = Math.max(0, wanted - current.length);
    const { coreDnsOn } = blueprint;
    const targets = Array.from(
      { length: missing },
      (_, index) => coreDnsOn[(current.length + index) % coreDnsOn.length] ?? '',
    );
    this.createCoreDns(targets);
    this.#settle(deployment, wanted);
  }

  /** A changed template makes all pods anew: on different nodes if it asks for that, else where they were. */
  #replacePods(deployment: KubernetesObject): void {
    const { store, nodes } = this.#context;
    const old = this.#coreDnsPods();
    const names = [...nodes.keys()];
    const targets = old.map(({ node }, index) =>
      asksForNodes(deployment) ? (names[index % names.length] ?? node) : node,
    );
    this.createCoreDns(targets);
    for (const { name, namespace } of old) store.delete('pods', name, namespace);
    this.#settle(deployment, old.length);
  }

  #settle(deployment: KubernetesObject, replicas: number): void {
    const observedGeneration = deployment.metadata.generation;
    const status = { ...replicaStatus(replicas), observedGeneration };
    this.#context.store.update('deployments.apps', { ...deployment, status });
  }

  /** What the controller tells of it: kubernetes@v1.34.4:pkg/controller/deployment/sync.go. */
  #observeScaling(deployment: KubernetesObject, from: number, to: number): void {
    if (from === to) return;
    const { store, random, clock } = this.#context;
    const { apiVersion, kind, metadata } = deployment;
    const { name, namespace = '', uid = '' } = metadata;
    const at = clock
      .now()
      .toISOString()
      .replace(/\.\d+Z$/, 'Z');
    store.create('events', {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${name}.${random.hex(16)}`, namespace },
      involvedObject: { apiVersion, kind, name, namespace, uid },
      reason: 'ScalingReplicaSet',
      message: `Scaled ${to > from ? 'up' : 'down'} replica set coredns-${COREDNS_HASH} from ${String(from)} to ${String(to)}`,
      type: 'Normal',
      source: { component: 'deployment-controller' },
      firstTimestamp: at,
      lastTimestamp: at,
      count: 1,
    });
  }

  #writeDnsEndpoints(): void {
    const { store } = this.#context;
    const endpoints = this.#coreDnsPods().map(({ address, node, name }): DnsEndpoint => ({
      address,
      node,
      pod: name,
    }));
    const slice = dnsEndpointSlice(endpoints);
    const { name, namespace } = slice.metadata;
    const exists = store.get('endpointslices.discovery.k8s.io', name, namespace) !== undefined;
    if (exists) store.update('endpointslices.discovery.k8s.io', slice);
    else store.create('endpointslices.discovery.k8s.io', slice);
  }

  #podCIDR(node: string): string {
    const object = this.#context.store.get('nodes', node);
    const spec = object?.['spec'] as { podCIDR?: string } | undefined;
    return spec?.podCIDR ?? requireNode(this.#context, node).options.podCIDR;
  }
}

function asksForNodes(deployment: KubernetesObject): boolean {
  const { template } = deployment['spec'] as {
    template: { spec: { topologySpreadConstraints?: readonly { topologyKey: string }[] } };
  };
  return (template.spec.topologySpreadConstraints ?? []).some(
    ({ topologyKey }) => topologyKey === 'kubernetes.io/hostname',
  );
}

function isSameTemplate(a: KubernetesObject, b: KubernetesObject): boolean {
  return isDeepStrictEqual(
    (a['spec'] as { template?: unknown }).template,
    (b['spec'] as { template?: unknown }).template,
  );
}

function replicasOf(deployment: KubernetesObject): number {
  return (deployment['spec'] as { replicas?: number }).replicas ?? 1;
}

/** Reference that makes an object the controller of another. */
export function ownerReference(owner: KubernetesObject): OwnerReference {
  return {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** Pod template of a DaemonSet. */
export function templateOf(set: KubernetesObject): PodTemplate {
  const { template } = set['spec'] as {
    template: { metadata: { labels: Record<string, string> }; spec: Record<string, unknown> };
  };
  return { labels: template.metadata.labels, spec: template.spec };
}
