// SPDX-License-Identifier: Apache-2.0

import { ClusterReader } from '#collectors/cluster-reader.ts';
import { FactAbsence } from '#collectors/fact-absence.ts';
import { identityCollector } from '#collectors/identity/collector.ts';
import {
  type ResourceOptions,
  collectPods,
  collectResources,
  collectUse,
} from '#collectors/resources/collect-resources.ts';
import type { ClusterIdentity } from '#model/cluster.ts';
import type { ResourcePicture, UsePicture } from '#model/resources.ts';
import type { ConnectOptions } from '#sources/kubernetes/connect-options.ts';
import { type KubernetesConnection, connect } from '#sources/kubernetes/connection.ts';
import { isSourceError } from '#sources/source-error.ts';

/**
 * The way from a kubeconfig to a picture of the cluster's resources: connects, collects, disconnects.
 *
 * @throws SourceError when the cluster cannot be talked to at all, or on cancellation
 */
export async function readResources(
  connection: ConnectOptions,
  options: ResourceOptions,
): Promise<ResourcePicture> {
  const cluster = await connect(connection);
  try {
    return await collectResources(cluster, options);
  } finally {
    cluster.close();
  }
}

/** Like {@link readResources}, without the rules of namespaces. @throws SourceError */
export async function readUse(
  connection: ConnectOptions,
  options: ResourceOptions,
): Promise<UsePicture> {
  const cluster = await connect(connection);
  try {
    return await collectUse(cluster, options);
  } finally {
    cluster.close();
  }
}

/** Like {@link readResources}, the pods alone. @throws SourceError */
export async function readPods(
  connection: ConnectOptions,
  signal: AbortSignal,
): Promise<ResourcePicture['pods']> {
  const cluster = await connect(connection);
  try {
    return await collectPods(cluster, signal);
  } finally {
    cluster.close();
  }
}

/** A picture, and what tells its cluster from others: by that its history is found. */
export interface IdentifiedResources {
  readonly picture: ResourcePicture;
  /** Absent when it could not be read. */
  readonly cluster?: Pick<ClusterIdentity, 'uid' | 'server'>;
}

/** Like {@link readResources}, with which cluster it is. @throws SourceError */
export async function readIdentifiedResources(
  connection: ConnectOptions,
  options: ResourceOptions,
): Promise<IdentifiedResources> {
  const opened = await connect(connection);
  try {
    const [picture, cluster] = await Promise.all([
      collectResources(opened, options),
      identityOf(opened, options.signal),
    ]);
    return { picture, ...(cluster !== undefined && { cluster }) };
  } finally {
    opened.close();
  }
}

/** What cannot be read of it is no reason to fail: the picture is there. */
async function identityOf(
  connection: KubernetesConnection,
  signal: AbortSignal = new AbortController().signal,
): Promise<ClusterIdentity | undefined> {
  try {
    return (await identityCollector.collect(new ClusterReader(connection, signal))).value;
  } catch (error) {
    if (isSourceError(error) || error instanceof FactAbsence) return undefined;
    throw error;
  }
}
