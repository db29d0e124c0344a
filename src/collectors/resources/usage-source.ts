// SPDX-License-Identifier: Apache-2.0

import type { UsageOrigin, UsageReading } from '#model/resources.ts';
import type { ApiRead } from '#collectors/define-collector.ts';
import type { KubernetesConnection } from '#sources/kubernetes/connection.ts';

/** What usage is asked of. */
export interface UsageRequest {
  readonly connection: KubernetesConnection;
  readonly signal: AbortSignal;
  /** Names of the nodes that there are; empty when nobody knows. */
  readonly nodes: readonly string[];
  /** Of pods in this namespace only; absent: of all. */
  readonly namespace?: string | undefined;
}

/** What one origin told. */
export type UsageAnswer = Pick<UsageReading, 'through' | 'nodes' | 'containers' | 'missing'>;

/** One way to learn what is used. They are tried in order, the best first. */
export interface UsageSource {
  readonly origin: UsageOrigin;
  /** The rights that it takes. */
  readonly reads: readonly ApiRead[];
  /** @throws SourceError or FactAbsence when nothing can be had this way */
  readonly read: (request: UsageRequest) => Promise<UsageAnswer>;
}
