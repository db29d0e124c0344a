// SPDX-License-Identifier: Apache-2.0

import { type AbsentFact, type Fact, absent, observed } from '#model/fact.ts';
import type { NetConf, NodeObject } from '#model/cluster.ts';
import {
  CLUSTER_FACT_NAMES,
  type ClusterFactRecord,
  type NodeFactRecord,
  SNAPSHOT_SCHEMA_VERSION,
  type Snapshot,
} from '#model/snapshot.ts';
import type { ProbeMode, ProbePlan } from '#model/probe.ts';
import { withLosses, withWays } from '#collectors/access/collector.ts';
import { ClusterReader, type FlannelPlace } from '#collectors/cluster-reader.ts';
import { collectCluster } from '#collectors/collect-cluster.ts';
import { absentNode, nodeFacts, wasRead, withProbes } from '#collectors/collect-node.ts';
import { collectProbes, nothingProbed } from '#collectors/collect-probes.ts';
import { deepFreeze } from '#collectors/deep-freeze.ts';
import { absenceOf } from '#collectors/fact-absence.ts';
import { type LogReader, byNodeClock, logReader } from '#collectors/flannel-log/read-logs.ts';
import { mapLimited } from '#collectors/map-limited.ts';
import { type DebugPodRequest, chooseWays, unreadable } from '#collectors/node-way.ts';
import { withTurnover } from '#collectors/turnover.ts';
import type { KubernetesConnection } from '#sources/kubernetes/connection.ts';
import { entryInterners } from '#sources/linux/entry-interners.ts';
import { parseNetConf } from '#sources/linux/parse-net-conf.ts';
import type { NodeAccess, NodeReading, WayOutcome } from '#sources/node-access/node-access.ts';
import { SourceError, isSourceError } from '#sources/source-error.ts';

/** How far a collection has come. */
export interface CollectProgress {
  readonly phase: 'cluster' | 'nodes' | 'probes';
  readonly done: number;
  readonly total: number;
}

/** Which peers are probed from which node. Who chooses them compares, so it is no collector. */
export interface Probing {
  readonly mode: ProbeMode;
  /** By node. A node without a plan is not probed from. Asked once, when all nodes were read. */
  readonly choose: (facts: Pick<Snapshot, 'cluster' | 'nodes'>) => ReadonlyMap<string, ProbePlan>;
}

const NO_PROBES: Probing = { mode: 'none', choose: () => new Map() };

/** What to collect, and how fast. */
export interface CollectOptions {
  /** Names of the nodes whose kernel is read; absent: all. */
  readonly nodes?: readonly string[] | undefined;
  /** Time limit of one node, milliseconds; default 10,000. */
  readonly nodeTimeoutMs?: number | undefined;
  /** Nodes read at a time; default 32. A node that has not answered for two seconds does not count. */
  readonly concurrency?: number | undefined;
  /** Where Flannel is; absent: it is looked for. */
  readonly flannel?: FlannelPlace | undefined;
  /** Leave to make short-lived pods on nodes that cannot be read without; absent: nothing is ever made. */
  readonly debugPods?: DebugPodRequest | undefined;
  /** Called with the pods that could not be removed, by namespace and name. */
  readonly onLeftover?: ((pods: readonly string[]) => void) | undefined;
  /** What to probe once all nodes are read; absent: nothing. */
  readonly probing?: Probing | undefined;
  /**
   * Whether what was read looks as if nodes had come or gone meanwhile; the nodes are then listed once more. Who tells
   * compares, so it is no collector. Absent: the nodes are listed once.
   */
  readonly doubts?: ((snapshot: Snapshot) => boolean) | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: CollectProgress) => void) | undefined;
}

const DEFAULT_NODE_TIMEOUT_MS = 10_000;
const DEFAULT_CONCURRENCY = 32;
/** A node that does not answer waits out its own time limit, beside the others and not before them. */
const PATIENCE_MS = 2_000;

/**
 * Reads all facts of one run. What cannot be read is an absent fact with its reason.
 *
 * @throws SourceError when the API server cannot be talked to at all, on cancellation, or (`not-found`) when a
 *   selected node does not exist
 */
export async function collectSnapshot(
  connection: KubernetesConnection,
  options: CollectOptions = {},
): Promise<Snapshot> {
  const startedAt = new Date().toISOString();
  const signal = options.signal ?? new AbortController().signal;
  const total = CLUSTER_FACT_NAMES.length;
  let done = 0;
  options.onProgress?.({ phase: 'cluster', done, total });
  const reader = new ClusterReader(connection, signal, options);
  const cluster = await collectCluster(reader, () => {
    done += 1;
    options.onProgress?.({ phase: 'cluster', done, total });
  });
  const names = nodeNames(cluster);
  assertKnown(cluster, names, options.nodes);
  const collection = new NodesCollection(connection, cluster, options, signal);
  try {
    return await collectNodes(collection, cluster, {
      names,
      startedAt,
      reader,
      doubts: options.doubts,
    });
  } finally {
    const left = await collection.close();
    if (left.length > 0) options.onLeftover?.(left);
  }
}

interface CollectionContext {
  readonly names: readonly string[];
  readonly startedAt: string;
  readonly reader: ClusterReader;
  readonly doubts: CollectOptions['doubts'];
}

async function collectNodes(
  collection: NodesCollection,
  cluster: ClusterFactRecord,
  { names, startedAt, reader, doubts }: CollectionContext,
): Promise<Snapshot> {
  const read = await collection.collect(names);
  const netConf = cluster.netConf.state === 'absent' ? collection.netConf(names) : undefined;
  const first = { cluster: { ...cluster, netConf: netConf ?? cluster.netConf }, nodes: read };
  const version = { schemaVersion: SNAPSHOT_SCHEMA_VERSION } as const;
  const isDoubted = doubts?.({ ...version, startedAt, ...collection.end(), ...first }) ?? false;
  const { cluster: facts, nodes } = isDoubted ? await withTurnover(reader, first) : first;
  const probed = await collection.probe({ cluster: deepFreeze(facts), nodes });
  const ways = collection.ways(names);
  const access = withWays(withLosses(cluster.access, facts, probed), ways);
  return Object.freeze({
    ...version,
    startedAt,
    ...collection.end(),
    cluster: deepFreeze({ ...facts, access }),
    nodes: probed,
  });
}

/** Clocks that differ by less are the same: an answer tells the time to a second, and takes a while. */
const CLOCKS_AGREE_MS = 5_000;

type RunEnd = Pick<Snapshot, 'finishedAt' | 'apiFinishedAt'>;

/** Names of the cluster's nodes; without the right to list them, of those that flannel's pods run on. */
function nodeNames({ nodes, flannelPods }: ClusterFactRecord): readonly string[] {
  if (nodes.state === 'observed') return nodes.value.map(({ name }) => name);
  if (flannelPods.state === 'absent') return [];
  const names = flannelPods.value.map(({ nodeName }) => nodeName);
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}

function assertKnown(
  cluster: ClusterFactRecord,
  names: readonly string[],
  selected: readonly string[] = [],
): void {
  if (cluster.nodes.state === 'absent') return;
  const unknown = selected.find((name) => !names.includes(name));
  if (unknown === undefined) return;
  throw new SourceError('not-found', { operation: 'select nodes', target: `node ${unknown}` });
}

interface NetConfText {
  readonly text: string;
  readonly origin: string;
  readonly observedAt: string;
}

interface KernelReading {
  readonly facts: Omit<NodeFactRecord, 'flannelLog'>;
  /** By how much the node's clock is ahead of ours, milliseconds; 0 when it could not be read. */
  readonly aheadMs: number;
}

function clockAheadMs({ sections }: NodeReading, now: Date): number {
  const clock = sections.get('clock');
  const text = clock?.state === 'read' ? clock.stdout.trim() : '';
  return /^\d{9,11}$/.test(text) ? Number(text) * 1000 - now.getTime() : 0;
}

/** The reading of all nodes of one run. */
class NodesCollection {
  readonly #options: CollectOptions;
  readonly #signal: AbortSignal;
  readonly #apiAheadMs: () => number | undefined;
  readonly #way: NodeAccess | AbsentFact;
  readonly #readLog: LogReader;
  readonly #objects: ReadonlyMap<string, NodeObject>;
  readonly #interners = entryInterners();
  readonly #netConfs = new Map<string, NetConfText>();

  constructor(
    connection: KubernetesConnection,
    cluster: ClusterFactRecord,
    options: CollectOptions,
    signal: AbortSignal,
  ) {
    this.#options = options;
    this.#signal = signal;
    this.#apiAheadMs = connection.clockAheadMs;
    const nodeTimeoutMs = options.nodeTimeoutMs ?? DEFAULT_NODE_TIMEOUT_MS;
    this.#way = chooseWays(connection, cluster, { nodeTimeoutMs, debugPods: options.debugPods });
    this.#readLog = logReader({ connection, cluster, timeoutMs: nodeTimeoutMs });
    const objects = cluster.nodes.state === 'observed' ? cluster.nodes.value : [];
    this.#objects = new Map(objects.map((node) => [node.name, node]));
  }

  async collect(names: readonly string[]): Promise<Readonly<Record<string, NodeFactRecord>>> {
    const selected = new Set(this.#options.nodes ?? names);
    const wanted = names.filter((name) => selected.has(name));
    const total = wanted.length;
    let done = 0;
    this.#options.onProgress?.({ phase: 'nodes', done, total });
    const concurrency = this.#options.concurrency ?? DEFAULT_CONCURRENCY;
    const limit = { atOnce: concurrency, patienceMs: PATIENCE_MS };
    const records = await mapLimited(wanted, limit, async (name) => {
      const record = await this.#read(name);
      done += 1;
      this.#options.onProgress?.({ phase: 'nodes', done, total });
      return [name, record] as const;
    });
    const read = new Map(records);
    const unselected = absentNode(absent('not-collected', 'The node was not selected.'));
    return Object.freeze(
      Object.fromEntries(names.map((name) => [name, read.get(name) ?? unselected])),
    );
  }

  /** When the reading ended, if it ends now. */
  end(): RunEnd {
    const now = Date.now();
    const finishedAt = new Date(now).toISOString();
    const aheadMs = this.#apiAheadMs() ?? 0;
    if (Math.abs(aheadMs) < CLOCKS_AGREE_MS) return { finishedAt };
    return { finishedAt, apiFinishedAt: new Date(now + aheadMs).toISOString() };
  }

  /** The ways that were tried, by node; a node that was not read is not there. */
  ways(names: readonly string[]): Readonly<Record<string, readonly WayOutcome[]>> {
    const way = this.#way;
    if ('state' in way) return {};
    const tried = names.map((name) => [name, way.waysOf(name)] as const);
    return Object.fromEntries(tried.filter(([, outcomes]) => outcomes.length > 0));
  }

  /** Removes what the ways have made; returns what could not be removed. Throws nothing. */
  async close(): Promise<readonly string[]> {
    return 'state' in this.#way ? [] : this.#way.close();
  }

  /** The nodes with what was probed from each that could be read. */
  async probe(
    facts: Pick<Snapshot, 'cluster' | 'nodes'>,
  ): Promise<Readonly<Record<string, NodeFactRecord>>> {
    const way = this.#way;
    const { mode, choose } = this.#options.probing ?? NO_PROBES;
    if ('state' in way) return facts.nodes;
    const plans = choose(facts);
    const readable = Object.keys(facts.nodes).filter((name) => {
      const record = facts.nodes[name];
      return record !== undefined && wasRead(record);
    });
    const concurrency = this.#options.concurrency ?? DEFAULT_CONCURRENCY;
    const total = readable.filter((name) => plans.has(name)).length;
    let done = 0;
    const probes = await mapLimited(readable, { atOnce: concurrency }, async (name) => {
      const plan = plans.get(name);
      if (plan === undefined) return [name, nothingProbed(mode)] as const;
      const fact = await collectProbes(way, name, { mode, plan }, this.#signal);
      done += 1;
      this.#options.onProgress?.({ phase: 'probes', done, total });
      return [name, fact] as const;
    });
    const byNode = new Map(probes);
    return Object.freeze(
      Object.fromEntries(
        Object.entries(facts.nodes).map(([name, record]) => {
          const fact = byNode.get(name);
          return [name, fact === undefined ? record : withProbes(record, fact)];
        }),
      ),
    );
  }

  /** net-conf.json as the first node in order that has it gives it; undefined when none does. */
  netConf(names: readonly string[]): Fact<NetConf> | undefined {
    const found = names.map((name) => this.#netConfs.get(name)).find((text) => text !== undefined);
    if (found === undefined) return undefined;
    try {
      return observed(parseNetConf(found.text), found.observedAt, found.origin);
    } catch (error) {
      return absenceOf(error);
    }
  }

  async #read(name: string): Promise<NodeFactRecord> {
    const node = unreadable(this.#objects.get(name));
    if (node !== undefined) return absentNode(node);
    const [kernel, log] = await Promise.all([
      this.#readKernel(name),
      this.#readLog(name, this.#signal),
    ]);
    return Object.freeze({
      ...kernel.facts,
      flannelLog: deepFreeze(byNodeClock(log, kernel.aheadMs)),
    });
  }

  async #readKernel(name: string): Promise<KernelReading> {
    if ('state' in this.#way) return { facts: absentNode(this.#way), aheadMs: 0 };
    try {
      const reading = await this.#way.readNode(name, this.#signal);
      const now = new Date();
      const observedAt = now.toISOString();
      this.#keepNetConf(name, reading, observedAt);
      const facts = nodeFacts(reading, this.#interners, observedAt);
      return { facts, aheadMs: clockAheadMs(reading, now) };
    } catch (error) {
      if (isSourceError(error, 'cancelled')) throw error;
      return { facts: absentNode(absenceOf(error)), aheadMs: 0 };
    }
  }

  #keepNetConf(name: string, reading: NodeReading, observedAt: string): void {
    const section = reading.sections.get('net-conf');
    if (section?.state !== 'read' || section.exitCode !== 0) return;
    this.#netConfs.set(name, { text: section.stdout, origin: reading.origin, observedAt });
  }
}
