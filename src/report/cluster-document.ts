// SPDX-License-Identifier: Apache-2.0

import type { ContainerRole, ResourceAmounts, WorkloadRef } from '#model/resources.ts';
import type { Suppression } from '#model/suppression.ts';

/** Version of the shape; raised when a reader of the older shape would misread it. */
export const DOCUMENT_SCHEMA_VERSION = 1;

/**
 * A cluster's own page. Whatever does not change while the cluster stays the same is in `content`; two runs differ in
 * `made` alone.
 */
export interface ClusterDocument {
  readonly schemaVersion: typeof DOCUMENT_SCHEMA_VERSION;
  readonly kind: 'ClusterDocument';
  readonly made: DocumentMaking;
  readonly content: DocumentContent;
}

/** When a page was made, by what, and through which kubeconfig. */
export interface DocumentMaking {
  /** ISO-8601 UTC. */
  readonly at: string;
  /** Version of Selvage. */
  readonly tool: string;
  readonly context: string;
  readonly server: string;
}

/** What is known of a cluster. What could not be read is absent or empty here, and told under `unread`. */
export interface DocumentContent {
  readonly cluster: {
    /** UID of the namespace kube-system. */
    readonly uid?: string;
    /** `gitVersion` of the API server. */
    readonly version?: string;
  };
  /** In the order of the API server, which is by name. */
  readonly nodes: readonly DocumentNode[];
  readonly restart: DocumentRestart;
  readonly flannel?: DocumentFlannel;
  /** Settings of Flannel's net-conf.json, by their names there; empty when it could not be read. */
  readonly netConf: readonly DocumentSetting[];
  /** Flannel, the cluster's DNS, kube-proxy and metrics-server, as their pods run now. */
  readonly workloads: readonly DocumentWorkload[];
  /** Every version of something that runs here, and on how many nodes or in how many pods. */
  readonly versions: readonly DocumentVersion[];
  /** What Selvage changed, the oldest first, as the record of this user holds it. */
  readonly changes: readonly DocumentChange[];
  /** Findings that somebody accepts, in the order of the file; absent when no file was given. */
  readonly accepted?: readonly Suppression[];
  readonly unread: readonly DocumentGap[];
}

/** One node. */
export interface DocumentNode {
  readonly name: string;
  /** From the labels `node-role.kubernetes.io/…`; empty when it has none. */
  readonly roles: readonly string[];
  readonly internalIPs: readonly string[];
  readonly externalIPs: readonly string[];
  readonly podCIDRs: readonly string[];
  /** `linux` or `windows`. */
  readonly os: string;
  readonly osImage: string;
  readonly kernel: string;
  readonly kubelet: string;
  readonly runtime: string;
  /** When the Node object was made, ISO-8601 UTC. */
  readonly createdAt: string;
  /** Status and beginning of the Ready condition; absent: the node has none. */
  readonly ready?: { readonly status: string; readonly since?: string };
  readonly boot: DocumentBoot;
}

/** The last start of a node, as far as it can be proven. */
export interface DocumentBoot {
  /** Id of the start, another one after each. */
  readonly id?: string;
  /** Start of its kernel, ISO-8601 UTC. */
  readonly kernelAt?: string;
  /** The node has been up at least since then: its oldest container that runs began then. ISO-8601 UTC. */
  readonly upSince?: string;
  /** Other nodes with the same id: they share one kernel, whose start is not theirs. */
  readonly sharedWith: readonly string[];
  /** How the start of the kernel is known, or why it is not; one sentence. */
  readonly evidence: string;
}

/**
 * The last restart of the cluster as a whole. `together`: all nodes started within an hour of each other; `apart`: they
 * did not, and `from` and `to` are the first and the last of their starts; `unknown`: the start of some node is not
 * known.
 */
export type DocumentRestart =
  | { readonly state: 'together' | 'apart'; readonly from: string; readonly to: string }
  | { readonly state: 'unknown'; readonly why: string };

/** Flannel as it is set up. */
export interface DocumentFlannel {
  readonly kind: 'daemonset' | 'embedded';
  readonly namespace?: string;
  readonly name?: string;
  readonly image?: string;
  readonly version?: string;
  readonly annotationPrefix: string;
  readonly configMap?: string;
  /** Requests and limits that the template of the DaemonSet gives its container, as written. */
  readonly requests?: Readonly<Record<string, string>>;
  readonly limits?: Readonly<Record<string, string>>;
  readonly updateStrategy?: string;
  /** Who writes the DaemonSet; absent when that could not be read, empty when no trace is known. */
  readonly owners?: readonly { readonly name: string; readonly evidence: string }[];
}

/** A setting and its value as text. */
export interface DocumentSetting {
  readonly name: string;
  readonly value: string;
}

/** What a well-known workload is there for. */
export type WorkloadPurpose = 'flannel' | 'coredns' | 'kube-proxy' | 'metrics-server';

/** Resource settings of one workload. */
export interface DocumentWorkload {
  readonly purpose: WorkloadPurpose;
  readonly namespace: string;
  readonly workload: WorkloadRef;
  readonly pods: number;
  /** A container twice: some of the pods have it in another way. */
  readonly containers: readonly DocumentContainer[];
}

/** One container as some pods of a workload have it. */
export interface DocumentContainer {
  readonly name: string;
  readonly role: ContainerRole;
  readonly image: string;
  readonly requests: ResourceAmounts;
  readonly limits: ResourceAmounts;
  /** How many pods have it so. */
  readonly pods: number;
}

/** A version of something that runs in the cluster. */
export interface DocumentVersion {
  /** `Kubernetes`, `kubelet`, `kernel`, `operating system`, `container runtime`, `Flannel`, `image of coredns` … */
  readonly component: string;
  readonly version: string;
  /** Names of nodes, sorted; empty when it is not one of nodes. */
  readonly nodes: readonly string[];
}

/** One change of Selvage's. */
export interface DocumentChange {
  readonly id: string;
  readonly at: string;
  /** The name under which the API server knew the caller. */
  readonly user: string;
  readonly node?: string;
  readonly what: string;
  readonly remedy: string;
  /** `applied`, `skipped`, `failed`, `unknown`, or `no end is recorded`. */
  readonly outcome: string;
  /** `helped`, `did-not-help`, `made-worse`, `not-known`; absent: not verified. */
  readonly verdict?: string;
  readonly undoneBy?: string;
}

/** Something that could not be read. */
export interface DocumentGap {
  readonly what: string;
  /** One sentence. */
  readonly why: string;
}

/** What one version of a page has and another has not, section by section. */
export interface DocumentDiff {
  readonly schemaVersion: typeof DOCUMENT_SCHEMA_VERSION;
  readonly kind: 'DocumentDiff';
  /** ISO-8601 UTC. */
  readonly before: string;
  readonly after: string;
  /** Sections without a difference are not there. */
  readonly sections: readonly DiffSection[];
}

/** What differs in one section. */
export interface DiffSection {
  /** Field of {@link DocumentContent}. */
  readonly section: Exclude<keyof DocumentContent, 'versions'>;
  readonly added: readonly DiffItem[];
  readonly removed: readonly DiffItem[];
  readonly changed: readonly DiffChange[];
}

/** A thing that is there in one version only, with what is known of it. */
export interface DiffItem {
  readonly what: string;
  readonly fields: readonly DocumentSetting[];
}

/** One field of a thing that is in both versions; a value that is absent was not there. */
export interface DiffChange {
  readonly what: string;
  readonly field: string;
  readonly before?: string;
  readonly after?: string;
}
