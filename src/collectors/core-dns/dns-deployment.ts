// SPDX-License-Identifier: Apache-2.0

import type { ClusterReader } from '#collectors/cluster-reader.ts';
import { type ApiRead, apiRead, inNamespace } from '#collectors/define-collector.ts';
import type { DnsDeployment, EarlierReplicas } from '#model/cluster.ts';
import {
  type Deployment,
  projectDeployment,
  projectReplicaSet,
  projectScalingEvent,
  type ReplicaSet,
  type ScalingEvent,
} from '#sources/kubernetes/objects/deployment.ts';
import { defined } from '#sources/kubernetes/objects/fields.ts';
import type { Service } from '#sources/kubernetes/objects/service.ts';
import { isSourceError } from '#sources/source-error.ts';

/** What finding the Deployment takes; without it only mending can do less. */
export const DNS_DEPLOYMENT_READS: readonly ApiRead[] = [
  inNamespace('kube-system', apiRead('apps', 'deployments', 'list')),
  inNamespace('kube-system', apiRead('apps', 'replicasets', 'list')),
  inNamespace('kube-system', apiRead('', 'events', 'list')),
];

/**
 * The Deployment that makes the pods of the DNS Service; undefined when it may not be read, or is not one.
 *
 * @throws SourceError when it was cancelled
 */
export async function readDnsDeployment(
  reader: ClusterReader,
  { namespace, selector }: Service,
): Promise<DnsDeployment | undefined> {
  const wanted = Object.entries(selector);
  if (wanted.length === 0) return undefined;
  const all = await listed(reader, `apis/apps/v1`, namespace, {
    plural: 'deployments',
    project: projectDeployment,
  });
  const [found, second] = all.filter(({ templateLabels }) =>
    wanted.every(([key, value]) => templateLabels[key] === value),
  );
  if (found === undefined || second !== undefined) return undefined;
  const { templateLabels: _, appliedReplicas: __, ...deployment } = found;
  const earlierReplicas = found.replicas === 0 ? await readEarlier(reader, found) : undefined;
  return { ...deployment, ...defined({ earlierReplicas }) };
}

async function readEarlier(
  reader: ClusterReader,
  deployment: Deployment,
): Promise<EarlierReplicas | undefined> {
  const { namespace } = deployment;
  const [sets, events] = await Promise.all([
    listed(reader, 'apis/apps/v1', namespace, {
      plural: 'replicasets',
      project: projectReplicaSet,
    }),
    listed(reader, 'api/v1', namespace, { plural: 'events', project: projectScalingEvent }),
  ]);
  return earlierReplicas(deployment, sets, events);
}

/** A list of a namespace; empty when it cannot be read: the DNS is judged without it all the same. */
async function listed<T>(
  reader: ClusterReader,
  root: string,
  namespace: string,
  { plural, project }: { plural: string; project: (item: unknown) => T | undefined },
): Promise<readonly T[]> {
  const path = `/${root}/namespaces/${encodeURIComponent(namespace)}/${plural}`;
  try {
    return await reader.list(`${plural} in ${namespace}`, path, project);
  } catch (error) {
    if (!isSourceError(error) || error.code === 'cancelled') throw error;
    return [];
  }
}

/**
 * What tells how many replicas there were: the controller's own word of the last scaling to nothing, else the
 * manifest, else the last rollout. A rollout scales ReplicaSets to nothing too, but none that is the newest. Pure.
 */
export function earlierReplicas(
  { uid, appliedReplicas }: Pick<Deployment, 'uid' | 'appliedReplicas'>,
  replicaSets: readonly ReplicaSet[],
  events: readonly ScalingEvent[],
): EarlierReplicas | undefined {
  const [newest, ...older] = replicaSets
    .filter(({ owner }) => owner === uid)
    .toSorted((a, b) => b.revision - a.revision);
  const scaled = events
    .filter(
      ({ deployment, replicaSet, to }) =>
        deployment === uid && replicaSet === newest?.name && to === 0,
    )
    .toSorted((a, b) => ((a.at ?? '') < (b.at ?? '') ? 1 : -1));
  const told = [
    { count: scaled[0]?.from, source: 'event' },
    { count: appliedReplicas, source: 'last-applied' },
    { count: older.find(({ desired = 0 }) => desired > 0)?.desired, source: 'replica-set' },
  ] as const;
  const [best] = told.flatMap(({ count, source }) =>
    count !== undefined && isPlausible(count) ? [{ count, source }] : [],
  );
  return best;
}

const MOST_REPLICAS = 100;

function isPlausible(count: number): boolean {
  return Number.isInteger(count) && count >= 1 && count <= MOST_REPLICAS;
}
