// SPDX-License-Identifier: Apache-2.0

import type { ClusterFacts, NodeFacts, Snapshot } from '#model/snapshot.ts';
import { CLUSTER_FACT_NAMES, NODE_FACT_NAMES, SNAPSHOT_SCHEMA_VERSION } from '#model/snapshot.ts';
import { type AbsenceReason, type Fact, absent, observed } from '#model/fact.ts';
import type { NetConf, NodeObject } from '#model/cluster.ts';
import { healthyFacts } from './healthy-facts.ts';
import type { HealthyOptions } from './healthy-node.ts';

/** The instant at which every built snapshot was taken. */
export const BUILT_AT = '2026-11-24T12:00:00.000Z';

type Change<T> = (value: T) => T;

/**
 * Builds snapshots for tests: start from a healthy cluster, then break what the test is about. Every method
 * returns the builder; `build` gives a deeply frozen snapshot and may be called again.
 */
export class SnapshotBuilder {
  readonly #cluster = new Map<string, Fact<unknown>>();
  readonly #nodes = new Map<string, Map<string, Fact<unknown>>>();

  constructor(options: HealthyOptions = {}) {
    const healthy = healthyFacts(options);
    for (const name of CLUSTER_FACT_NAMES) {
      this.#cluster.set(name, observed(healthy.cluster[name], BUILT_AT));
    }
    for (const [node, facts] of Object.entries(healthy.nodes)) {
      const origin = `exec kube-flannel/kube-flannel-ds-${node}`;
      this.#nodes.set(
        node,
        new Map(NODE_FACT_NAMES.map((name) => [name, observed(facts[name], BUILT_AT, origin)])),
      );
    }
  }

  /** Replaces the value of a cluster fact. Throws when the fact is absent. */
  changeCluster<K extends keyof ClusterFacts>(name: K, change: Change<ClusterFacts[K]>): this {
    const value = valueOf(this.#cluster.get(name), name) as ClusterFacts[K];
    this.#cluster.set(name, observed(change(value), BUILT_AT));
    return this;
  }

  /**
   * Changes net-conf as if every flanneld had started with it: the nodes announce its backend, and subnet.env has its
   * networks. With `changeCluster` alone net-conf is edited under flannels that run with the old one.
   */
  changeNetConf(change: Change<NetConf>): this {
    this.changeCluster('netConf', change);
    const { backendType, ipv4, ipv6, network, ipv6Network } = valueOf(
      this.#cluster.get('netConf'),
      'netConf',
    ) as NetConf;
    this.changeCluster('nodes', (nodes) =>
      nodes.map((node) => ({
        ...node,
        flannelAnnotations: Object.fromEntries(
          Object.entries(node.flannelAnnotations).map(([key, value]) => [
            key,
            key.endsWith('backend-type') ? backendType : value,
          ]),
        ),
      })),
    );
    for (const node of this.#nodes.keys()) {
      this.changeKernel(node, 'subnetEnv', (env) => {
        if (env === null) return env;
        const { network: _, ipv6Network: __, ...rest } = env;
        return {
          ...rest,
          ...(ipv4 && network !== undefined ? { network } : {}),
          ...(ipv6 && ipv6Network !== undefined ? { ipv6Network } : {}),
        };
      });
    }
    return this;
  }

  /** Replaces one Node object. Throws when there is no such node. */
  changeNode(node: string, change: Change<NodeObject>): this {
    this.#factsOf(node);
    return this.changeCluster('nodes', (nodes) =>
      nodes.map((object) => (object.name === node ? change(object) : object)),
    );
  }

  /** Replaces the value of a fact of one node. Throws when the node or the fact is not there. */
  changeKernel<K extends keyof NodeFacts>(
    node: string,
    name: K,
    change: Change<NodeFacts[K]>,
  ): this {
    const facts = this.#factsOf(node);
    const value = valueOf(facts.get(name), name) as NodeFacts[K];
    facts.set(name, observed(change(value), BUILT_AT));
    return this;
  }

  /** Makes a cluster fact absent. */
  withoutCluster(name: keyof ClusterFacts, reason: AbsenceReason = 'forbidden'): this {
    this.#cluster.set(name, absent(reason, `The test withdrew ${name}.`));
    return this;
  }

  /** Makes one fact of a node absent; without a fact's name, all of them. */
  withoutKernel(node: string, name?: keyof NodeFacts, reason: AbsenceReason = 'timed-out'): this {
    const facts = this.#factsOf(node);
    for (const each of name === undefined ? NODE_FACT_NAMES : [name]) {
      facts.set(each, absent(reason, `The test withdrew ${each} of ${node}.`));
    }
    return this;
  }

  /** The snapshot as it stands now, deeply frozen. */
  build(): Snapshot {
    return deepFreeze(
      structuredClone({
        schemaVersion: SNAPSHOT_SCHEMA_VERSION,
        startedAt: BUILT_AT,
        finishedAt: BUILT_AT,
        cluster: Object.fromEntries(this.#cluster),
        nodes: Object.fromEntries(
          [...this.#nodes].map(([node, facts]) => [node, Object.fromEntries(facts)]),
        ),
      }),
    ) as Snapshot;
  }

  #factsOf(node: string): Map<string, Fact<unknown>> {
    const facts = this.#nodes.get(node);
    if (facts === undefined) throw new Error(`no node ${node} in this cluster`);
    return facts;
  }
}

/** A healthy cluster to break: three nodes with vxlan as the official manifest sets it up, unless options differ. */
export function healthyCluster(options: HealthyOptions = {}): SnapshotBuilder {
  return new SnapshotBuilder(options);
}

function valueOf(fact: Fact<unknown> | undefined, name: string): unknown {
  if (fact?.state !== 'observed') throw new Error(`fact ${name} is not observed`);
  return fact.value;
}

/** Freezes a value and all it holds; returns it. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
