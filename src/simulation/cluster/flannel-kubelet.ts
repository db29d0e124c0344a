// SPDX-License-Identifier: Apache-2.0
import type { FlannelExit } from '#simulation/flanneld/flannel-host.ts';
import { Flanneld } from '#simulation/flanneld/flanneld.ts';
import type { FlannelLog } from '#simulation/flanneld/flannel-log.ts';
import type { KubernetesObject, OwnerReference } from '#simulation/store.ts';
import type { ClusterContext } from './cluster-context.ts';
import { requireNode } from './cluster-context.ts';
import { MemoryKills } from './memory-kills.ts';
import { timestamp } from './node-object.ts';
import type { ContainerLife, PodSpecification } from './pod-objects.ts';
import { podObject, podStatus } from './pod-objects.ts';

/** Memory below which flanneld is killed 1 to 2 s after its start; an idle one needs 9 to 10 MiB (lab). */
const FLANNEL_NEEDS_BYTES = 10 * 1024 * 1024;
/** Delay before a crashed container is started again, the first time. */
const BACK_OFF_MS = 10_000;

interface FlannelPod {
  specification: PodSpecification;
  previousLog?: FlannelLog;
  /** Ends a pending restart or kill. */
  cancel?: () => void;
}

/** Pod template of a DaemonSet. */
export interface PodTemplate {
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: Readonly<Record<string, unknown>>;
}

/** The container's first process, as proc_pid_stat(5) shows it. */
function statLine({ frozen }: Flanneld): string {
  const counters = '0 1 1 0 -1 4194560 2843 0 0 0 44 30 0 0 20 0 14 0 518 1290506240 9216';
  return `1 (flanneld) ${frozen ? 'T' : 'S'} ${counters}\n`;
}

/** The kubelets' part for flannel: its pods, the life of their containers, their status in the API. */
export class FlannelKubelet {
  readonly #context: ClusterContext;
  readonly #daemons = new Map<string, Flanneld>();
  readonly #pods = new Map<string, FlannelPod>();
  readonly #nodesByPod = new Map<string, string>();
  readonly #kills = new Map<string, MemoryKills>();

  constructor(context: ClusterContext) {
    this.#context = context;
  }

  /** The flanneld of a node, running or not. */
  daemon(node: string): Flanneld {
    const existing = this.#daemons.get(node);
    if (existing !== undefined) return existing;
    const { store, clock, random, leases, blueprint } = this.#context;
    const machine = requireNode(this.#context, node);
    const host = {
      nodeName: node,
      get kernel() {
        return machine.kernel;
      },
      files: machine.files,
      store,
      leases,
      version: blueprint.flannelVersion,
      flags: blueprint.names.flags,
      randomMac: () => random.mac(),
      now: () => clock.now(),
    };
    const daemon = new Flanneld(host, (exit) => {
      this.crash(node, exit);
    });
    this.#daemons.set(node, daemon);
    machine.files.set('/proc/1/stat', () => statLine(daemon));
    this.kills(node);
    return daemon;
  }

  /** What a node's kernel tells of its kills for memory. */
  kills(node: string): MemoryKills {
    const known = this.#kills.get(node);
    if (known !== undefined) return known;
    const { clock } = this.#context;
    const { files } = requireNode(this.#context, node);
    const kills = new MemoryKills(() => clock.now(), files);
    this.#kills.set(node, kills);
    return kills;
  }

  /** Lets the kernel kill a child of flanneld, which goes on. */
  killChild(node: string, process: string): void {
    const pod = this.#pods.get(node);
    if (pod === undefined) throw new RangeError(`${node} has no flannel pod`);
    this.#killIn(node, pod.specification, { process, pid: 4711 });
  }

  #killIn(
    node: string,
    { uid, containerId, spec }: PodSpecification,
    victim: { process: string; pid: number },
  ): void {
    const limitBytes = memoryLimitOf(spec) ?? 50 * 1024 * 1024;
    this.kills(node).kill({ ...victim, podUid: uid, containerId, limitBytes });
  }

  /** All daemons that were ever asked for. */
  daemons(): Iterable<Flanneld> {
    return this.#daemons.values();
  }

  /** Node of a flannel pod; undefined when the pod is not flannel's. */
  nodeOf(podName: string): string | undefined {
    return this.#nodesByPod.get(podName);
  }

  /** Name of a node's flannel pod. */
  podName(node: string): string | undefined {
    return this.#pods.get(node)?.specification.name;
  }

  /** Log of the life before; undefined when there was none. */
  previousLog(node: string): FlannelLog | undefined {
    return this.#pods.get(node)?.previousLog;
  }

  /** Whether the container runs; a frozen process does. */
  isRunning(node: string): boolean {
    return this.#pods.get(node)?.specification.life.state === 'running';
  }

  /** Makes a node's flannel pod from the template and starts its container. */
  createPod(
    node: string,
    owner: OwnerReference,
    { labels, spec }: PodTemplate,
    options: { suffix?: string; createdAt?: Date; life?: ContainerLife } = {},
  ): void {
    const { store, random, clock, blueprint } = this.#context;
    const machine = requireNode(this.#context, node);
    const createdAt = options.createdAt ?? clock.now();
    const life = options.life ?? { state: 'running', startedAt: createdAt, restartCount: 0 };
    const specification: PodSpecification = {
      name: this.#freeName(blueprint.names.daemonSet, options.suffix),
      namespace: blueprint.names.namespace,
      uid: random.uuid(),
      labels,
      owner,
      node,
      hostIp: machine.hostIp,
      podIp: machine.hostIp,
      spec,
      createdAt,
      life,
      containerId: random.hex(64),
    };
    this.#pods.set(node, { specification });
    this.#nodesByPod.set(specification.name, node);
    store.create('pods', podObject(specification));
    this.#startContainer(node);
  }

  #freeName(prefix: string, suffix?: string): string {
    let name = `${prefix}-${suffix ?? this.#context.random.nameSuffix()}`;
    while (this.#nodesByPod.has(name)) name = `${prefix}-${this.#context.random.nameSuffix()}`;
    return name;
  }

  /** Ends a node's container because its pod is gone. */
  removePod(node: string): void {
    const pod = this.#pods.get(node);
    pod?.cancel?.();
    this.#nodesByPod.delete(pod?.specification.name ?? '');
    this.#pods.delete(node);
    this.daemon(node).stop();
  }

  /** The container ended by itself or was killed; the kubelet starts it again, at once the first time. */
  crash(node: string, exit: FlannelExit): void {
    const pod = this.#pods.get(node);
    if (pod === undefined) return;
    const { clock } = this.#context;
    const daemon = this.daemon(node);
    const { life } = pod.specification;
    pod.previousLog = daemon.log;
    daemon.stop();
    const last = { ...exit, startedAt: life.startedAt, finishedAt: clock.now() };
    const firstCrash = life.restartCount === 0 && exit.reason !== 'OOMKilled';
    this.#setLife(node, {
      state: 'waiting',
      startedAt: life.startedAt,
      restartCount: life.restartCount,
      last,
    });
    if (firstCrash) {
      this.#restart(node);
      return;
    }
    this.#recordBackOff(pod.specification);
    pod.cancel = clock.after(BACK_OFF_MS, () => {
      this.#restart(node);
    });
  }

  /** Starts the container of a node that was started anew. */
  reboot(node: string): void {
    if (this.#context.blueprint.names.runsIn === 'process') {
      this.daemon(node).start();
      return;
    }
    const pod = this.#pods.get(node);
    if (pod === undefined) return;
    pod.cancel?.();
    const { life } = pod.specification;
    const ended = { exitCode: 255, reason: 'Unknown', finishedAt: this.#context.clock.now() };
    pod.previousLog = this.daemon(node).log;
    pod.specification = {
      ...pod.specification,
      life: { ...life, last: { ...ended, startedAt: life.startedAt } },
    };
    this.#restart(node);
  }

  #restart(node: string): void {
    const pod = this.#pods.get(node);
    if (pod === undefined || !requireNode(this.#context, node).powered) return;
    const { life } = pod.specification;
    pod.specification = {
      ...pod.specification,
      endedId: pod.specification.containerId,
      containerId: this.#context.random.hex(64),
    };
    this.#setLife(node, {
      ...life,
      state: 'running',
      startedAt: this.#context.clock.now(),
      restartCount: life.restartCount + 1,
    });
    this.#startContainer(node);
  }

  #startContainer(node: string): void {
    const pod = this.#pods.get(node);
    if (pod === undefined) return;
    const limit = memoryLimitOf(pod.specification.spec);
    this.kills(node).restart();
    if (limit !== undefined && limit <= FLANNEL_NEEDS_BYTES) {
      this.#killIn(node, pod.specification, { process: 'flanneld', pid: 4242 });
      this.crash(node, { exitCode: 137, reason: 'OOMKilled' });
      return;
    }
    const exit = this.daemon(node).start(pod.specification.life.startedAt);
    if (exit !== undefined) this.crash(node, exit);
  }

  #setLife(node: string, life: ContainerLife): void {
    const pod = this.#pods.get(node);
    if (pod === undefined) return;
    pod.specification = { ...pod.specification, life };
    const { store } = this.#context;
    const { name, namespace } = pod.specification;
    const current = store.get('pods', name, namespace);
    if (current === undefined) return;
    store.update('pods', { ...current, status: podStatus(pod.specification) });
  }

  #recordBackOff({ name, namespace, uid, node }: PodSpecification): void {
    const { store, clock, random } = this.#context;
    const at = timestamp(clock.now());
    const event: KubernetesObject = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${name}.${random.hex(16)}`, namespace },
      involvedObject: {
        apiVersion: 'v1',
        kind: 'Pod',
        name,
        namespace,
        uid,
        fieldPath: 'spec.containers{kube-flannel}',
      },
      type: 'Warning',
      reason: 'BackOff',
      message: `Back-off restarting failed container kube-flannel in pod ${name}_${namespace}(${uid})`,
      source: { component: 'kubelet', host: node },
      firstTimestamp: at,
      lastTimestamp: at,
      count: 1,
    };
    store.create('events', event);
  }
}

/** Memory limit of flannel's container, or of a pod's first, in bytes; undefined when there is none. Knows the suffixes Ki, Mi, Gi. */
export function memoryLimitOf(spec: Readonly<Record<string, unknown>>): number | undefined {
  const containers = spec['containers'] as readonly {
    name?: string;
    resources?: { limits?: { memory?: string } };
  }[];
  const flannel = containers.find(({ name }) => name === 'kube-flannel') ?? containers[0];
  const text = flannel?.resources?.limits?.memory;
  const match = /^(\d+)(Ki|Mi|Gi)?$/.exec(text ?? '');
  if (match === null) return undefined;
  const exponent = { Ki: 1, Mi: 2, Gi: 3 }[match[2] ?? ''] ?? 0;
  return Number(match[1]) * 1024 ** exponent;
}
