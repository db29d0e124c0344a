// SPDX-License-Identifier: Apache-2.0

import { type Fact, observed } from '#model/fact.ts';
import type { ClusterFactName, ClusterFactRecord, ClusterFacts } from '#model/snapshot.ts';
import { accessCollector } from '#collectors/access/collector.ts';
import type { ClusterReader } from '#collectors/cluster-reader.ts';
import { coreDnsCollector } from '#collectors/core-dns/collector.ts';
import { deepFreeze } from '#collectors/deep-freeze.ts';
import type { ClusterCollector } from '#collectors/define-collector.ts';
import { FactAbsence, absenceOf } from '#collectors/fact-absence.ts';
import { flannelCollector } from '#collectors/flannel/collector.ts';
import { flannelPodsCollector } from '#collectors/flannel-pods/collector.ts';
import { identityCollector } from '#collectors/identity/collector.ts';
import { kubeProxyPodsCollector } from '#collectors/kube-proxy/collector.ts';
import { netConfCollector } from '#collectors/net-conf/collector.ts';
import { nodesCollector } from '#collectors/nodes/collector.ts';
import { podAddressesCollector } from '#collectors/pod-addresses/collector.ts';
import { type SourceError, isSourceError } from '#sources/source-error.ts';

/** The collectors of what the cluster holds. */
const READERS: {
  readonly [K in Exclude<ClusterFactName, 'access'>]: ClusterCollector<K>;
} = {
  identity: identityCollector,
  nodes: nodesCollector,
  flannel: flannelCollector,
  netConf: netConfCollector,
  flannelPods: flannelPodsCollector,
  coreDns: coreDnsCollector,
  kubeProxyPods: kubeProxyPodsCollector,
  podAddresses: podAddressesCollector,
};

/** The collector of each cluster fact. */
export const CLUSTER_COLLECTORS: {
  readonly [K in ClusterFactName]: ClusterCollector<K>;
} = { ...READERS, access: accessCollector(Object.values(READERS)) };

interface Outcome<T> {
  readonly fact: Fact<T>;
  readonly error?: unknown;
}

/**
 * Reads all cluster facts at the same time.
 *
 * @param onFact called after each fact
 * @throws SourceError when the API server cannot be talked to at all
 */
export async function collectCluster(
  reader: ClusterReader,
  onFact: () => void,
): Promise<ClusterFactRecord> {
  const collect = async <K extends ClusterFactName>(
    collector: ClusterCollector<K>,
  ): Promise<Outcome<ClusterFacts[K]>> => {
    const outcome = await collectOne(collector, reader);
    onFact();
    return outcome;
  };
  const outcomes = await Promise.all([
    collect(identityCollector),
    collect(nodesCollector),
    collect(flannelCollector),
    collect(netConfCollector),
    collect(flannelPodsCollector),
    collect(coreDnsCollector),
    collect(kubeProxyPodsCollector),
    collect(podAddressesCollector),
    collect(CLUSTER_COLLECTORS.access),
  ]);
  const [
    identity,
    nodes,
    flannel,
    netConf,
    flannelPods,
    coreDns,
    kubeProxyPods,
    podAddresses,
    access,
  ] = outcomes;
  const fatal = fatalError(outcomes, identity, nodes);
  if (fatal !== undefined) throw fatal;
  return {
    identity: identity.fact,
    nodes: nodes.fact,
    flannel: flannel.fact,
    netConf: netConf.fact,
    flannelPods: flannelPods.fact,
    coreDns: coreDns.fact,
    kubeProxyPods: kubeProxyPods.fact,
    podAddresses: podAddresses.fact,
    access: access.fact,
  };
}

async function collectOne<K extends ClusterFactName>(
  collector: ClusterCollector<K>,
  reader: ClusterReader,
): Promise<Outcome<ClusterFacts[K]>> {
  try {
    const { value, origin } = await withinTime(collector, reader);
    return { fact: observed(deepFreeze(value), new Date().toISOString(), origin) };
  } catch (error) {
    return { fact: absenceOf(error), error };
  }
}

async function withinTime<K extends ClusterFactName>(
  { collect, timeoutMs }: ClusterCollector<K>,
  reader: ClusterReader,
): ReturnType<ClusterCollector<K>['collect']> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const detail = `It was not read within ${String(timeoutMs / 1000)} s.`;
      reject(new FactAbsence('timed-out', detail));
    }, timeoutMs);
  });
  try {
    return await Promise.race([collect(reader), deadline]);
  } finally {
    clearTimeout(timer);
  }
}

function fatalError(
  outcomes: readonly Outcome<unknown>[],
  identity: Outcome<unknown>,
  nodes: Outcome<unknown>,
): SourceError | undefined {
  for (const { error } of outcomes) if (isSourceError(error, 'cancelled')) return error;
  // No way to the server, wrong credentials, silence, or something that is no Kubernetes API: each shows in both of
  // the reads that need no flannel. One of them alone leaves something to say.
  const both = isSourceError(identity.error) && isSourceError(nodes.error);
  return both && !isSourceError(nodes.error, 'forbidden') ? nodes.error : undefined;
}
