// SPDX-License-Identifier: Apache-2.0
import { Kernel } from '#simulation/kernel/kernel.ts';
import { NodeFiles } from '#simulation/kernel/node-files.ts';
import {
  PROC_NET_SNMP,
  PROC_NET_SNMP6,
  procNetArp,
  procNetRoute,
} from '#simulation/kernel/proc-net.ts';
import type { Prefix } from '#simulation/kernel/prefix.ts';
import { familyOf, formatAddress, parseAddress, prefixOf } from '#simulation/kernel/prefix.ts';
import { procStat } from '#simulation/kernel/proc-stat.ts';
import { procNetIpTablesNames } from '#simulation/netfilter/iptables-save.ts';
import type { UnderlayNode } from '#simulation/packet-walk/underlay.ts';
import type { Blueprint } from './blueprint.ts';
import type { NodeOptions } from './cluster-options.ts';
import type { SeededRandom } from './seeded-random.ts';

/** Sysctls that matter to flannel, as a healthy node has them. */
const SYSCTLS: Readonly<Record<string, string>> = {
  'net.ipv4.ip_forward': '1',
  'net.ipv4.conf.all.rp_filter': '0',
  'net.ipv4.conf.default.rp_filter': '0',
  'net.ipv6.conf.all.forwarding': '1',
  'net.bridge.bridge-nf-call-iptables': '1',
  'net.bridge.bridge-nf-call-ip6tables': '1',
  'net.netfilter.nf_conntrack_count': '120',
  'net.netfilter.nf_conntrack_max': '262144',
};

/** How felix sends forwarded packets through its own chains (projectcalico/calico:felix/rules). */
const CALICO_FORWARD: readonly string[] = ['-m comment --comment "cali:forward" -j cali-FORWARD'];

/** A machine with its kernel; it lives through crashes, its kernel's state does not. */
export class SimulatedNode implements UnderlayNode {
  readonly options: NodeOptions;
  readonly files: NodeFiles = new NodeFiles();
  kernel: Kernel = new Kernel();
  bootId: string;
  bootedAt: Date;
  powered = true;
  portMtu: number;
  readonly #blueprint: Blueprint;
  readonly #random: SeededRandom;
  readonly #underlayMac: string;
  /** Links of pods by pod address. */
  readonly #pods = new Map<string, string>();
  #usedHostNumbers = 1;

  constructor(options: NodeOptions, blueprint: Blueprint, random: SeededRandom, bootedAt: Date) {
    this.options = options;
    this.#blueprint = blueprint;
    this.#random = random;
    this.#underlayMac = random.mac();
    this.portMtu = blueprint.mtu;
    this.bootId = random.uuid();
    this.bootedAt = bootedAt;
    this.#boot();
  }

  /** The Node object's name. */
  get name(): string {
    return this.options.name;
  }

  /** Pulls the plug: the kernel's state and `/run` are gone. */
  crash(): void {
    this.powered = false;
    this.#pods.clear();
    this.files.remove('/run/flannel/subnet.env');
  }

  /** Starts a crashed node with a new kernel. */
  start(now: Date): void {
    this.kernel = new Kernel();
    this.bootId = this.#random.uuid();
    this.bootedAt = now;
    this.powered = true;
    this.#boot();
  }

  /** The address that the kubelet reports. */
  get hostIp(): string {
    const { address, address6 } = this.options;
    return this.#blueprint.ipv6Only ? (address6 ?? address) : address;
  }

  /** Whether a pod has this address. */
  hasPod(address: string): boolean {
    return this.#pods.has(address);
  }

  /** The next free address of a pod network of this node. */
  nextPodAddress(podCIDR: string): string {
    this.#usedHostNumbers += 1;
    const { family, value } = prefixOf(podCIDR);
    return formatAddress(family, value + BigInt(this.#usedHostNumbers));
  }

  /** Connects a pod as the CNI plugin of the layout does. */
  addPod(address: string, podCIDR: string): void {
    const calico = this.#blueprint.names.podNetwork === 'calico';
    const link = calico ? this.#addRoutedPod(address) : this.#addBridgedPod(address, podCIDR);
    this.#pods.set(address, link);
  }

  /** Calico gives each pod a link and a route of its own (projectcalico/calico:cni-plugin/pkg/dataplane/linux). */
  #addRoutedPod(address: string): string {
    const { kernel } = this;
    const family = familyOf(address) ?? 4;
    const length = family === 4 ? 32 : 128;
    const name = `cali${this.#random.hex(11)}`;
    kernel.addLink({
      name,
      kind: 'veth',
      mac: 'ee:ee:ee:ee:ee:ee',
      mtu: this.#podMtu(),
      txqlen: 0,
      peerIndex: 2,
    });
    kernel.setUp(name, true);
    const prefix = prefixOf(`${address}/${String(length)}`);
    const way = { dev: name, protocol: 'boot', scope: 'link', onlink: false } as const;
    const metric = family === 4 ? 0 : 1024;
    kernel.setRoute({ type: 'unicast', prefix, ...way, metric }, 'add');
    return name;
  }

  /** Connects a pod to `cni0`, which flannel's CNI plugin makes with the first one. */
  #addBridgedPod(address: string, podCIDR: string): string {
    const mtu = this.#podMtu();
    const { kernel } = this;
    if (kernel.findLink('cni0') === undefined) {
      const { family, value, length } = prefixOf(podCIDR);
      const gateway = formatAddress(family, value + 1n);
      kernel.addLink({ name: 'cni0', kind: 'bridge', mac: this.#random.mac(), mtu });
      kernel.setUp('cni0', true);
      const last = value + (1n << BigInt((family === 4 ? 32 : 128) - length)) - 1n;
      const broadcast = family === 4 ? { broadcast: formatAddress(4, last) } : {};
      const local = { local: gateway, prefixLength: length, ...broadcast };
      kernel.addAddress('cni0', { family, ...local, scope: 'global' });
    }
    const name = `veth${this.#random.hex(8)}`;
    kernel.addLink({
      name,
      kind: 'veth',
      mac: this.#random.mac(),
      mtu,
      master: 'cni0',
      txqlen: 0,
      peerIndex: 2,
    });
    kernel.setUp(name, true);
    const lladdr = this.#random.mac();
    const family = familyOf(address) ?? 4;
    kernel.setNeighbour({ family, dst: address, dev: 'cni0', lladdr, state: 'REACHABLE' });
    return name;
  }

  /** Disconnects a pod. */
  removePod(address: string): void {
    const name = this.#pods.get(address);
    if (name === undefined) return;
    this.#pods.delete(address);
    this.kernel.deleteLink(name);
    if (this.kernel.findLink('cni0') === undefined) return;
    if (this.kernel.neighbour('cni0', address) !== undefined) {
      this.kernel.deleteNeighbour('cni0', address);
    }
  }

  #podMtu(): number {
    const file = this.files.read('/run/flannel/subnet.env');
    const match = 'content' in file ? /^FLANNEL_MTU=(\d+)$/m.exec(file.content) : null;
    return match === null ? this.#blueprint.mtu : Number(match[1]);
  }

  #boot(): void {
    const { kernel, files } = this;
    const { address, prefixLength = 24, address6 } = this.options;
    const { interfaceName, mtu, names } = this.#blueprint;
    if (names.podNetwork === 'calico') kernel.rules.forwardHead.push(...CALICO_FORWARD);
    const filterOf = (name: string): string => `/proc/sys/net/ipv4/conf/${name}/rp_filter`;
    kernel.onLinkAdded((name) => {
      if (name.startsWith('flannel')) files.set(filterOf(name), '0\n');
    });
    kernel.onLinkDeleted((name) => files.remove(filterOf(name)));
    kernel.addLink({ name: 'lo', kind: 'loopback', mac: '00:00:00:00:00:00', mtu: 65536 });
    kernel.addAddress('lo', { family: 4, local: '127.0.0.1', prefixLength: 8, scope: 'host' });
    kernel.addAddress('lo', { family: 6, local: '::1', prefixLength: 128, scope: 'host' });
    kernel.setUp('lo', true);
    kernel.addLink({ name: interfaceName, kind: 'physical', mac: this.#underlayMac, mtu });
    kernel.setUp(interfaceName, true);
    const network = prefixOf(`${address}/${String(prefixLength)}`);
    const broadcast = formatAddress(4, network.value + (1n << BigInt(32 - prefixLength)) - 1n);
    const underlay = { local: address, prefixLength, broadcast };
    kernel.addAddress(interfaceName, { family: 4, ...underlay, scope: 'global' });
    if (address6 !== undefined) {
      const local = formatAddress(6, parseAddress(address6) ?? 0n);
      kernel.addAddress(interfaceName, { family: 6, local, prefixLength: 64, scope: 'global' });
    }
    kernel.setRoute(
      {
        type: 'unicast',
        prefix: prefixOf('0.0.0.0/0'),
        gateway: routerOf(address, network),
        dev: interfaceName,
        protocol: 'static',
        scope: 'global',
        metric: 0,
        onlink: false,
      },
      'add',
    );
    for (const [key, value] of Object.entries(SYSCTLS)) {
      kernel.sysctls.set(key, value);
      const path = `/proc/sys/${key.replaceAll('.', '/')}`;
      files.set(path, () => `${this.kernel.sysctls.get(key) ?? ''}\n`);
    }
    files.set('/proc/net/ip_tables_names', () => procNetIpTablesNames(this.kernel.rules));
    files.set('/proc/net/snmp', PROC_NET_SNMP);
    files.set('/proc/net/snmp6', PROC_NET_SNMP6);
    files.set('/proc/net/route', () => procNetRoute(this.kernel));
    files.set('/proc/net/arp', () => procNetArp(this.kernel));
    files.set('/proc/sys/kernel/random/boot_id', () => `${this.bootId}\n`);
    files.set('/proc/stat', () => procStat(this.bootedAt));
    files.set('/proc/sys/kernel/hostname', `${this.name}\n`);
    files.set('/etc/hostname', `${this.name}\n`);
  }
}

/** The router has the first address of the network, or the second if that is the node's own. */
function routerOf(address: string, network: Prefix): string {
  const first = formatAddress(4, network.value + 1n);
  return first === address ? formatAddress(4, network.value + 2n) : first;
}
