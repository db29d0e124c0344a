// SPDX-License-Identifier: Apache-2.0
import { vtepMacOf, vxlanName } from '#simulation/flanneld/peer-entries.ts';
import type { Prefix } from '#simulation/kernel/prefix.ts';
import {
  containsAddress,
  formatAddress,
  formatPrefix,
  prefixOf,
} from '#simulation/kernel/prefix.ts';
import type { Route } from '#simulation/kernel/route-table.ts';
import type { KubernetesObject } from '#simulation/store.ts';
import type { ClusterContext } from './cluster-context.ts';
import { requireNode } from './cluster-context.ts';
import type { FlannelKubelet } from './flannel-kubelet.ts';
import { withReadiness } from './node-object.ts';
import type { SimulatedNode } from './simulated-node.ts';
import type { WorkloadController } from './workload-controller.ts';

/** What a fault works on. */
export interface FaultSite {
  readonly context: ClusterContext;
  readonly kubelet: FlannelKubelet;
  readonly workloads: WorkloadController;
  readonly node: SimulatedNode;
  /** Peer, MTU, MAC, address, percentage or limit, by fault; absent: the lab's default. */
  readonly argument?: string;
}

/** Takes a fault back. */
export type Undo = () => void;

/** Whether a route leads into a part of the network. */
export function holds(network: Prefix, { prefix }: Route): boolean {
  return prefix.length > network.length && containsAddress(network, prefix.value);
}

/** Name of the VXLAN link. @throws RangeError when the backend has none */
export function vxlanDev({ blueprint }: ClusterContext): string {
  const { type, vni } = blueprint.netConf.backend;
  if (type !== 'vxlan') throw new RangeError('this fault needs the vxlan backend');
  return vxlanName(4, vni);
}

/** UDP port of the cluster's VXLAN. */
export function vxlanPort({ blueprint }: ClusterContext): number {
  const { port } = blueprint.netConf.backend;
  return port === 0 ? 8472 : port;
}

/** The peer that the argument names. @throws RangeError when it names none */
export function requirePeer({ context, node, argument }: FaultSite): SimulatedNode {
  if (argument === undefined || argument === node.name) {
    throw new RangeError(`this fault needs a peer other than ${node.name}`);
  }
  return requireNode(context, argument);
}

/** The node's route to the peer. @throws RangeError when there is none */
export function peerRoute(site: FaultSite): { prefix: Route['prefix']; route: Route } {
  const prefix = prefixOf(requirePeer(site).options.podCIDR);
  const [route] = site.node.kernel.routes[4].group(prefix);
  if (route === undefined) throw new RangeError(`no route to ${formatPrefix(prefix)}`);
  return { prefix, route };
}

/** Link, gateway and MAC of the peer's tunnel end. */
export function peerEnd(site: FaultSite): { dev: string; gateway: string; mac: string } {
  const peer = requirePeer(site);
  const dev = vxlanDev(site.context);
  const data = annotationsOf({ ...site, node: peer })[site.context.blueprint.keys.backendData];
  const gateway = formatAddress(4, prefixOf(peer.options.podCIDR).value);
  return { dev, gateway, mac: vtepMacOf(data ?? '') ?? '' };
}

/** An undo that deletes the node's flannel pod. */
export function restartFlannel({ context, kubelet, node }: FaultSite): Undo {
  return () => {
    const name = kubelet.podName(node.name);
    if (name !== undefined) context.store.delete('pods', name, context.blueprint.names.namespace);
  };
}

function nodeObjectOf({ context, node }: FaultSite): KubernetesObject {
  const object = context.store.get('nodes', node.name);
  if (object === undefined) throw new RangeError(`there is no Node ${node.name}`);
  return object;
}

/** Annotations of the node. */
export function annotationsOf(site: FaultSite): Record<string, string> {
  return nodeObjectOf(site).metadata.annotations ?? {};
}

/** Changes one annotation; the undo writes the old value. */
export function annotate(site: FaultSite, key: string, value: string): Undo {
  const write = (text: string | undefined): void => {
    const object = nodeObjectOf(site);
    const others = Object.entries(object.metadata.annotations ?? {}).filter(
      ([name]) => name !== key,
    );
    const annotations = Object.fromEntries(text === undefined ? others : [...others, [key, text]]);
    const metadata = { ...object.metadata, annotations };
    site.context.store.update('nodes', { ...object, metadata });
  };
  const before = annotationsOf(site)[key];
  write(value);
  return () => {
    write(before);
  };
}

/** Deletes a Node and makes it again as its kubelet would: without flannel's annotations. */
export function recreateNode(site: FaultSite, podCIDR?: string): void {
  const { store, clock, random } = site.context;
  const object = nodeObjectOf(site);
  store.delete('nodes', site.node.name);
  const { name, labels } = object.metadata;
  const spec = object['spec'] as Record<string, unknown>;
  const annotations = withoutFlannel(site.context, object.metadata.annotations ?? {});
  store.create('nodes', {
    ...object,
    metadata: {
      name,
      uid: random.uuid(),
      creationTimestamp: clock
        .now()
        .toISOString()
        .replace(/\.\d+Z$/, 'Z'),
      labels: { ...labels },
      annotations,
    },
    spec: podCIDR === undefined ? spec : { ...spec, podCIDR, podCIDRs: [podCIDR] },
  });
}

function withoutFlannel(
  { blueprint }: ClusterContext,
  annotations: Record<string, string>,
): Record<string, string> {
  const own = new Set(Object.values(blueprint.keys));
  return Object.fromEntries(Object.entries(annotations).filter(([key]) => !own.has(key)));
}

/** Removes flannel's annotations from a Node. */
export function removeAnnotations(context: ClusterContext, node: string): void {
  const object = context.store.get('nodes', node);
  if (object === undefined) return;
  const annotations = withoutFlannel(context, object.metadata.annotations ?? {});
  context.store.update('nodes', { ...object, metadata: { ...object.metadata, annotations } });
}

/** The DaemonSet with a memory limit, for pods that are made from now on. */
export function withMemoryLimit(set: KubernetesObject, limit: string): KubernetesObject {
  const changed = structuredClone(set);
  const spec = changed['spec'] as {
    updateStrategy: Record<string, unknown>;
    template: { spec: { containers: { resources?: unknown }[] } };
  };
  spec.updateStrategy = { type: 'OnDelete' };
  const [container] = spec.template.spec.containers;
  if (container !== undefined) {
    container.resources = { requests: { cpu: '100m', memory: limit }, limits: { memory: limit } };
  }
  return changed;
}

/** What the kubelet of a node that was started anew writes about its kernel. */
export function tellBoot({ store }: ClusterContext, { name, bootId }: SimulatedNode): void {
  const object = store.get('nodes', name);
  if (object === undefined) return;
  const status = object['status'] as Record<string, unknown>;
  const nodeInfo = { ...(status['nodeInfo'] as object), bootID: bootId };
  store.update('nodes', { ...object, status: { ...status, nodeInfo } });
}

/** Writes the Ready condition of a Node. */
export function setReady(context: ClusterContext, node: string, ready: boolean): void {
  const object = context.store.get('nodes', node);
  if (object !== undefined) {
    context.store.update('nodes', withReadiness(object, ready, context.clock.now()));
  }
}
