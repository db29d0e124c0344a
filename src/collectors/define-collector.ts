// SPDX-License-Identifier: Apache-2.0

import type { ClusterFactName, ClusterFacts, NodeFactName, NodeFacts } from '#model/snapshot.ts';
import type { ClusterReader } from '#collectors/cluster-reader.ts';
import type { NodeSections } from '#collectors/kernel/node-sections.ts';
import type { ApiRead } from '#sources/kubernetes/api-read.ts';

export { type ApiRead, apiRead, inNamespace } from '#sources/kubernetes/api-read.ts';

/** A path of the API server that is no object. */
export interface UrlRead {
  readonly kind: 'url';
  readonly path: string;
}

/** A command that runs on a node. */
export interface CommandRead {
  readonly kind: 'command';
  readonly command: string;
}

/** Something a collector reads. */
export type Read = ApiRead | UrlRead | CommandRead;

/** A fact's value, and the way it came. */
export interface Collected<T> {
  readonly value: T;
  readonly origin?: string;
}

/** Reads one fact about the cluster. */
export interface ClusterCollector<K extends ClusterFactName> {
  readonly scope: 'cluster';
  readonly fact: K;
  readonly reads: readonly Read[];
  /** Milliseconds after which the fact is absent, `timed-out`. */
  readonly timeoutMs: number;
  /** @throws SourceError, LinuxParseError or FactAbsence when the fact cannot be had */
  readonly collect: (reader: ClusterReader) => Promise<Collected<ClusterFacts[K]>>;
}

/** Makes one fact about a node from the sections of its reading. The reading has the time limit. */
export interface NodeCollector<K extends NodeFactName> {
  readonly scope: 'node';
  readonly fact: K;
  readonly reads: readonly CommandRead[];
  /** Pure. @throws LinuxParseError or FactAbsence when the fact cannot be had */
  readonly collect: (sections: NodeSections) => NodeFacts[K];
}
