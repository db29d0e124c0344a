// SPDX-License-Identifier: Apache-2.0

/** What tells one cluster from another. */
export interface ClusterIdentity {
  /** UID of the namespace kube-system: stable for the cluster's life. Absent when it may not be read. */
  readonly uid?: string;
  /** `gitVersion` of the API server. */
  readonly version: string;
  /** Name of the kubeconfig context, or `in-cluster`. */
  readonly context: string;
  /** Host and port of the API server, without credentials or path. */
  readonly server: string;
}

/** One condition of a Node or Pod. */
export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionAt?: string;
}

/** A Node object, reduced to what checks read. */
export interface NodeObject {
  readonly name: string;
  readonly uid: string;
  readonly createdAt: string;
  /** `linux` or `windows`; `linux` when the label and nodeInfo are absent. */
  readonly os: string;
  /** `spec.podCIDRs`, or `[spec.podCIDR]`; empty when none is assigned. */
  readonly podCIDRs: readonly string[];
  readonly internalIPs: readonly string[];
  readonly externalIPs: readonly string[];
  readonly conditions: readonly Condition[];
  readonly taints: readonly Taint[];
  readonly unschedulable: boolean;
  /** Carries a control-plane role label. */
  readonly controlPlane: boolean;
  /** Labels, as on the object. */
  readonly labels: Readonly<Record<string, string>>;
  readonly kubeletVersion: string;
  readonly osImage: string;
  readonly kernelVersion: string;
  readonly containerRuntimeVersion: string;
  /** `nodeInfo.bootID`: another one after every start of the kernel. Absent: not told, or read by an older version. */
  readonly bootId?: string;
  /**
   * Annotations whose key ends like one of flannel's (`backend-type`, `public-ip` …), under their full key,
   * whatever the prefix. A value over 4,096 characters is cut there.
   */
  readonly flannelAnnotations: Readonly<Record<string, string>>;
  /**
   * The node came or went between the first and a second list of the same run, so what others hold about it may be
   * of either time. Absent: it was there all along, or the nodes were listed once.
   */
  readonly duringRun?: 'joined' | 'left';
}

/** A taint of a Node. */
export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
}

/** A toleration of a pod template. */
export interface Toleration {
  readonly key?: string;
  readonly operator?: string;
  readonly value?: string;
  readonly effect?: string;
}

/**
 * Where flannel runs in this cluster, found by what it is (a container that is flanneld), not by one name.
 *
 * - `daemonset`: pods that we can exec into.
 * - `embedded`: nodes carry flannel's annotations but no pod runs flanneld (k3s, a system service).
 */
export type FlannelWorkload =
  FlannelDaemonSet | { readonly kind: 'embedded'; readonly annotationPrefix: string };

/** The DaemonSet(s) that run flanneld. */
export interface FlannelDaemonSet {
  readonly kind: 'daemonset';
  readonly namespace: string;
  readonly name: string;
  /** Name of the container that runs flanneld. */
  readonly container: string;
  readonly image: string;
  /** Version taken from the image tag, e.g. `v0.28.9`; absent when the tag is none. */
  readonly version?: string;
  /** `--kube-annotation-prefix` (flag or FLANNELD_KUBE_ANNOTATION_PREFIX); default `flannel.alpha.coreos.com`. */
  readonly annotationPrefix: string;
  /** Whether `--public-ip`/`--public-ipv6` or their environment are set: then public-ip is the administrator's word. */
  readonly publicIpFlag: boolean;
  /** Template scheduling, to know on which nodes a pod has to run. Empty when it could not be read. */
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly tolerations: readonly Toleration[];
  /** Required node affinity is present, in a form we do not evaluate. */
  readonly hasUnevaluatedAffinity: boolean;
  /** Operating systems that the required node affinity names, e.g. `['linux']`; empty when it names none. */
  readonly affinityOs: readonly string[];
  /** Name of the ConfigMap mounted as net-conf; absent when none is mounted. */
  readonly configMap?: string;
  /** Requests and limits that the template gives the container; absent when the DaemonSet could not be read. */
  readonly resources?: ContainerResources;
  /** How pods are replaced after a change; absent when the DaemonSet could not be read. */
  readonly updateStrategy?: UpdateStrategy;
  /** Who writes the DaemonSet; absent when it could not be read. */
  readonly management?: ManagementTraces;
}

/** Requests and limits of a container: quantities as written on the object, by the name of the resource. */
export interface ContainerResources {
  readonly requests: Readonly<Record<string, string>>;
  readonly limits: Readonly<Record<string, string>>;
}

/** `spec.updateStrategy` of a DaemonSet. */
export interface UpdateStrategy {
  /** `RollingUpdate` or `OnDelete`. */
  readonly type: string;
  /** A number or a percentage, as text; absent when none is set. */
  readonly maxUnavailable?: string;
  /** A number or a percentage, as text; absent when none is set. */
  readonly maxSurge?: string;
}

/** Traces that tools leave on an object they write. Of labels and annotations only the tools' own keys are kept. */
export interface ManagementTraces {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** `kubectl apply` left its copy of the object there; the copy itself is not kept. */
  readonly lastApplied: boolean;
  /** `manager` of `metadata.managedFields`, sorted, each once. */
  readonly managers: readonly string[];
}

/** Flannel's backend as `net-conf.json` asks for it (flannel@v0.28.9:pkg/subnet/config.go). */
export interface NetConf {
  /** `Network`; absent on IPv6-only clusters, and where it is not known (`announced`). */
  readonly network?: string;
  readonly ipv6Network?: string;
  /** `EnableIPv4`, default true. */
  readonly ipv4: boolean;
  /** `EnableIPv6`, default false. */
  readonly ipv6: boolean;
  /** `EnableNFTables`, default false. */
  readonly nftables: boolean;
  /** `Backend.Type` in lower case; `udp` when the key is missing, as in the code. */
  readonly backendType: string;
  /** vxlan: `VNI`, default 1. */
  readonly vni: number;
  /** vxlan: `Port`; absent means the kernel's default 8472. */
  readonly port?: number;
  /** `MTU` of the outer network; absent means the MTU of the external link. */
  readonly mtu?: number;
  /** vxlan: `DirectRouting`, default false. */
  readonly directRouting: boolean;
  /** vxlan: `Learning`, default false. */
  readonly learning: boolean;
  /** vxlan: `GBP`, default false. */
  readonly gbp: boolean;
  /** wireguard: `Mode`: `separate`, `auto`, `ipv4` or `ipv6`; absent means `separate`. */
  readonly mode?: string;
  /** No file was read: this is what the nodes announce and k3s writes always. A network may then be unknown. */
  readonly announced?: boolean;
}

/** How a container ended. */
export interface ContainerTermination {
  readonly reason?: string;
  readonly exitCode: number;
  readonly startedAt?: string;
  readonly finishedAt?: string;
}

/** One container of a pod: state and limits. */
export interface ContainerStatus {
  readonly name: string;
  readonly ready: boolean;
  readonly restartCount: number;
  readonly state: 'running' | 'waiting' | 'terminated' | 'unknown';
  /** `CrashLoopBackOff`, `ImagePullBackOff`, `OOMKilled` …; absent when running. */
  readonly reason?: string;
  /** Start of the running container. */
  readonly startedAt?: string;
  readonly terminated?: ContainerTermination;
  readonly lastTerminated?: ContainerTermination;
  /** `resources.limits.memory` as written, e.g. `50Mi`; absent when there is no limit. */
  readonly memoryLimit?: string;
}

/** A pod, reduced to what checks read. */
export interface PodObject {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Absent while unscheduled. */
  readonly nodeName?: string;
  readonly phase: string;
  readonly ready: boolean;
  readonly createdAt: string;
  /** Set when the pod is being deleted. */
  readonly deletingSince?: string;
  readonly podIPs: readonly string[];
  readonly containers: readonly ContainerStatus[];
}

/** The cluster's DNS: what answers behind the kube-dns Service. */
export interface CoreDns {
  /** Namespace and name of the Service. */
  readonly service: string;
  readonly clusterIPs: readonly string[];
  readonly pods: readonly PodObject[];
  /** Addresses of ready endpoints, from EndpointSlices. */
  readonly readyEndpoints: readonly string[];
  /** Addresses of endpoints that are not ready. */
  readonly notReadyEndpoints: readonly string[];
  /** What makes the pods; absent where Deployments may not be listed, or not exactly one makes pods of the Service. */
  readonly deployment?: DnsDeployment;
}

/** The Deployment that makes the pods of the cluster's DNS. */
export interface DnsDeployment {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** `spec.replicas`. */
  readonly replicas: number;
  /** `spec.selector.matchLabels`. */
  readonly podLabels: Readonly<Record<string, string>>;
  /** `kubectl.kubernetes.io/restartedAt` of its template; absent when there is none. */
  readonly restartedAt?: string;
  /** Its template asks, in any form, to place its pods on different nodes. */
  readonly isSpread: boolean;
  /** How many replicas there were; looked for only when there are to be none, and absent when no trace tells. */
  readonly earlierReplicas?: EarlierReplicas;
  readonly management: ManagementTraces;
}

/** How many replicas a Deployment had before it was scaled to nothing, and what tells so. */
export interface EarlierReplicas {
  /** 1 to 100. */
  readonly count: number;
  /**
   * - `event`: the Deployment's controller said from how many it went to 0.
   * - `last-applied`: kubectl's copy of the manifest asks for so many.
   * - `replica-set`: so many were wanted when its last rollout was done.
   */
  readonly source: 'event' | 'last-applied' | 'replica-set';
}

/**
 * Addresses of the pods of one node: of those that have a network of their own, are neither done nor being deleted,
 * and have an address already. Neither names nor namespaces: an address is enough to find its pod, and a bundle is
 * not to tell what a cluster runs.
 */
export interface NodePodAddresses {
  readonly node: string;
  /** Of both families, in the order of the pods' namespaces and names; each once. */
  readonly addresses: readonly string[];
}
