// SPDX-License-Identifier: Apache-2.0

import type {
  ContainerStatus,
  DnsDeployment,
  FlannelDaemonSet,
  NetConf,
  NodeObject,
  NodePodAddresses,
  PodObject,
} from '#model/cluster.ts';
import type { ClusterFacts, NodeFacts } from '#model/snapshot.ts';
import { healthyAccess } from './healthy-access.ts';
import { healthyKernel } from './healthy-kernel.ts';
import { type HealthyNode, type HealthyOptions, healthyNode } from './healthy-node.ts';

/** All facts of a healthy cluster, by the options. */
export function healthyFacts(options: HealthyOptions): {
  readonly cluster: ClusterFacts;
  readonly nodes: Readonly<Record<string, NodeFacts>>;
} {
  const directRouting = options.directRouting ?? false;
  const linux = Array.from({ length: options.nodes ?? 3 }, (_, i) =>
    healthyNode(i + 1, directRouting),
  );
  const prefix = options.annotationPrefix ?? 'flannel.alpha.coreos.com';
  const netConf = healthyNetConf(options);
  return {
    cluster: {
      identity: {
        uid: '6b1f0f6e-0000-4000-8000-000000000001',
        version: 'v1.34.4',
        context: 'test',
        server: '192.0.2.1:6443',
      },
      nodes: [
        ...linux.map((node) => linuxNode(node, netConf, prefix)),
        ...Array.from({ length: options.windowsNodes ?? 0 }, (_, i) => windowsNode(i + 1)),
        ...Array.from({ length: options.virtualNodes ?? 0 }, (_, i) => virtualNode(i + 1)),
        ...Array.from({ length: options.nodesApart ?? 0 }, (_, i) => nodeApart(i + 1)),
      ],
      flannel: healthyFlannel(prefix),
      netConf,
      flannelPods: linux.map((node) => flannelPod(node.name)),
      kubeProxyPods: [
        ...linux.map(({ name, publicIp }) => proxyPod(name, publicIp)),
        ...Array.from({ length: options.nodesApart ?? 0 }, (_, i) =>
          proxyPod(`apart${String(i + 1)}`, `203.0.113.${String(20 + i)}`),
        ),
      ],
      coreDns: {
        service: 'kube-system/kube-dns',
        clusterIPs: ['10.96.0.10'],
        pods: [1, 2].map((n) => coreDnsPod(n, linux)),
        readyEndpoints: ['10.244.1.10', '10.244.2.10'],
        notReadyEndpoints: [],
        deployment: DNS_DEPLOYMENT,
      },
      podAddresses: linux.map((node) => podAddressesOf(node, netConf.ipv6)),
      access: healthyAccess(),
    },
    nodes: Object.fromEntries([
      ...linux.map((node) => [node.name, healthyKernel(node, linux, netConf, options)]),
    ]) as Readonly<Record<string, NodeFacts>>,
  };
}

const DNS_DEPLOYMENT: DnsDeployment = {
  namespace: 'kube-system',
  name: 'coredns',
  uid: '6b1f0f6e-0000-4000-8000-0000000000d5',
  replicas: 2,
  podLabels: { 'k8s-app': 'kube-dns' },
  isSpread: true,
  management: { labels: {}, annotations: {}, lastApplied: false, managers: ['kubeadm'] },
};

function healthyNetConf(options: HealthyOptions): NetConf {
  const { port, backendMtu } = options;
  return {
    network: '10.244.0.0/15',
    ...(options.dualStack === true ? { ipv6Network: 'fd00:244::/48' } : {}),
    ipv4: true,
    ipv6: options.dualStack ?? false,
    nftables: false,
    backendType: options.backend ?? 'vxlan',
    vni: options.vni ?? 1,
    ...(port === undefined ? {} : { port }),
    ...(backendMtu === undefined ? {} : { mtu: backendMtu }),
    directRouting: options.directRouting ?? false,
    learning: false,
    gbp: false,
    ...(options.wireguardMode === undefined ? {} : { mode: options.wireguardMode }),
  };
}

function healthyFlannel(annotationPrefix: string): FlannelDaemonSet {
  return {
    kind: 'daemonset',
    namespace: 'kube-flannel',
    name: 'kube-flannel-ds',
    container: 'kube-flannel',
    image: 'ghcr.io/flannel-io/flannel:v0.28.9',
    version: 'v0.28.9',
    annotationPrefix,
    publicIpFlag: false,
    nodeSelector: {},
    tolerations: [{ operator: 'Exists', effect: 'NoSchedule' }],
    hasUnevaluatedAffinity: false,
    affinityOs: ['linux'],
    resources: { requests: { cpu: '100m', memory: '50Mi' }, limits: {} },
    updateStrategy: { type: 'RollingUpdate', maxUnavailable: '1' },
    management: {
      labels: {},
      annotations: {},
      lastApplied: true,
      managers: ['kube-controller-manager', 'kubectl-client-side-apply'],
    },
    configMap: 'kube-flannel-cfg',
  };
}

function linuxNode(node: HealthyNode, netConf: NetConf, prefix: string): NodeObject {
  const data = (mac: string): string => {
    if (netConf.backendType === 'wireguard') {
      return JSON.stringify({ PublicKey: `key-of-${node.name}`, Port: 51820 });
    }
    return netConf.backendType === 'vxlan'
      ? JSON.stringify({ VNI: netConf.vni, VtepMAC: mac })
      : 'null';
  };
  const { ipv6 } = netConf;
  const key = (suffix: string): string =>
    prefix.includes('/') ? `${prefix}-${suffix}` : `${prefix}/${suffix}`;
  return {
    ...nodeObject(node.name, 'linux'),
    podCIDRs: ipv6 ? [node.podCidr, node.podCidr6] : [node.podCidr],
    internalIPs: ipv6 ? [node.publicIp, node.publicIp6] : [node.publicIp],
    controlPlane: node.name === 'node1',
    flannelAnnotations: {
      [key('kube-subnet-manager')]: 'true',
      [key('backend-type')]: netConf.backendType,
      [key('backend-data')]: data(node.vtepMac),
      [key('public-ip')]: node.publicIp,
      ...(ipv6
        ? { [key('backend-v6-data')]: data(node.vtepMac6), [key('public-ipv6')]: node.publicIp6 }
        : {}),
    },
  };
}

function windowsNode(number: number): NodeObject {
  return {
    ...nodeObject(`win${String(number)}`, 'windows'),
    podCIDRs: [`10.245.${String(200 + number)}.0/24`],
    internalIPs: [`203.0.113.${String(number)}`],
  };
}

function virtualNode(number: number): NodeObject {
  const node = nodeObject(`virtual${String(number)}`, 'linux');
  return {
    ...node,
    podCIDRs: [`10.245.${String(210 + number)}.0/24`],
    labels: { ...node.labels, type: 'virtual-kubelet' },
    taints: [{ key: 'virtual-kubelet.io/provider', value: 'mock', effect: 'NoSchedule' }],
  };
}

function nodeApart(number: number): NodeObject {
  return {
    ...nodeObject(`apart${String(number)}`, 'linux'),
    podCIDRs: [`10.245.${String(220 + number)}.0/24`],
    taints: [{ key: 'example.com/apart', effect: 'NoExecute' }],
  };
}

function nodeObject(name: string, os: string): NodeObject {
  return {
    name,
    uid: `uid-${name}`,
    createdAt: '2026-11-01T00:00:00Z',
    os,
    podCIDRs: [],
    internalIPs: [],
    externalIPs: [],
    conditions: [
      {
        type: 'Ready',
        status: 'True',
        reason: 'KubeletReady',
        lastTransitionAt: '2026-11-01T00:01:00Z',
      },
    ],
    taints: [],
    unschedulable: false,
    controlPlane: false,
    labels: { 'kubernetes.io/os': os, 'kubernetes.io/hostname': name },
    kubeletVersion: 'v1.34.4',
    osImage: 'Debian GNU/Linux 12 (bookworm)',
    kernelVersion: '6.18.0',
    containerRuntimeVersion: 'containerd://2.1.4',
    flannelAnnotations: {},
  };
}

/** A running flannel pod of a node. */
export function flannelPod(node: string): PodObject {
  return runningPod(
    'kube-flannel',
    `kube-flannel-ds-${node}`,
    node,
    [`192.0.2.${node.slice(4)}`],
    ['kube-flannel'],
  );
}

function podAddressesOf({ name, network, network6 }: HealthyNode, ipv6: boolean): NodePodAddresses {
  const addresses = [10, 11].flatMap((host) => [
    network.replace(/0$/, String(host)),
    ...(ipv6 ? [`${network6}${host.toString(16)}`] : []),
  ]);
  return { node: name, addresses };
}

function proxyPod(node: string, address: string): PodObject {
  return runningPod('kube-system', `kube-proxy-${node}`, node, [address], ['kube-proxy']);
}

function coreDnsPod(number: number, nodes: readonly HealthyNode[]): PodObject {
  const node = nodes[(number - 1) % nodes.length]?.name ?? 'node1';
  const name = `coredns-${String(number)}`;
  return runningPod('kube-system', name, node, [`10.244.${String(number)}.10`], ['coredns']);
}

function runningPod(
  namespace: string,
  name: string,
  nodeName: string,
  ...[podIPs, containers]: readonly [readonly string[], readonly string[]]
): PodObject {
  return {
    namespace,
    name,
    uid: `uid-${name}`,
    nodeName,
    phase: 'Running',
    ready: true,
    createdAt: '2026-11-01T00:02:00Z',
    podIPs,
    containers: containers.map(runningContainer),
  };
}

/** A running, ready container that never restarted and has no limit. */
export function runningContainer(name: string): ContainerStatus {
  return {
    name,
    ready: true,
    restartCount: 0,
    state: 'running',
    startedAt: '2026-11-01T00:02:10Z',
  };
}
