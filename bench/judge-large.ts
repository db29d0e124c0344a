// SPDX-License-Identifier: Apache-2.0

/**
 * Judges a healthy vxlan cluster that is in memory already, as large as Kubernetes supports. Arguments: number of
 * nodes, at most 30,000, and addresses of pods on each. Prints one line of JSON and ends.
 */
import { judge } from '#engine/judge.ts';
import { CHECKS } from '#engine/registry.generated.ts';
import { type Fact, observed } from '#model/fact.ts';
import type { FdbEntry, Neighbour, Route } from '#model/kernel.ts';
import type { NodeFactRecord, Snapshot } from '#model/snapshot.ts';
import { healthyCluster } from '../testkit/snapshot-builder.ts';

const [nodeCount = 5_000, podsPerNode = 4] = process.argv.slice(2).map(Number);
const READ_AT = '2026-11-24T12:00:00.000Z';
const base = healthyCluster({ nodes: 2 }).build();

/** Facts of node1 become those of another node: all that is the node's own is text of these forms. */
function ofNode<T>(number: number, facts: T): T {
  const high = number >> 8;
  const low = number & 255;
  const mac = [high, low].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
  const text = JSON.stringify(facts)
    .replaceAll('node1', `node${String(number)}`)
    .replaceAll('10.244.1.', `10.${String(128 + high)}.${String(low)}.`)
    .replaceAll('10.244.0.0/15', '10.128.0.0/9')
    .replaceAll('192.0.2.1"', `172.16.${String(high)}.${String(low)}"`)
    .replaceAll('02:00:00:00:00:01', `02:00:00:00:${mac}`);
  return Object.freeze(JSON.parse(text) as T);
}

function valueOf<T>(fact: Fact<T> | undefined): T {
  if (fact?.state !== 'observed') throw new Error('the healthy cluster lacks a fact');
  return fact.value;
}

function firstOf<T>(entries: readonly T[]): T {
  const [first] = entries;
  if (first === undefined) throw new Error('the healthy cluster lacks an entry');
  return first;
}

const one = base.nodes['node1'];
const other = base.nodes['node2'];
if (one === undefined || other === undefined) throw new Error('the cluster lacks its nodes');
const hasNextHop = ({ link }: { readonly link?: string }): boolean => link === 'flannel.1';
// What node2 holds about node1 is what every node holds about its peer.
const route = firstOf(valueOf(other.routes).filter(hasNextHop));
const neighbour = firstOf(valueOf(other.neighbours));
const fdbEntry = firstOf(valueOf(other.fdb));
const numbers = Array.from({ length: nodeCount }, (_, index) => index + 1);
const routes = numbers.map((number): Route => ofNode(number, route));
const neighbours = numbers.map((number): Neighbour => ofNode(number, neighbour));
const fdb = numbers.map((number): FdbEntry => ofNode(number, fdbEntry));
const ownRoutes = valueOf(one.routes).filter((each) => !hasNextHop(each));

function without<T>(entries: readonly T[], number: number): readonly T[] {
  return Object.freeze([...entries.slice(0, number - 1), ...entries.slice(number)]);
}

const { routes: _routes, neighbours: _neighbours, fdb: _fdb, ...ownFacts } = one;

function recordOf(number: number): NodeFactRecord {
  return {
    ...ofNode(number, ownFacts),
    routes: observed([...ofNode(number, ownRoutes), ...without(routes, number)], READ_AT),
    neighbours: observed(without(neighbours, number), READ_AT),
    fdb: observed(without(fdb, number), READ_AT),
  };
}

function snapshotOf(): Snapshot {
  const { cluster } = base;
  const node = firstOf(valueOf(cluster.nodes));
  const pod = firstOf(valueOf(cluster.flannelPods));
  const podAddresses = numbers.map((number) => {
    const hosts = Array.from(
      { length: podsPerNode },
      (_, index) => `10.244.1.${String(index + 10)}`,
    );
    return ofNode(number, { node: 'node1', addresses: hosts });
  });
  return {
    ...base,
    cluster: {
      ...cluster,
      netConf: ofNode(1, cluster.netConf),
      nodes: observed(
        numbers.map((number) => ofNode(number, node)),
        READ_AT,
      ),
      flannelPods: observed(
        numbers.map((number) => ofNode(number, pod)),
        READ_AT,
      ),
      podAddresses: observed(podAddresses, READ_AT),
    },
    nodes: Object.fromEntries(numbers.map((number) => [`node${String(number)}`, recordOf(number)])),
  };
}

const snapshot = snapshotOf();
const heldMiB = process.memoryUsage().rss / 1024 ** 2;
const before = process.cpuUsage();
const report = judge(snapshot, { checks: CHECKS, toolVersion: '0.0.0-bench' });
const { user, system } = process.cpuUsage(before);
process.stdout.write(
  JSON.stringify({
    pairs: report.pairs.checked,
    findings: report.findings.length,
    heldMiB,
    cpuMs: (user + system) / 1000,
  }),
);
if (report.findings.length > 0) process.stderr.write(JSON.stringify(report.findings.slice(0, 3)));
