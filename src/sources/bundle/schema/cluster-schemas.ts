// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';

import type { AccessRight, ClusterAccess, TriedNodeWay } from '#model/access.ts';
import type {
  ClusterIdentity,
  Condition,
  ContainerResources,
  ContainerStatus,
  ContainerTermination,
  CoreDns,
  DnsDeployment,
  EarlierReplicas,
  FlannelDaemonSet,
  FlannelWorkload,
  ManagementTraces,
  NetConf,
  NodeObject,
  NodePodAddresses,
  PodObject,
  Taint,
  Toleration,
  UpdateStrategy,
} from '#model/cluster.ts';
import type { ClusterFactName, ClusterFacts } from '#model/snapshot.ts';
import {
  flag,
  listOf,
  maybe,
  number,
  objectOf,
  oneOf,
  recordOf,
  text,
} from '#sources/bundle/schema/shape.ts';

/** A name as the API server allows it for nodes (RFC 1123 subdomain): no key of a prototype, no path, no escape. */
export const nodeName: z.ZodMiniType<string> = z
  .string()
  .check(z.maxLength(253), z.regex(/^[a-z0-9](?:[-.a-z0-9]*[a-z0-9])?$/));

const identity = objectOf<ClusterIdentity>({
  uid: maybe(text),
  version: text,
  context: text,
  server: text,
});

const condition = objectOf<Condition>({
  type: text,
  status: oneOf('True', 'False', 'Unknown'),
  reason: maybe(text),
  message: maybe(text),
  lastTransitionAt: maybe(text),
});

const taint = objectOf<Taint>({ key: text, value: maybe(text), effect: text });

const toleration = objectOf<Toleration>({
  key: maybe(text),
  operator: maybe(text),
  value: maybe(text),
  effect: maybe(text),
});

const node = objectOf<NodeObject>({
  name: nodeName,
  uid: text,
  createdAt: text,
  os: text,
  podCIDRs: listOf(text),
  internalIPs: listOf(text),
  externalIPs: listOf(text),
  conditions: listOf(condition),
  taints: listOf(taint),
  unschedulable: flag,
  controlPlane: flag,
  labels: recordOf(text),
  kubeletVersion: text,
  osImage: text,
  kernelVersion: text,
  containerRuntimeVersion: text,
  bootId: maybe(text),
  flannelAnnotations: recordOf(text),
  duringRun: maybe(oneOf('joined', 'left')),
});

const resources = objectOf<ContainerResources>({
  requests: recordOf(text),
  limits: recordOf(text),
});

const updateStrategy = objectOf<UpdateStrategy>({
  type: text,
  maxUnavailable: maybe(text),
  maxSurge: maybe(text),
});

const management = objectOf<ManagementTraces>({
  labels: recordOf(text),
  annotations: recordOf(text),
  lastApplied: flag,
  managers: listOf(text),
});

const daemonSet = objectOf<FlannelDaemonSet>({
  kind: oneOf('daemonset'),
  namespace: text,
  name: text,
  container: text,
  image: text,
  version: maybe(text),
  annotationPrefix: text,
  publicIpFlag: flag,
  nodeSelector: recordOf(text),
  tolerations: listOf(toleration),
  hasUnevaluatedAffinity: flag,
  affinityOs: listOf(text),
  configMap: maybe(text),
  resources: maybe(resources),
  updateStrategy: maybe(updateStrategy),
  management: maybe(management),
});

const embedded = objectOf<Exclude<FlannelWorkload, FlannelDaemonSet>>({
  kind: oneOf('embedded'),
  annotationPrefix: text,
});

const netConf = objectOf<NetConf>({
  network: maybe(text),
  ipv6Network: maybe(text),
  ipv4: flag,
  ipv6: flag,
  nftables: flag,
  backendType: text,
  vni: number,
  port: maybe(number),
  mtu: maybe(number),
  directRouting: flag,
  learning: flag,
  gbp: flag,
  mode: maybe(text),
  announced: maybe(flag),
});

const termination = objectOf<ContainerTermination>({
  reason: maybe(text),
  exitCode: number,
  startedAt: maybe(text),
  finishedAt: maybe(text),
});

const container = objectOf<ContainerStatus>({
  name: text,
  ready: flag,
  restartCount: number,
  state: oneOf('running', 'waiting', 'terminated', 'unknown'),
  reason: maybe(text),
  startedAt: maybe(text),
  terminated: maybe(termination),
  lastTerminated: maybe(termination),
  memoryLimit: maybe(text),
});

const pod = objectOf<PodObject>({
  namespace: text,
  name: text,
  uid: text,
  nodeName: maybe(text),
  phase: text,
  ready: flag,
  createdAt: text,
  deletingSince: maybe(text),
  podIPs: listOf(text),
  containers: listOf(container),
});

const dnsDeployment = objectOf<DnsDeployment>({
  namespace: text,
  name: text,
  uid: text,
  replicas: number,
  podLabels: recordOf(text),
  restartedAt: maybe(text),
  isSpread: flag,
  earlierReplicas: maybe(
    objectOf<EarlierReplicas>({
      count: number,
      source: oneOf('event', 'last-applied', 'replica-set'),
    }),
  ),
  management,
});

const coreDns = objectOf<CoreDns>({
  service: text,
  clusterIPs: listOf(text),
  pods: listOf(pod),
  readyEndpoints: listOf(text),
  notReadyEndpoints: listOf(text),
  deployment: maybe(dnsDeployment),
});

const podAddresses = objectOf<NodePodAddresses>({ node: text, addresses: listOf(text) });

const access = objectOf<ClusterAccess>({
  rights: listOf(
    objectOf<AccessRight>({
      verb: text,
      group: text,
      resource: text,
      namespace: maybe(text),
      name: maybe(text),
      answer: oneOf('allowed', 'denied', 'not-asked'),
      neededFor: listOf(text),
      lost: listOf(text),
    }),
  ),
  ways: maybe(
    recordOf(
      listOf(objectOf<TriedNodeWay>({ way: text, through: maybe(text), reason: maybe(text) })),
    ),
  ),
});

/** Nodes of different names: a second one of the same would be judged by the facts of the first. */
const nodes = listOf(node).check(
  z.refine((list) => new Set(list.map(({ name }) => name)).size === list.length),
);

/** The schema of each cluster fact's value. */
export const CLUSTER_SCHEMAS: {
  readonly [K in ClusterFactName]: z.ZodMiniType<ClusterFacts[K]>;
} = {
  identity,
  nodes,
  flannel: z.union([daemonSet, embedded]),
  netConf,
  flannelPods: listOf(pod),
  coreDns,
  kubeProxyPods: listOf(pod),
  podAddresses: listOf(podAddresses),
  access,
};
