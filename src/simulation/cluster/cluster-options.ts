// SPDX-License-Identifier: Apache-2.0

/**
 * How flannel was deployed: names, labels, containers, port and files differ. `per-architecture` is the official one
 * of 2018 to 2020, in kube-system.
 */
export type Layout = 'official' | 'talos' | 'per-architecture' | 'canal' | 'rke2' | 'k3s';

/** Backends the simulation knows; the others of flannel are not modelled. */
export type Backend = 'vxlan' | 'host-gw' | 'wireguard' | 'ipip';

/** Userland of the flannel image: iproute2 as in the official one, or BusyBox only. */
export type ImageFlavour = 'iproute2' | 'busybox';

/** What one node is called and where it stands; the rest follows from the cluster's options. */
export interface NodeOptions {
  name: string;
  /** IPv4 address on the underlay, also the node's InternalIP. */
  address: string;
  /** IPv4 pod network, `a.b.c.d/n`. */
  podCIDR: string;
  /** Underlay subnet's prefix length; nodes in different subnets reach each other through a router. Default 24. */
  prefixLength?: number;
  /** IPv6 address on the underlay; needed when the cluster uses IPv6. */
  address6?: string;
  /** IPv6 pod network; needed when the cluster uses IPv6. */
  podCIDR6?: string;
  /** MAC of flannel's IPv4 VXLAN link. Default: random. */
  vtepMac?: string;
}

/** A pod of the user's. */
export interface WorkloadOptions {
  readonly namespace: string;
  readonly name: string;
  readonly node: string;
  readonly image?: string;
}

/** How a container ended that now runs again. */
export interface RestartOptions {
  readonly node: string;
  /** Days between the restart and the making of the cluster. */
  readonly daysAgo: number;
  readonly reason: 'OOMKilled' | 'Error' | 'Unknown';
  readonly exitCode: number;
}

/** A cluster to build. Every field has a default; `{}` is a healthy three-node vxlan cluster. */
export interface ClusterOptions {
  /** A number of nodes (1 to 5,000; named node1, node2 …), or the nodes themselves. Default 3. */
  nodes?: number | readonly NodeOptions[];
  /** Default `official`. */
  layout?: Layout;
  /** Default `vxlan`. */
  backend?: Backend;
  /** VXLAN network identifier. Default 1. */
  vni?: number;
  /** UDP port of VXLAN. Default: 4789 for `talos`, else 8472 (the kernel's). */
  port?: number;
  /** MTU of the underlay interface in bytes. Default 1500. */
  mtu?: number;
  /** Default `flannel.alpha.coreos.com`. */
  annotationPrefix?: string;
  /** vxlan and ipip: route directly to nodes on the same subnet. Default false. */
  directRouting?: boolean;
  /** wireguard only: `Mode` of net-conf.json. Default `separate`. */
  wireguardMode?: 'separate' | 'auto' | 'ipv4' | 'ipv6';
  /** Both families. Default false. */
  dualStack?: boolean;
  /** Kubernetes and flannel know IPv6 only; the machines have IPv4 addresses too. Default false. */
  ipv6Only?: boolean;
  /** IPv4 pod network of the cluster. Default `10.244.0.0/16`, for more than 240 nodes `10.128.0.0/9`. */
  network?: string;
  /** Flannel's release; decides whether the link watcher exists. Default: by layout; `v0.28.9` for `official`. */
  flannelVersion?: string;
  /** Default: by layout; `v1.34.0` for `official`. */
  kubernetesVersion?: string;
  /** `status.nodeInfo.osImage`. */
  osImage?: string;
  /** Name of the underlay interface. Default `eth0`. */
  interfaceName?: string;
  /** Capacity of every node. Default 4 cores and 8 GiB. */
  capacity?: { readonly cpu: number; readonly memoryKiB: number };
  /** Nodes of the control plane. Default: the first. */
  controlPlane?: readonly string[];
  /** Pods beside flannel and CoreDNS, with a BusyBox shell in them. Default none. */
  workloads?: readonly WorkloadOptions[];
  /** Suffixes of the flannel pods' names, by node. Default: random. */
  flannelPodSuffixes?: Readonly<Record<string, string>>;
  /** A restart that a node's flannel container has behind it. Default none. */
  restarted?: RestartOptions;
  /** Default: by layout; `iproute2` for `official`. */
  image?: ImageFlavour;
  /** Memory limit of the flannel container, e.g. `50Mi`. Default: by layout; none for `official`. */
  memoryLimit?: string;
  /** Nodes that CoreDNS runs on. Default: the last two. */
  coreDnsOn?: readonly string[];
  /** Wall clock of the cluster. Default: the machine's. */
  now?: () => Date;
  /** Seed of everything that is random (MAC addresses, pod name suffixes, boot ids). Default 1. */
  seed?: number;
}
