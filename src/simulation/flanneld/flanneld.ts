// SPDX-License-Identifier: Apache-2.0
import type { Prefix } from '#simulation/kernel/prefix.ts';
import { formatAddress, formatPrefix } from '#simulation/kernel/prefix.ts';
import { ensureFlannelRules } from '#simulation/netfilter/packet-rules.ts';
import type { KubernetesObject } from '#simulation/store.ts';
import type { FlannelExit, FlannelHost, FlannelRun } from './flannel-host.ts';
import { acquireLease } from './acquire-lease.ts';
import type { ExternalInterface } from './external-interface.ts';
import { findExternalInterface, subnetEnv } from './external-interface.ts';
import type { Severity } from './flannel-log.ts';
import { FlannelLog } from './flannel-log.ts';
import type { NetConf } from './net-conf.ts';
import { parseNetConf } from './net-conf.ts';
import { vxlanName } from './peer-entries.ts';
import { addPeer, recheckRoutes, removePeer, replayPeers } from './programming.ts';
import { ensureTunnelLinks, tunnelName } from './tunnel-link.ts';
import { isRelevantUpdate, readLease, sameSubnet } from './subnet-lease.ts';
import { ensureVxlanLinks } from './vxlan-link.ts';

/** What flanneld does about the loss of its VXLAN link; decided by its version. */
export type LinkWatch = 'none' | 'panics' | 'recreates';

/**
 * v0.27.4 brought the watcher, which on IPv4-only clusters panics before v0.28.5
 * (flannel-io/flannel#2433).
 */
export function linkWatchOf(version: string, enableIPv6: boolean): LinkWatch {
  const [, minor = 0, patch = 0] = version.replace(/^v/, '').split('.').map(Number);
  const number = minor * 1000 + patch;
  if (number < 27_004) return 'none';
  return number < 28_005 && !enableIPv6 ? 'panics' : 'recreates';
}

interface NodeEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: KubernetesObject;
  readonly previous?: KubernetesObject;
}

/**
 * One node's flanneld. It programs the kernel on events only; with vxlan it never looks whether
 * what it wrote is still there (flannel@v0.28.9:pkg/backend/vxlan/vxlan_network.go).
 */
export class Flanneld {
  readonly host: FlannelHost;
  /** Log of this life, or of the last when it is not running. */
  log: FlannelLog = new FlannelLog();
  #run: FlannelRun | undefined;
  #frozen = false;
  #missed: NodeEvent[] = [];
  #startingAt: Date | undefined;
  #unwatch: (() => void) | undefined;
  readonly #onExit: (exit: FlannelExit) => void;

  /** @param onExit called when it ends by itself, not when it is stopped */
  constructor(host: FlannelHost, onExit: (exit: FlannelExit) => void) {
    this.host = host;
    this.#onExit = onExit;
  }

  /** Whether the process exists; a frozen one does. */
  get running(): boolean {
    return this.#run !== undefined;
  }

  /** Whether the process is stopped by SIGSTOP. */
  get frozen(): boolean {
    return this.#frozen;
  }

  /**
   * Starts the process: link, address, annotations, subnet.env, then every node as if it were added.
   *
   * @param at when the log says it started; default now
   * @returns how it ended, when it could not start
   */
  start(at: Date = this.host.now()): FlannelExit | undefined {
    this.stop();
    this.log = new FlannelLog();
    this.#startingAt = at;
    const problem = this.#begin();
    this.#startingAt = undefined;
    if (problem === undefined) return undefined;
    this.#write('E', 'main.go:384', problem);
    this.stop();
    return { exitCode: 1, reason: 'Error' };
  }

  /** Ends the process; what it wrote into the kernel stays. */
  stop(): void {
    this.#unwatch?.();
    this.#unwatch = undefined;
    this.#run = undefined;
    this.#frozen = false;
    this.#missed = [];
  }

  /** SIGSTOP: the process stays, but does nothing; its watch goes on to queue events. */
  freeze(): void {
    if (this.running) this.#frozen = true;
  }

  /** SIGCONT: queued events are handled. */
  thaw(): void {
    this.#frozen = false;
    const missed = this.#missed;
    this.#missed = [];
    for (const event of missed) this.handle(event);
  }

  /** An event of the node informer. */
  handle(event: NodeEvent): void {
    const run = this.#run;
    if (run === undefined) return;
    if (this.#frozen) {
      this.#missed.push(event);
      return;
    }
    const { leases } = this.host;
    const { type, object, previous } = event;
    if (type === 'MODIFIED') {
      if (previous === undefined) return;
      if (!isRelevantUpdate(previous, object, leases.keys, leases.enabled)) return;
    }
    const reading = readLease(object, leases.keys, leases.enabled);
    if ('problem' in reading) {
      const text = `Error turning node "${object.metadata.name}" to lease: ${reading.problem}`;
      run.log('I', 'kube.go:337', text);
    }
    if (!('lease' in reading) || sameSubnet(reading.lease, run.own)) return;
    if (type === 'DELETED') removePeer(run, reading.lease);
    else addPeer(run, reading.lease);
  }

  /** The 10-second check of host-gw; nothing with vxlan. */
  recheck(): void {
    if (this.#run !== undefined && !this.#frozen) recheckRoutes(this.#run);
  }

  /** The 5-second check of iptables rules and of the blackhole route, with every backend. */
  recheckRules(): void {
    if (this.#run === undefined || this.#frozen) return;
    ensureRules(this.#run);
    ensureBlackhole(this.#run);
  }

  #write(severity: Severity, source: string, text: string): void {
    this.log.add(this.#startingAt ?? this.host.now(), severity, source, text);
  }

  #begin(): string | undefined {
    const { host } = this;
    const file = host.files.read('/etc/kube-flannel/net-conf.json');
    const config = 'content' in file ? parseNetConf(file.content) : undefined;
    if (config === undefined) return 'Failed to create SubnetManager: failed to read net conf';
    this.#write('I', 'kube.go:537', 'Starting kube subnet manager');
    this.#write('I', 'kube.go:139', 'Waiting 10m0s for node controller to sync');
    this.#write('I', 'kube.go:163', 'Node controller sync successful');
    this.#write(
      'I',
      'main.go:255',
      `Created subnet manager: Kubernetes Subnet Manager - ${host.nodeName}`,
    );
    const { type } = config.backend;
    this.#write('I', 'main.go:540', `Found network config - Backend type: ${type}`);
    const external = findExternalInterface(host.kernel, config.enableIPv6);
    if (external === undefined) {
      return 'Failed to find any valid interface to use: failed to get default interface: unable to find default route';
    }
    const { name, address } = external;
    this.#write('I', 'match.go:269', `Using interface with name ${name} and address ${address}`);
    const defaulting = `Defaulting external address to interface address (${address})`;
    this.#write('I', 'match.go:291', defaulting);
    return this.#register(config, external);
  }

  #register(config: NetConf, external: ExternalInterface): string | undefined {
    const { host } = this;
    const { type, vni, port, directRouting } = config.backend;
    const vxlan = type === 'vxlan';
    if (vxlan) {
      const text = `VXLAN config: VNI=${String(vni)} Port=${String(port)} GBP=false Learning=false DirectRouting=${String(directRouting)}`;
      this.#write('I', 'vxlan.go:128', text);
    } else if (type === 'wireguard' || type === 'ipip') {
      ensureTunnelLinks(host, config, external);
    } else if (type !== 'host-gw') {
      return `Error fetching backend: unknown backend type: ${type}`;
    }
    const log = this.#write.bind(this);
    const macs = vxlan ? ensureVxlanLinks(host, config, external, log) : {};
    const acquired = acquireLease(host, config, external, macs);
    if ('problem' in acquired) {
      return `Error registering network: failed to acquire lease: ${acquired.problem}`;
    }
    const own = acquired.lease;
    const run: FlannelRun = { host, config, external, own, log };
    this.#run = run;
    configureAddresses(run);
    ensureRules(run);
    ensureBlackhole(run);
    host.files.set('/run/flannel/subnet.env', subnetEnv(config, own, external));
    this.#write('I', 'main.go:481', 'Wrote subnet file to /run/flannel/subnet.env');
    if (linkWatchOf(host.version, true) === 'recreates')
      this.#write('I', 'main.go:484', 'flannel is ready');
    this.#write('I', 'main.go:488', 'Running backend.');
    const watching = vxlan ? 'watching for new subnet leases' : 'Watching for new subnet leases';
    this.#write('I', vxlan ? 'vxlan_network.go:68' : 'route_network.go:56', watching);
    replayPeers(run, this.log, this.#startingAt ?? host.now());
    if (vxlan) this.#watchLink(run);
    return undefined;
  }

  #watchLink(run: FlannelRun): void {
    const { host, config } = run;
    const watch = linkWatchOf(host.version, config.enableIPv6);
    if (watch === 'none') return;
    const watched = vxlanName(4, config.backend.vni);
    this.#write('I', 'vxlan_network.go:123', 'starting vxlan device watcher');
    this.#unwatch = host.kernel.onLinkDeleted((name) => {
      if (name !== watched || this.#frozen) return;
      this.#write('I', 'vxlan_network.go:170', `Interface ${name} deleted`);
      this.#write('I', 'vxlan_network.go:102', 'vxlan device missing, attempting to recreate...');
      if (watch === 'panics') {
        this.log.add(
          host.now(),
          'F',
          'panic',
          'runtime error: index out of range [0] with length 0',
        );
        this.stop();
        this.#onExit({ exitCode: 2, reason: 'Error' });
        return;
      }
      this.#recreateLink(run, name);
    });
  }

  /** The link and its address come back; routes, neighbours and forwarding entries do not (reCreateVxlan). */
  #recreateLink(run: FlannelRun, name: string): void {
    const { host, config } = run;
    const external = findExternalInterface(host.kernel, config.enableIPv6);
    if (external === undefined) {
      const text = `external interface ${run.external.name} not found, retrying in 1s`;
      this.#write('I', 'vxlan_network.go:262', text);
      return;
    }
    ensureVxlanLinks(host, config, external, run.log);
    configureAddresses(run);
    this.#write('I', 'vxlan_network.go:327', `VXLAN device ${name} recreated successfully`);
  }
}

/** Packet filter rules for IPv4, in iptables mode. */
function ensureRules({ host, config, own }: FlannelRun): void {
  const subnet = own.families[4]?.subnet;
  if (subnet !== undefined) {
    const { forwardRules } = host.flags;
    ensureFlannelRules(host.kernel.rules, config.network, formatPrefix(subnet), forwardRules);
  }
}

/** The route that drops what no pod of the node has (flannel@v0.28.9:main.go, `--ip-blackhole-route`). */
function ensureBlackhole({ host, own }: FlannelRun): void {
  if (!host.flags.blackholeRoute) return;
  for (const family of host.leases.enabled) {
    const subnet = own.families[family]?.subnet;
    if (subnet === undefined || host.kernel.routes[family].group(subnet).length > 0) continue;
    const metric = family === 4 ? 0 : 1024;
    const end = { type: 'blackhole', protocol: 'boot', scope: 'global', onlink: false } as const;
    host.kernel.setRoute({ ...end, prefix: subnet, metric }, 'add');
  }
}

/** One address of full length on each link; others inside flannel's network go (EnsureV4AddressOnLink). */
function configureAddresses({ host, config, own }: FlannelRun): void {
  for (const family of host.leases.enabled) {
    const subnet = own.families[family]?.subnet;
    if (subnet === undefined) continue;
    const name = tunnelName(config, family);
    if (name === undefined) continue;
    const local = addressOf(subnet);
    const link = host.kernel.link(name);
    const others = link.addresses.filter(
      (each) => each.family === family && each.local !== local && each.scope === 'global',
    );
    for (const other of others) host.kernel.deleteAddress(name, other.local);
    if (link.addresses.every((each) => each.local !== local)) {
      const prefixLength = family === 4 ? 32 : 128;
      const nodad = family === 6 ? { nodad: true } : {};
      host.kernel.addAddress(name, { family, local, prefixLength, scope: 'global', ...nodad });
    }
    host.kernel.setUp(name, true);
  }
}

function addressOf(subnet: Prefix): string {
  return formatAddress(subnet.family, subnet.value);
}
