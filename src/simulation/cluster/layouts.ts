// SPDX-License-Identifier: Apache-2.0
import type { FlannelFlags } from '#simulation/flanneld/flannel-host.ts';
import { DEFAULT_FLAGS } from '#simulation/flanneld/flannel-host.ts';
import type { ImageFlavour, Layout } from './cluster-options.ts';

/** A container beside flannel's in the same pods. */
export interface Companion {
  readonly name: string;
  readonly image: string;
}

/** Names and texts by which one way to deploy flannel differs from another. */
export interface LayoutNames {
  /** `process`: inside another program, without pod, DaemonSet or ConfigMap. */
  readonly runsIn: 'pods' | 'process';
  readonly namespace: string;
  readonly daemonSet: string;
  readonly configMap: string;
  /** Labels of the pods, and the DaemonSet's selector. */
  readonly podLabels: Readonly<Record<string, string>>;
  /** Labels of the DaemonSet itself. */
  readonly labels: Readonly<Record<string, string>>;
  readonly image: (version: string) => string;
  /** Userland of that image. */
  readonly userland: ImageFlavour;
  /** Containers before flannel's. */
  readonly companions: readonly Companion[];
  readonly privileged: boolean;
  readonly flags: FlannelFlags;
  /** Who connects pods: flannel's CNI plugin with a bridge, or Calico's with a route for each pod. */
  readonly podNetwork: 'bridge' | 'calico';
  /** UDP port in net-conf.json; 0: none, the kernel's default holds. */
  readonly port: number;
  readonly flannelVersion: string;
  readonly kubernetesVersion: string;
  readonly osImage: string;
  readonly kernelVersion: string;
  readonly containerRuntime: string;
  /** Effects that the pods tolerate. */
  readonly toleratedEffects: readonly string[];
  /** Required node affinity, by label; empty: none. */
  readonly affinity: Readonly<Record<string, string>>;
  /** Memory limit of the container; absent: none. */
  readonly memoryLimit?: string;
  readonly initContainers: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

const OFFICIAL: LayoutNames = {
  runsIn: 'pods',
  namespace: 'kube-flannel',
  daemonSet: 'kube-flannel-ds',
  configMap: 'kube-flannel-cfg',
  podLabels: { app: 'flannel', tier: 'node' },
  labels: { app: 'flannel', 'k8s-app': 'flannel', tier: 'node' },
  image: (version) => `ghcr.io/flannel-io/flannel:${version}`,
  userland: 'iproute2',
  companions: [],
  privileged: false,
  flags: DEFAULT_FLAGS,
  podNetwork: 'bridge',
  port: 0,
  flannelVersion: 'v0.28.9',
  kubernetesVersion: 'v1.34.0',
  osImage: 'Debian GNU/Linux 12 (bookworm)',
  kernelVersion: '6.1.0-28-amd64',
  containerRuntime: 'containerd://1.7.24',
  toleratedEffects: ['NoSchedule'],
  affinity: { 'kubernetes.io/os': 'linux' },
  initContainers: ['install-cni-plugin', 'install-cni'],
  environment: {},
};

/** Canal's pods have Calico's agent beside flannel, and Calico's CNI plugin. */
const CANAL: LayoutNames = {
  ...OFFICIAL,
  namespace: 'kube-system',
  daemonSet: 'canal',
  configMap: 'canal-config',
  podLabels: { 'k8s-app': 'canal' },
  labels: { 'k8s-app': 'canal' },
  image: (version) => `docker.io/flannel/flannel:${version}`,
  companions: [{ name: 'calico-node', image: 'docker.io/calico/node:v3.28.1' }],
  privileged: true,
  podNetwork: 'calico',
  flannelVersion: 'v0.24.4',
  toleratedEffects: ['NoSchedule', 'NoExecute'],
  initContainers: ['install-cni', 'mount-bpffs'],
};

/**
 * flannel@v0.28.9:Documentation/kube-flannel.yml, flannel@v0.12.0:Documentation/kube-flannel.yml,
 * talos@v1.11.6:…/k8stemplates/flannel.go, projectcalico/calico:manifests/canal.yaml,
 * rancher/rke2-charts@262e21a4d308:packages/rke2-canal, k3s-io/k3s:pkg/agent/flannel.
 */
export const LAYOUTS: Readonly<Record<Layout, LayoutNames>> = {
  official: OFFICIAL,
  talos: {
    ...OFFICIAL,
    namespace: 'kube-system',
    daemonSet: 'kube-flannel',
    podLabels: { 'k8s-app': 'flannel', tier: 'node' },
    labels: { 'k8s-app': 'flannel', tier: 'node' },
    image: (version) => `ghcr.io/siderolabs/flannel:${version}`,
    port: 4789,
    flannelVersion: 'v0.27.2',
    osImage: 'Talos (v1.11.2)',
    kernelVersion: '6.12.48-talos',
    containerRuntime: 'containerd://2.1.4',
    toleratedEffects: ['NoSchedule', 'NoExecute'],
    initContainers: ['install-config'],
    environment: { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: '7445' },
  },
  'per-architecture': {
    ...OFFICIAL,
    namespace: 'kube-system',
    daemonSet: 'kube-flannel-ds-amd64',
    labels: { app: 'flannel', tier: 'node' },
    image: (version) => `quay.io/coreos/flannel:${version}-amd64`,
    privileged: true,
    flannelVersion: 'v0.12.0',
    kubernetesVersion: 'v1.18.20',
    osImage: 'Ubuntu 18.04.6 LTS',
    kernelVersion: '4.15.0-213-generic',
    containerRuntime: 'docker://19.3.15',
    affinity: { 'beta.kubernetes.io/os': 'linux', 'beta.kubernetes.io/arch': 'amd64' },
    memoryLimit: '50Mi',
    initContainers: ['install-cni'],
  },
  canal: CANAL,
  rke2: {
    ...CANAL,
    daemonSet: 'rke2-canal',
    configMap: 'rke2-canal-config',
    image: (version) => `docker.io/rancher/hardened-flannel:${version}`,
    userland: 'busybox',
    companions: [{ name: 'calico-node', image: 'docker.io/rancher/hardened-calico:v3.30.2' }],
    flags: { forwardRules: false, blackholeRoute: true },
    flannelVersion: 'v0.27.4',
    kubernetesVersion: 'v1.34.0+rke2r1',
    initContainers: ['install-cni', 'flexvol-driver'],
  },
  k3s: {
    ...OFFICIAL,
    runsIn: 'process',
    namespace: 'kube-system',
    kubernetesVersion: 'v1.34.0+k3s1',
    containerRuntime: 'containerd://2.1.4-k3s1',
  },
};
