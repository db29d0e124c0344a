// SPDX-License-Identifier: Apache-2.0

import { type AbsentFact, type Fact, absent, observed } from '#model/fact.ts';
import {
  NODE_FACT_NAMES,
  type NodeFactName,
  type NodeFactRecord,
  type NodeFacts,
} from '#model/snapshot.ts';
import type { NodeCollector } from '#collectors/define-collector.ts';
import { absenceOf } from '#collectors/fact-absence.ts';
import {
  addressesCollector,
  bootCollector,
  fdbCollector,
  filterRulesCollector,
  flannelProcessCollector,
  linksCollector,
  natRulesCollector,
  neighboursCollector,
  routesCollector,
  subnetEnvCollector,
  sysctlsCollector,
  udpCountersCollector,
} from '#collectors/kernel/collectors.ts';
import { cniConfigCollector } from '#collectors/kernel/cni-config.ts';
import { iptablesWorldsCollector } from '#collectors/kernel/iptables-worlds.ts';
import type { NodeSections } from '#collectors/kernel/node-sections.ts';
import type { EntryInterners } from '#sources/linux/entry-interners.ts';
import { vxlanLinkNames } from '#sources/linux/parse-links.ts';
import type { NodeReading } from '#sources/node-access/node-access.ts';

/**
 * A fact that comes out of the reading of a node. The log of flannel's pod does not; probes come after all nodes were
 * read.
 */
type ReadFactName = Exclude<NodeFactName, 'probes' | 'flannelLog'>;

/** The collector of each of them. */
const NODE_COLLECTORS: { readonly [K in ReadFactName]: NodeCollector<K> } = {
  links: linksCollector,
  addresses: addressesCollector,
  routes: routesCollector,
  neighbours: neighboursCollector,
  fdb: fdbCollector,
  subnetEnv: subnetEnvCollector,
  sysctls: sysctlsCollector,
  filterRules: filterRulesCollector,
  natRules: natRulesCollector,
  flannelProcess: flannelProcessCollector,
  iptablesWorlds: iptablesWorldsCollector,
  udpCounters: udpCountersCollector,
  boot: bootCollector,
  cniConfig: cniConfigCollector,
};

const NOT_PROBED: AbsentFact = Object.freeze(absent('not-collected', 'The node was not probed.'));

/** All facts of one node, from one reading; a section that failed makes only its own facts absent. */
export function nodeFacts(
  reading: NodeReading,
  interners: EntryInterners,
  observedAt: string,
): Omit<NodeFactRecord, 'flannelLog'> {
  const collect = <K extends ReadFactName>(
    collector: NodeCollector<K>,
    sections: NodeSections,
  ): Fact<NodeFacts[K]> => {
    try {
      return Object.freeze(observed(collector.collect(sections), observedAt, reading.origin));
    } catch (error) {
      return absenceOf(error);
    }
  };
  const blind = { sections: reading.sections, interners, vxlanLinks: undefined };
  const links = collect(NODE_COLLECTORS.links, blind);
  const sections =
    links.state === 'observed' ? { ...blind, vxlanLinks: vxlanLinkNames(links.value) } : blind;
  return Object.freeze({
    links,
    addresses: collect(NODE_COLLECTORS.addresses, sections),
    routes: collect(NODE_COLLECTORS.routes, sections),
    neighbours: collect(NODE_COLLECTORS.neighbours, sections),
    fdb: collect(NODE_COLLECTORS.fdb, sections),
    subnetEnv: collect(NODE_COLLECTORS.subnetEnv, sections),
    sysctls: collect(NODE_COLLECTORS.sysctls, sections),
    filterRules: collect(NODE_COLLECTORS.filterRules, sections),
    natRules: collect(NODE_COLLECTORS.natRules, sections),
    probes: NOT_PROBED,
    flannelProcess: collect(NODE_COLLECTORS.flannelProcess, sections),
    iptablesWorlds: collect(NODE_COLLECTORS.iptablesWorlds, sections),
    udpCounters: collect(NODE_COLLECTORS.udpCounters, sections),
    boot: collect(NODE_COLLECTORS.boot, sections),
    cniConfig: collect(NODE_COLLECTORS.cniConfig, sections),
  });
}

/** The record of a node, with what was probed from it. */
export function withProbes(
  record: NodeFactRecord,
  probes: NodeFactRecord['probes'],
): NodeFactRecord {
  return Object.freeze({ ...record, probes });
}

/** Whether anything was read of a node. */
export function wasRead(record: NodeFactRecord): boolean {
  return Object.values(record).some(({ state }) => state === 'observed');
}

/** The record of a node of which nothing was read, with one reason for all facts. */
export function absentNode(fact: AbsentFact): NodeFactRecord {
  const frozen = Object.freeze(fact);
  const entries = NODE_FACT_NAMES.map((name) => [name, frozen] as const);
  return Object.freeze(Object.fromEntries(entries) as Record<NodeFactName, AbsentFact>);
}
