// SPDX-License-Identifier: Apache-2.0
import type { FlannelLog, LogLine } from '#simulation/flanneld/flannel-log.ts';
import { NodeFiles } from '#simulation/kernel/node-files.ts';
import type { PingOutcome, PingSource } from '#simulation/packet-walk/ping.ts';
import type { Machine } from '#simulation/shell/program.ts';
import type { KubernetesObject } from '#simulation/store.ts';
import type {
  ExecFailure,
  ExecRequest,
  ExecResult,
  LogOptions,
} from '#simulation/workload-backend.ts';
import type { ClusterContext } from './cluster-context.ts';
import type { ImageFlavour } from './cluster-options.ts';
import { containerMachine } from './container-programs.ts';
import { DNS_SERVICE_IP } from './coredns-objects.ts';
import type { FlannelKubelet } from './flannel-kubelet.ts';
import type { WorkloadController } from './workload-controller.ts';

interface FoundSpec {
  readonly nodeName?: string;
  readonly hostNetwork?: boolean;
  readonly containers: readonly {
    readonly name: string;
    readonly image: string;
    readonly securityContext?: { readonly capabilities?: { readonly add?: readonly string[] } };
  }[];
}

/** A container by its place. */
export interface ContainerReference {
  readonly namespace: string;
  readonly pod: string;
  /** Absent: the pod's first. */
  readonly container: string | undefined;
}

type Ping = (
  source: PingSource,
  probe: { destination: string; bytes: number; dontFragment: boolean },
) => PingOutcome;

interface FoundContainer {
  readonly object: KubernetesObject;
  readonly name: string;
  readonly node: string;
  /** Node whose flannel container it is; absent for other pods. */
  readonly flannelNode?: string;
  /** Of a pod that is no flannel pod and shares the host's network. */
  readonly hostNetwork?: HostNetworkContainer;
}

interface HostNetworkContainer {
  readonly image: string;
  readonly mayAdmin: boolean;
  readonly mayReadLog: boolean;
}

/** The kubelets' exec and log endpoints. */
export class ContainerAccess {
  readonly #context: ClusterContext;
  readonly #kubelet: FlannelKubelet;
  readonly #workloads: WorkloadController;
  readonly #ping: Ping;

  constructor(
    context: ClusterContext,
    kubelet: FlannelKubelet,
    workloads: WorkloadController,
    ping: Ping,
  ) {
    this.#context = context;
    this.#kubelet = kubelet;
    this.#workloads = workloads;
    this.#ping = ping;
  }

  /** Runs a command. A command that is no path is looked up in `$PATH`. */
  exec(request: ExecRequest): ExecResult | ExecFailure {
    const { namespace, pod, container, command, stdin = '' } = request;
    const found = this.#find({ namespace, pod, container });
    if ('failure' in found) return found;
    if (
      isFlannel(found) &&
      found.flannelNode !== undefined &&
      !this.#kubelet.isRunning(found.flannelNode)
    ) {
      return { failure: 'container-not-running', message: `container not found ("${found.name}")` };
    }
    const [first = '', ...args] = command;
    const machine = this.#machineOf(found);
    const program = machine.programs.get(first.replace(/^\/(usr\/)?s?bin\//, ''));
    if (program === undefined) return this.#executableNotFound(first);
    const [output, errors]: [string[], string[]] = [[], []];
    const exitCode = program({
      args,
      stdin,
      files: machine.files,
      out: (text) => output.push(text),
      err: (text) => errors.push(text),
    });
    return { stdout: output.join(''), stderr: errors.join(''), exitCode };
  }

  /** Reads a log. */
  log(reference: ContainerReference, options: LogOptions): string | ExecFailure {
    const found = this.#find(reference);
    if ('failure' in found) return found;
    const log = this.#logOf(found, options.previous === true);
    if (log === undefined) {
      const message = `previous terminated container "${found.name}" in pod "${reference.pod}" not found`;
      return { failure: 'container-not-found', message };
    }
    return renderLog(log.lines(), options);
  }

  #logOf(found: FoundContainer, previous: boolean): Pick<FlannelLog, 'lines'> | undefined {
    const { flannelNode } = found;
    if (flannelNode === undefined || !isFlannel(found)) {
      return previous ? undefined : { lines: () => [] };
    }
    // Of a container that waits for its restart the last life is shown.
    const current = this.#kubelet.isRunning(flannelNode);
    if (current && !previous) return this.#kubelet.daemon(flannelNode).log;
    return this.#kubelet.previousLog(flannelNode);
  }

  #find({ namespace, pod, container }: ContainerReference): FoundContainer | ExecFailure {
    const object = this.#context.store.get('pods', pod, namespace);
    if (object === undefined) {
      return { failure: 'container-not-found', message: `pods "${pod}" not found` };
    }
    const spec = object['spec'] as FoundSpec;
    const names = spec.containers.map(({ name }) => name);
    const name = container ?? names[0] ?? '';
    if (!names.includes(name)) {
      const message = `container ${name} is not valid for pod ${pod}`;
      return { failure: 'container-not-found', message };
    }
    const machine = this.#context.nodes.get(spec.nodeName ?? '');
    if (machine?.powered !== true) {
      const target = `${machine?.options.address ?? ''}:10250`;
      const message = `error dialing backend: dial tcp ${target}: connect: no route to host`;
      return { failure: 'node-unreachable', message };
    }
    return this.#placed({ object, name, node: machine.name });
  }

  #placed(base: FoundContainer): FoundContainer | ExecFailure {
    const { object, name } = base;
    const flannelNode = this.#kubelet.nodeOf(object.metadata.name);
    if (flannelNode !== undefined) return { ...base, flannelNode };
    const hostNetwork = hostNetworkOf(object, name);
    if (hostNetwork === undefined) return base;
    if (isRunning(object)) return { ...base, hostNetwork };
    return { failure: 'container-not-running', message: `container not found ("${name}")` };
  }

  #machineOf(found: FoundContainer): Machine {
    const { blueprint, clock, nodes } = this.#context;
    const node = nodes.get(found.node);
    if (node === undefined || found.name === 'coredns') {
      // The CoreDNS image holds one binary and no shell.
      return { files: new NodeFiles(), programs: new Map() };
    }
    const { name, namespace = '' } = found.object.metadata;
    const inHostNetwork = found.flannelNode !== undefined || found.hostNetwork !== undefined;
    const podAddress = this.#workloads.pod(namespace, name)?.address;
    const source: PingSource = { node, ...(podAddress === undefined ? {} : { podAddress }) };
    return containerMachine({
      hostname: inHostNetwork ? node.name : name,
      files: filesOf(found, node.files),
      kernelVersion: blueprint.kernelVersion,
      now: () => clock.now(),
      echo: (destination, bytes) => this.#ping(source, { destination, bytes, dontFragment: false }),
      answersDns: (server) => this.#answersDns(source, server),
      ...(inHostNetwork
        ? { network: { kernel: node.kernel, ...toolsOf(found, blueprint.image) } }
        : {}),
      ...(found.hostNetwork?.mayReadLog === true
        ? { kernelLog: this.#kubelet.kills(node.name).log }
        : {}),
    });
  }

  /** Whether the cluster's DNS answers a query; kube-proxy hands one for the Service to any of its pods. */
  #answersDns(source: PingSource, server: string): boolean {
    const addresses = this.#workloads.dnsAddresses();
    const chosen =
      server === DNS_SERVICE_IP
        ? addresses[this.#context.random.integer(addresses.length)]
        : server;
    if (chosen === undefined || !addresses.includes(chosen)) return false;
    return this.#ping(source, { destination: chosen, bytes: 90, dontFragment: false }).delivered;
  }

  /** containerd's words. */
  #executableNotFound(name: string): ExecFailure {
    const where = name.includes('/')
      ? 'no such file or directory'
      : 'executable file not found in $PATH';
    const id = this.#context.random.hex(64);
    const cause = `exec failed: unable to start container process: exec: "${name}": `;
    const path = name.includes('/') ? `stat ${name}: ` : '';
    return {
      failure: 'executable-not-found',
      message:
        `failed to exec in container: failed to start exec "${id}": OCI runtime exec failed: ` +
        `${cause}${path}${where}: unknown`,
    };
  }
}

function hostNetworkOf(object: KubernetesObject, name: string): HostNetworkContainer | undefined {
  const { hostNetwork, containers } = object['spec'] as FoundSpec;
  const container = containers.find((each) => each.name === name);
  if (hostNetwork !== true || container === undefined) return undefined;
  const added = container.securityContext?.capabilities?.add ?? [];
  return {
    image: container.image,
    mayAdmin: added.includes('NET_ADMIN'),
    mayReadLog: added.includes('SYSLOG'),
  };
}

function isRunning(object: KubernetesObject): boolean {
  return (object['status'] as { phase?: string } | undefined)?.phase === 'Running';
}

/** Canal's pods have another container, which sees none of flannel's files. */
function isFlannel({ flannelNode, name }: FoundContainer): boolean {
  return flannelNode !== undefined && name === 'kube-flannel';
}

function filesOf(found: FoundContainer, files: NodeFiles): NodeFiles {
  if (isFlannel(found)) return files;
  const { flannelNode, hostNetwork } = found;
  return hostNetwork === undefined && flannelNode === undefined
    ? new NodeFiles()
    : files.only('/proc', '/sys');
}

/** Images other than flannel's have BusyBox when they are named after it, else iproute2. */
function toolsOf(
  found: FoundContainer,
  flannelImage: ImageFlavour,
): { image: ImageFlavour; mayAdmin: boolean } {
  const { hostNetwork } = found;
  if (found.flannelNode !== undefined && !isFlannel(found)) {
    return { image: 'iproute2', mayAdmin: true };
  }
  if (hostNetwork === undefined) return { image: flannelImage, mayAdmin: true };
  const { image, mayAdmin } = hostNetwork;
  if (image.includes('flannel')) return { image: flannelImage, mayAdmin };
  return { image: image.includes('busybox') ? 'busybox' : 'iproute2', mayAdmin };
}

function renderLog(lines: readonly LogLine[], options: LogOptions): string {
  const { sinceTime, tailLines, timestamps } = options;
  const since = sinceTime === undefined ? -Infinity : Date.parse(sinceTime);
  const recent = lines.filter(({ at }) => at.getTime() >= since);
  const shown =
    tailLines === undefined ? recent : recent.slice(Math.max(0, recent.length - tailLines));
  return shown
    .map(({ at, text }) => (timestamps === true ? `${at.toISOString()} ${text}\n` : `${text}\n`))
    .join('');
}
