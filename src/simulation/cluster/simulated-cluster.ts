// SPDX-License-Identifier: Apache-2.0
import { KernelError } from '#simulation/kernel/kernel-error.ts';
import { prefixOf } from '#simulation/kernel/prefix.ts';
import type { PingOutcome, PingSource } from '#simulation/packet-walk/ping.ts';
import { ping } from '#simulation/packet-walk/ping.ts';
import type { ObjectStore } from '#simulation/store.ts';
import type {
  ExecFailure,
  ExecRequest,
  ExecResult,
  LogOptions,
  Usage,
  WorkloadBackend,
} from '#simulation/workload-backend.ts';
import { makeContext, startWorkloads } from './build-cluster.ts';
import type { ClusterContext } from './cluster-context.ts';
import { requireNode } from './cluster-context.ts';
import type { ClusterOptions } from './cluster-options.ts';
import { ContainerAccess } from './container-access.ts';
import type { FaultName } from './faults.ts';
import { FAULTS } from './faults.ts';
import { FlannelKubelet } from './flannel-kubelet.ts';
import { ForeignPods } from './foreign-pods.ts';
import type { SimulatedNode } from './simulated-node.ts';
import { readUsage } from './usage.ts';
import { WorkloadController } from './workload-controller.ts';

/** An injected fault. */
export interface Fault {
  readonly name: FaultName;
  readonly node: string;
  /** Undoes it; a second call does nothing. */
  heal(): void;
}

/** A node, or a pod in the pod network, as the end of a probe. */
export type Endpoint =
  { readonly node: string } | { readonly namespace: string; readonly pod: string };

/** How often host-gw looks after its routes (flannel@v0.28.9:pkg/backend/route_network.go, routeCheckRetries). */
const ROUTE_CHECK_MS = 10_000;
/** `--iptables-resync`. */
const RULE_CHECK_MS = 5000;

/**
 * A cluster in the process: kernels, a flanneld per node, the objects of the API, and a packet walk
 * over the kernels. All calls are synchronous; nothing happens between them but what `advance` or
 * the clock brings.
 */
export class SimulatedCluster implements WorkloadBackend {
  readonly store: ObjectStore;
  readonly #context: ClusterContext;
  readonly #kubelet: FlannelKubelet;
  readonly #workloads: WorkloadController;
  readonly #access: ContainerAccess;
  readonly #faults: Fault[] = [];

  /** @throws RangeError when the options contradict each other */
  constructor(options: ClusterOptions = {}) {
    const context = makeContext(options);
    this.#context = context;
    this.store = context.store;
    this.#kubelet = new FlannelKubelet(context);
    this.#workloads = new WorkloadController(context, this.#kubelet);
    this.#access = new ContainerAccess(
      context,
      this.#kubelet,
      this.#workloads,
      this.#ping.bind(this),
    );
    startWorkloads(context, this.#kubelet, this.#workloads);
    const foreignPods = new ForeignPods(context);
    this.store.subscribe((resource, type, object, previous) => {
      if (resource === 'nodes') {
        if (type === 'DELETED') context.leases.remove(object.metadata.name);
        else context.leases.put(object);
        const event = { type, object, ...(previous === undefined ? {} : { previous }) };
        for (const daemon of this.#kubelet.daemons()) daemon.handle(event);
      }
      this.#workloads.handle(resource, type, object, previous);
      foreignPods.handle(resource, type, object);
    });
    context.clock.every(RULE_CHECK_MS, () => {
      for (const daemon of this.#kubelet.daemons()) daemon.recheckRules();
    });
    if (['host-gw', 'ipip'].includes(context.blueprint.netConf.backend.type)) {
      context.clock.every(ROUTE_CHECK_MS, () => {
        for (const daemon of this.#kubelet.daemons()) daemon.recheck();
      });
    }
  }

  /** Names of the nodes, in the order of their making. */
  get nodeNames(): readonly string[] {
    return [...this.#context.nodes.keys()];
  }

  /** The cluster's time. */
  now(): Date {
    return this.#context.clock.now();
  }

  /**
   * A machine with its kernel, to look at or to damage by hand.
   *
   * @throws RangeError when there is no such node
   */
  node(name: string): SimulatedNode {
    return requireNode(this.#context, name);
  }

  /** Runs a command in a container. */
  exec(request: ExecRequest): ExecResult | ExecFailure {
    this.#context.clock.catchUp();
    return this.#access.exec(request);
  }

  /** Reads a container's log. */
  log(
    namespace: string,
    pod: string,
    container: string | undefined,
    options: LogOptions,
  ): string | ExecFailure {
    this.#context.clock.catchUp();
    return this.#access.log({ namespace, pod, container }, options);
  }

  /** Reads resource usage. */
  usage(): Usage {
    this.#context.clock.catchUp();
    return readUsage(this.#context);
  }

  /**
   * Injects a fault.
   *
   * @param argument the peer, MTU, MAC, address, percentage or memory limit, by fault; absent: the lab's default
   * @throws RangeError when the node or the peer does not exist, or the fault needs another backend
   */
  fault(name: FaultName, node: string, argument?: string): Fault {
    const machine = this.node(node);
    const undo = FAULTS[name]({
      context: this.#context,
      kubelet: this.#kubelet,
      workloads: this.#workloads,
      node: machine,
      ...(argument === undefined ? {} : { argument }),
    });
    let healed = false;
    const fault: Fault = {
      name,
      node,
      heal: () => {
        if (healed) return;
        healed = true;
        this.#undo(undo, node);
      },
    };
    this.#faults.push(fault);
    return fault;
  }

  /** Undoes all faults, the last first. */
  heal(): void {
    for (const fault of this.#faults.splice(0).reverse()) fault.heal();
  }

  /** Deletes a node's flannel pod, as `kubectl delete pod` does; the DaemonSet makes a new one. */
  restartFlannel(node: string): void {
    const name = this.#kubelet.podName(this.node(node).name);
    if (name !== undefined) this.store.delete('pods', name, this.flannelNamespace);
  }

  /** Lets a node's kernel kill a child of flanneld for memory: the container goes on, and the API shows nothing. */
  killFlannelChild(node: string, process: string): void {
    this.#kubelet.killChild(node, process);
  }

  /** Namespace of flannel's pods. */
  get flannelNamespace(): string {
    return this.#context.blueprint.names.namespace;
  }

  /** Name of a node's flannel pod; undefined while it has none. */
  flannelPod(node: string): string | undefined {
    return this.#kubelet.podName(node);
  }

  /** Lets time pass: host-gw's check, restarts after a back-off, readiness of nodes. */
  advance(milliseconds: number): void {
    this.#context.clock.advance(milliseconds);
  }

  /**
   * Sends one echo request.
   *
   * @param options `bytes` of payload, default 56; `dontFragment`, default false
   * @throws RangeError when an end does not exist
   */
  ping(
    from: Endpoint,
    to: Endpoint,
    options: { readonly bytes?: number; readonly dontFragment?: boolean } = {},
  ): PingOutcome {
    const destination = this.#addressOf(to);
    const { bytes = 56, dontFragment = false } = options;
    return this.#ping(this.#sourceOf(from), { destination, bytes, dontFragment });
  }

  #ping(
    source: PingSource,
    probe: { destination: string; bytes: number; dontFragment: boolean },
  ): PingOutcome {
    const { underlay, blueprint, nodes } = this.#context;
    const machine = nodes.get(source.node.name);
    if (machine?.powered !== true) {
      return { delivered: false, lost: 'request', at: source.node.name, reason: 'node is down' };
    }
    const { network, ipv6Network } = blueprint.netConf;
    const podNetworks = [network, ...(ipv6Network === undefined ? [] : [ipv6Network])].map(
      prefixOf,
    );
    return ping(underlay, { ...probe, source, podNetworks });
  }

  #undo(undo: () => void, node: string): void {
    try {
      undo();
    } catch (error) {
      // The state has changed since; flannel's start puts right what can be put right.
      if (!(error instanceof KernelError)) throw error;
      this.restartFlannel(node);
    }
  }

  #sourceOf(end: Endpoint): PingSource {
    if ('node' in end) return { node: this.node(end.node) };
    const { node, address } = this.#podOf(end);
    return { node: this.node(node), podAddress: address };
  }

  #addressOf(end: Endpoint): string {
    return 'node' in end ? this.node(end.node).options.address : this.#podOf(end).address;
  }

  #podOf({ namespace, pod }: { namespace: string; pod: string }): {
    node: string;
    address: string;
  } {
    const found = this.#workloads.pod(namespace, pod);
    if (found === undefined) throw new RangeError(`no pod ${namespace}/${pod} in the pod network`);
    return found;
  }
}
