// SPDX-License-Identifier: Apache-2.0
import type { KubernetesObject } from '#simulation/store.ts';

const LABELS = { 'k8s-app': 'kube-dns' };

/** Address of the cluster's DNS service. */
export const DNS_SERVICE_IP = '10.96.0.10';

/** Hash in the name of the ReplicaSet and its pods. */
export const COREDNS_HASH = '578d4f8ffc';

/** Spec of a CoreDNS pod. */
export function coreDnsPodSpec(): Record<string, unknown> {
  return {
    priorityClassName: 'system-cluster-critical',
    serviceAccountName: 'coredns',
    dnsPolicy: 'Default',
    containers: [
      {
        name: 'coredns',
        image: 'registry.k8s.io/coredns/coredns:v1.12.4',
        args: ['-conf', '/etc/coredns/Corefile'],
        ports: [
          { name: 'dns', containerPort: 53, protocol: 'UDP' },
          { name: 'dns-tcp', containerPort: 53, protocol: 'TCP' },
          { name: 'metrics', containerPort: 9153, protocol: 'TCP' },
        ],
        resources: { requests: { cpu: '100m', memory: '70Mi' }, limits: { memory: '170Mi' } },
      },
    ],
  };
}

/** Deployment of CoreDNS. */
export function coreDnsDeployment(replicas: number): KubernetesObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'coredns', namespace: 'kube-system', labels: { ...LABELS } },
    spec: {
      replicas,
      selector: { matchLabels: { ...LABELS } },
      template: { metadata: { labels: { ...LABELS } }, spec: coreDnsPodSpec() },
    },
    status: replicaStatus(replicas),
  };
}

/** ReplicaSet of CoreDNS; `deploymentUid` is its owner's. */
export function coreDnsReplicaSet(replicas: number, deploymentUid: string): KubernetesObject {
  const labels = { ...LABELS, 'pod-template-hash': COREDNS_HASH };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `coredns-${COREDNS_HASH}`,
      namespace: 'kube-system',
      labels,
      annotations: {
        'deployment.kubernetes.io/revision': '1',
        'deployment.kubernetes.io/desired-replicas': String(replicas),
      },
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          name: 'coredns',
          uid: deploymentUid,
          controller: true,
        },
      ],
    },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: coreDnsPodSpec() },
    },
    status: replicaStatus(replicas),
  };
}

/** Status of a Deployment or ReplicaSet whose replicas all run. */
export function replicaStatus(replicas: number): Record<string, unknown> {
  return {
    observedGeneration: 1,
    replicas,
    updatedReplicas: replicas,
    readyReplicas: replicas,
    availableReplicas: replicas,
  };
}

/** Service `kube-dns`. */
export function dnsService(): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: 'kube-dns',
      namespace: 'kube-system',
      labels: {
        ...LABELS,
        'kubernetes.io/cluster-service': 'true',
        'kubernetes.io/name': 'CoreDNS',
      },
    },
    spec: {
      clusterIP: DNS_SERVICE_IP,
      clusterIPs: [DNS_SERVICE_IP],
      selector: { ...LABELS },
      type: 'ClusterIP',
      ports: [
        { name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 },
        { name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: 53 },
      ],
    },
    status: { loadBalancer: {} },
  };
}

/** One endpoint of the DNS service. */
export interface DnsEndpoint {
  readonly address: string;
  readonly node: string;
  readonly pod: string;
}

/** EndpointSlice of `kube-dns`. */
export function dnsEndpointSlice(endpoints: readonly DnsEndpoint[]): KubernetesObject {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: 'kube-dns-x7k2p',
      namespace: 'kube-system',
      labels: { ...LABELS, 'kubernetes.io/service-name': 'kube-dns' },
    },
    addressType: 'IPv4',
    endpoints: endpoints.map(({ address, node, pod }) => ({
      addresses: [address],
      conditions: { ready: true, serving: true, terminating: false },
      nodeName: node,
      targetRef: { kind: 'Pod', name: pod, namespace: 'kube-system' },
    })),
    ports: [
      { name: 'dns', port: 53, protocol: 'UDP' },
      { name: 'dns-tcp', port: 53, protocol: 'TCP' },
    ],
  };
}
