// SPDX-License-Identifier: Apache-2.0

import type { ClusterAccess } from './access.ts';
import type { Fact } from './fact.ts';
import type {
  ClusterIdentity,
  CoreDns,
  FlannelWorkload,
  NetConf,
  NodeObject,
  NodePodAddresses,
  PodObject,
} from './cluster.ts';
import type { FlannelLog } from './flannel-log.ts';
import type {
  CniConfig,
  FdbEntry,
  FilterRules,
  FlannelProcess,
  IptablesWorlds,
  Link,
  LinkAddress,
  NatRules,
  Neighbour,
  NodeBoot,
  Route,
  SubnetEnv,
  Sysctls,
  UdpCounters,
} from './kernel.ts';
import type { NodeProbes } from './probe.ts';

/** Facts about the cluster as a whole, read from the Kubernetes API. */
export interface ClusterFacts {
  readonly identity: ClusterIdentity;
  readonly nodes: readonly NodeObject[];
  readonly flannel: FlannelWorkload;
  readonly netConf: NetConf;
  readonly flannelPods: readonly PodObject[];
  readonly coreDns: CoreDns;
  /** Empty where no pod in kube-system carries kube-proxy's label. */
  readonly kubeProxyPods: readonly PodObject[];
  /** Sorted by node; a node without such a pod is not there. */
  readonly podAddresses: readonly NodePodAddresses[];
  readonly access: ClusterAccess;
}

/** Facts about one node's kernel, read through a way into the node. */
export interface NodeFacts {
  readonly links: readonly Link[];
  readonly addresses: readonly LinkAddress[];
  /** The main table, both families. */
  readonly routes: readonly Route[];
  /** Entries of flannel's links only. */
  readonly neighbours: readonly Neighbour[];
  /** Entries of flannel's links only. */
  readonly fdb: readonly FdbEntry[];
  /** `null`: the file does not exist. */
  readonly subnetEnv: SubnetEnv | null;
  readonly sysctls: Sysctls;
  readonly filterRules: FilterRules;
  readonly natRules: NatRules;
  /** What pings from the node met; made after all else, when it is known which peers to ask. */
  readonly probes: NodeProbes;
  /** `null`: no process of that name can be seen from where the node was read. */
  readonly flannelProcess: FlannelProcess | null;
  /** Read from the API, not from the node: it is there where no command can run. */
  readonly flannelLog: FlannelLog;
  readonly iptablesWorlds: IptablesWorlds;
  /** By family; a family whose counters the kernel does not show is not there. */
  readonly udpCounters: readonly UdpCounters[];
  readonly boot: NodeBoot;
  /** `null`: `/etc/cni/net.d` cannot be seen from where the node was read. */
  readonly cniConfig: CniConfig | null;
}

/** Name of a cluster fact. */
export type ClusterFactName = keyof ClusterFacts;
/** Name of a node fact. */
export type NodeFactName = keyof NodeFacts;

/** All cluster facts, each observed or absent. */
export type ClusterFactRecord = { readonly [K in ClusterFactName]: Fact<ClusterFacts[K]> };
/** All facts of one node, each observed or absent. */
export type NodeFactRecord = { readonly [K in NodeFactName]: Fact<NodeFacts[K]> };

/** Version of the snapshot's shape; raised when a reader of the older shape would misread it. */
export const SNAPSHOT_SCHEMA_VERSION = 1;

/**
 * All facts of one run: frozen, redacted, serialisable as JSON without loss.
 * Equal entries of different nodes (a peer's route is the same on every node) are one frozen object.
 */
export interface Snapshot {
  readonly schemaVersion: typeof SNAPSHOT_SCHEMA_VERSION;
  readonly startedAt: string;
  /** The end of collection, ISO-8601 UTC. */
  readonly finishedAt: string;
  /** The same instant by the API server's clock; absent when that clock agrees with ours, or did not tell. */
  readonly apiFinishedAt?: string;
  readonly cluster: ClusterFactRecord;
  /** By node name. A node of the `nodes` fact that was not selected or could not be read still has a record. */
  readonly nodes: Readonly<Record<string, NodeFactRecord>>;
}

/**
 * The instant that checks take for now, ISO-8601 UTC: what the API server stamps (creations, conditions) is held
 * against its own clock, for ours may be minutes off.
 */
export function nowOf({ finishedAt, apiFinishedAt }: Snapshot): string {
  return apiFinishedAt ?? finishedAt;
}

/** Every cluster fact's name, for loops; the type keeps it complete. */
export const CLUSTER_FACT_NAMES: readonly ClusterFactName[] = Object.keys({
  identity: true,
  nodes: true,
  flannel: true,
  netConf: true,
  flannelPods: true,
  coreDns: true,
  kubeProxyPods: true,
  podAddresses: true,
  access: true,
} satisfies Record<ClusterFactName, true>) as ClusterFactName[];

/** Every node fact's name, for loops; the type keeps it complete. */
export const NODE_FACT_NAMES: readonly NodeFactName[] = Object.keys({
  links: true,
  addresses: true,
  routes: true,
  neighbours: true,
  fdb: true,
  subnetEnv: true,
  sysctls: true,
  filterRules: true,
  natRules: true,
  probes: true,
  flannelProcess: true,
  flannelLog: true,
  iptablesWorlds: true,
  udpCounters: true,
  boot: true,
  cniConfig: true,
} satisfies Record<NodeFactName, true>) as NodeFactName[];
