// SPDX-License-Identifier: Apache-2.0
import { ownAnnotations } from '#simulation/flanneld/acquire-lease.ts';
import { findExternalInterface, podMtu } from '#simulation/flanneld/external-interface.ts';
import { LeaseBook } from '#simulation/flanneld/lease-book.ts';
import { KERNEL_VXLAN_PORT, formatNetConf } from '#simulation/flanneld/net-conf.ts';
import { vxlanName } from '#simulation/flanneld/peer-entries.ts';
import type { VtepMacs } from '#simulation/flanneld/vxlan-link.ts';
import type { Family } from '#simulation/kernel/prefix.ts';
import { Underlay } from '#simulation/packet-walk/underlay.ts';
import { ObjectStore } from '#simulation/store.ts';
import type { KubernetesObject } from '#simulation/store.ts';
import type { ClusterContext } from './cluster-context.ts';
import type { ClusterOptions } from './cluster-options.ts';
import { coreDnsDeployment, coreDnsReplicaSet, dnsService } from './coredns-objects.ts';
import type { FlannelKubelet } from './flannel-kubelet.ts';
import { flannelConfigMap, flannelDaemonSet } from './flannel-objects.ts';
import { makeBlueprint } from './blueprint.ts';
import { nodeObject } from './node-object.ts';
import type { ContainerLife } from './pod-objects.ts';
import { SeededRandom } from './seeded-random.ts';
import { SimulatedClock } from './simulated-clock.ts';
import { SimulatedNode } from './simulated-node.ts';
import type { WorkloadController } from './workload-controller.ts';
import { ownerReference, templateOf } from './workload-controller.ts';

const DAY_MS = 86_400_000;
/** Age of the cluster when it is made. */
const CLUSTER_AGE_DAYS = 42;
/** One way through the underlay. */
const UNDERLAY_LATENCY_MS = 0.15;
/** Namespaces of every cluster. */
const NAMESPACES = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];

/** Makes machines, links and Node objects as flannel left them at its last start, and the cluster's other objects. */
export function makeContext(options: ClusterOptions): ClusterContext {
  const blueprint = makeBlueprint(options);
  const clock = new SimulatedClock(options.now);
  const random = new SeededRandom(options.seed ?? 1);
  const store = new ObjectStore({ now: () => clock.now() });
  const underlay = new Underlay(UNDERLAY_LATENCY_MS, () => random.next());
  const leases = new LeaseBook(blueprint.keys, blueprint.families);
  const nodes = new Map<string, SimulatedNode>();
  const context = { blueprint, store, clock, random, nodes, underlay, leases };
  createNamespaces(context);
  if (blueprint.names.runsIn === 'pods') {
    store.create('configmaps', flannelConfigMap(blueprint));
  }
  for (const nodeOptions of blueprint.nodes) {
    const node = new SimulatedNode(nodeOptions, blueprint, random, ageOf(clock.now()));
    const { name, address, address6 } = nodeOptions;
    nodes.set(name, node);
    underlay.attach(node, address6 === undefined ? [address] : [address, address6]);
    mountConfigMap(context, node);
    const object = store.create('nodes', makeNode(context, node));
    leases.put(object);
  }
  return context;
}

function createNamespaces({ blueprint, store, random, clock }: ClusterContext): void {
  const createdAt = ageOf(clock.now());
  for (const name of new Set([
    ...NAMESPACES,
    blueprint.names.namespace,
    ...blueprint.workloads.map(({ namespace }) => namespace),
  ])) {
    const metadata = {
      name,
      uid: random.uuid(),
      creationTimestamp: createdAt.toISOString().replace(/\.\d+Z$/, 'Z'),
      labels: {
        'kubernetes.io/metadata.name': name,
        // Of the official manifest, which has a namespace of its own.
        ...(name === 'kube-flannel' ? { 'pod-security.kubernetes.io/enforce': 'privileged' } : {}),
      },
    };
    const object = {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata,
      spec: { finalizers: ['kubernetes'] },
    };
    store.create('namespaces', { ...object, status: { phase: 'Active' } });
  }
}

function ageOf(now: Date): Date {
  return new Date(now.getTime() - CLUSTER_AGE_DAYS * DAY_MS);
}

/** The kubelet keeps the mounted files equal to the ConfigMap; flanneld reads them at its start only. */
function mountConfigMap({ store, blueprint }: ClusterContext, node: SimulatedNode): void {
  if (blueprint.names.runsIn === 'process') {
    node.files.set('/etc/kube-flannel/net-conf.json', formatNetConf(blueprint.netConf));
    return;
  }
  for (const name of ['net-conf.json', 'cni-conf.json']) {
    node.files.set(`/etc/kube-flannel/${name}`, () => {
      const map = store.get('configmaps', blueprint.names.configMap, blueprint.names.namespace);
      return (map?.['data'] as Record<string, string> | undefined)?.[name] ?? '';
    });
  }
}

function makeNode(context: ClusterContext, node: SimulatedNode): KubernetesObject {
  const { blueprint, clock, random } = context;
  const { netConf, keys } = blueprint;
  const external = findExternalInterface(node.kernel, netConf.enableIPv6);
  const macs = netConf.backend.type === 'vxlan' ? makeVxlanLinks(context, node) : {};
  const facts = {
    uid: random.uuid(),
    bootId: node.bootId,
    machineId: random.hex(32),
    annotations: {},
    createdAt: ageOf(clock.now()),
    now: clock.now(),
  };
  const bare = nodeObject(blueprint, node.options, facts);
  if (external === undefined) return bare;
  const annotations = ownAnnotations(keys, { node: bare, config: netConf, external, macs });
  return nodeObject(blueprint, node.options, { ...facts, annotations });
}

/** The links must exist before the Node object, whose annotation tells their MACs. */
function makeVxlanLinks({ blueprint, random }: ClusterContext, node: SimulatedNode): VtepMacs {
  const { netConf, families, interfaceName } = blueprint;
  const { vni, port } = netConf.backend;
  const external = findExternalInterface(node.kernel, netConf.enableIPv6);
  const macs: Partial<Record<Family, string>> = {};
  if (external === undefined) return macs;
  for (const family of families) {
    const mac = (family === 4 ? node.options.vtepMac : undefined) ?? random.mac();
    macs[family] = mac;
    const local = family === 4 ? external.address : (external.address6 ?? '');
    const vxlan = { vni, local, lower: interfaceName, port: port === 0 ? KERNEL_VXLAN_PORT : port };
    node.kernel.addLink({
      name: vxlanName(family, vni),
      kind: 'vxlan',
      txqlen: 0,
      mac,
      mtu: podMtu(netConf, external),
      vxlan: { ...vxlan, learning: false },
    });
    node.kernel.setUp(vxlanName(family, vni), true);
  }
  return macs;
}

/** Starts flannel everywhere, and then the pods that need it. */
export function startWorkloads(
  context: ClusterContext,
  kubelet: FlannelKubelet,
  workloads: WorkloadController,
): void {
  const { blueprint, clock } = context;
  const createdAt = ageOf(clock.now());
  if (blueprint.names.runsIn === 'pods') startFlannelPods(context, kubelet, createdAt);
  else for (const { name } of blueprint.nodes) kubelet.daemon(name).start(createdAt);
  createCoreDns(context, workloads, createdAt);
  for (const { namespace, name, node, image } of blueprint.workloads) {
    const container = { name: 'main', image: image ?? 'docker.io/library/busybox:1.37' };
    const spec = { containers: [container] };
    workloads.createPod({ namespace, name, node, labels: { app: name }, spec, createdAt });
  }
}

function startFlannelPods(context: ClusterContext, kubelet: FlannelKubelet, createdAt: Date): void {
  const { blueprint, store } = context;
  const set = store.create('daemonsets.apps', flannelDaemonSet(blueprint));
  const template = templateOf(set);
  const owner = ownerReference(set);
  for (const { name } of blueprint.nodes) {
    const suffix = blueprint.flannelPodSuffixes[name];
    kubelet.createPod(name, owner, template, {
      createdAt,
      life: lifeOf(context, name, createdAt),
      ...(suffix === undefined ? {} : { suffix }),
    });
  }
}

function lifeOf(
  { blueprint, clock }: ClusterContext,
  node: string,
  createdAt: Date,
): ContainerLife {
  const { restarted } = blueprint;
  if (restarted?.node !== node) return { state: 'running', startedAt: createdAt, restartCount: 0 };
  const startedAt = new Date(clock.now().getTime() - restarted.daysAgo * DAY_MS);
  const { exitCode, reason } = restarted;
  const last = {
    exitCode,
    reason,
    startedAt: createdAt,
    finishedAt: new Date(startedAt.getTime() - 1000),
  };
  return { state: 'running', startedAt, restartCount: 1, last };
}

function createCoreDns(
  { blueprint, store }: ClusterContext,
  workloads: WorkloadController,
  createdAt: Date,
): void {
  const replicas = blueprint.coreDnsOn.length;
  const deployment = store.create('deployments.apps', coreDnsDeployment(replicas));
  store.create('replicasets.apps', coreDnsReplicaSet(replicas, deployment.metadata.uid ?? ''));
  store.create('services', dnsService());
  workloads.createCoreDns(blueprint.coreDnsOn, createdAt);
}
