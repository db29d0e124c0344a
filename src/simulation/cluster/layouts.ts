// SPDX-License-Identifier: Apache-2.0
import type { Layout } from './cluster-options.ts';

/** Names and texts by which one way to deploy flannel differs from another. */
export interface LayoutNames {
  readonly namespace: string;
  readonly daemonSet: string;
  /** Labels of the pods, and the DaemonSet's selector. */
  readonly podLabels: Readonly<Record<string, string>>;
  /** Labels of the DaemonSet itself. */
  readonly labels: Readonly<Record<string, string>>;
  readonly image: (version: string) => string;
  /** UDP port in net-conf.json; 0: none, the kernel's default holds. */
  readonly port: number;
  readonly flannelVersion: string;
  readonly osImage: string;
  readonly kernelVersion: string;
  readonly containerRuntime: string;
  /** Effects that the pods tolerate. */
  readonly toleratedEffects: readonly string[];
  readonly initContainers: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** flannel@v0.28.9:Documentation/kube-flannel.yml and talos@v1.11.6:…/k8stemplates/flannel.go. */
export const LAYOUTS: Readonly<Record<Layout, LayoutNames>> = {
  official: {
    namespace: 'kube-flannel',
    daemonSet: 'kube-flannel-ds',
    podLabels: { app: 'flannel', tier: 'node' },
    labels: { app: 'flannel', 'k8s-app': 'flannel', tier: 'node' },
    image: (version) => `ghcr.io/flannel-io/flannel:${version}`,
    port: 0,
    flannelVersion: 'v0.28.9',
    osImage: 'Debian GNU/Linux 12 (bookworm)',
    kernelVersion: '6.1.0-28-amd64',
    containerRuntime: 'containerd://1.7.24',
    toleratedEffects: ['NoSchedule'],
    initContainers: ['install-cni-plugin', 'install-cni'],
    environment: {},
  },
  talos: {
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
};
