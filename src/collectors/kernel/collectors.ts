// SPDX-License-Identifier: Apache-2.0

import type { IpFamily, Route } from '#model/kernel.ts';
import { FactAbsence } from '#collectors/fact-absence.ts';
import type { CommandRead, NodeCollector } from '#collectors/define-collector.ts';
import {
  type NodeSections,
  ranSection,
  succeededSection,
} from '#collectors/kernel/node-sections.ts';
import {
  parseFilterRules,
  parseFlannelTable,
  parseForwardTables,
  parseNatRules,
} from '#sources/linux/parse-packet-rules.ts';
import { parseBoot } from '#sources/linux/parse-boot.ts';
import { parseAddresses } from '#sources/linux/parse-addresses.ts';
import { parseFdb } from '#sources/linux/parse-fdb.ts';
import { parseFlannelProcess } from '#sources/linux/parse-flannel-process.ts';
import { parseLinks } from '#sources/linux/parse-links.ts';
import { parseNeighbours } from '#sources/linux/parse-neighbours.ts';
import { parseRoutes } from '#sources/linux/parse-routes.ts';
import { parseSubnetEnv } from '#sources/linux/parse-subnet-env.ts';
import { parseSysctls } from '#sources/linux/parse-sysctls.ts';
import { parseUdpCounters } from '#sources/linux/parse-udp-counters.ts';
import { type SectionName, sectionCommand } from '#sources/node-access/node-sections.ts';
import { firstLine } from '#sources/plain-text.ts';

/** The reads of a collector that runs these sections. */
export function commands(...names: readonly SectionName[]): readonly CommandRead[] {
  return names.map((name) => ({ kind: 'command', command: sectionCommand(name) }));
}

/** Reads all links. */
export const linksCollector: NodeCollector<'links'> = {
  scope: 'node',
  fact: 'links',
  reads: commands('links'),
  collect: (sections) => parseLinks(succeededSection(sections, 'links')),
};

/** Reads the addresses of all links. */
export const addressesCollector: NodeCollector<'addresses'> = {
  scope: 'node',
  fact: 'addresses',
  reads: commands('addresses'),
  collect: (sections) => parseAddresses(succeededSection(sections, 'addresses')),
};

/** Reads the main routing table of both families. */
export const routesCollector: NodeCollector<'routes'> = {
  scope: 'node',
  fact: 'routes',
  reads: commands('routes', 'routes6'),
  collect: (sections) =>
    Object.freeze([...routesOf(sections, 'routes', 4), ...routesOf(sections, 'routes6', 6)]),
};

/** A table without a single route does not exist in the kernel; without IPv6 the whole family does not. */
const NO_TABLE = /FIB table does not exist|Address family not supported|Operation not supported/i;

function routesOf(
  sections: NodeSections,
  name: 'routes' | 'routes6',
  family: IpFamily,
): readonly Route[] {
  const { exitCode, stderr } = ranSection(sections, name);
  if (exitCode !== 0 && NO_TABLE.test(stderr)) return [];
  return parseRoutes(succeededSection(sections, name), family, sections.interners.routes);
}

/** Reads the neighbours of vxlan links. */
export const neighboursCollector: NodeCollector<'neighbours'> = {
  scope: 'node',
  fact: 'neighbours',
  reads: commands('neighbours'),
  collect: (sections) =>
    parseNeighbours(
      succeededSection(sections, 'neighbours'),
      sections.vxlanLinks,
      sections.interners.neighbours,
    ),
};

/** Reads the FDB entries of vxlan links. */
export const fdbCollector: NodeCollector<'fdb'> = {
  scope: 'node',
  fact: 'fdb',
  reads: commands('fdb'),
  collect: (sections) =>
    parseFdb(succeededSection(sections, 'fdb'), sections.vxlanLinks, sections.interners.fdb),
};

/** Reads subnet.env; null when the file does not exist. */
export const subnetEnvCollector: NodeCollector<'subnetEnv'> = {
  scope: 'node',
  fact: 'subnetEnv',
  reads: commands('subnet-env'),
  collect: (sections) => {
    const { exitCode, stderr } = ranSection(sections, 'subnet-env');
    if (exitCode !== 0 && /No such file or directory/i.test(stderr)) return null;
    return parseSubnetEnv(succeededSection(sections, 'subnet-env'));
  },
};

/** Reads kernel settings. */
export const sysctlsCollector: NodeCollector<'sysctls'> = {
  scope: 'node',
  fact: 'sysctls',
  reads: commands('sysctls'),
  collect: (sections) => {
    // grep ends with 2 when one of the files does not exist, and has printed the others.
    const { stdout, exitCode } = ranSection(sections, 'sysctls');
    return parseSysctls(exitCode <= 2 ? stdout : succeededSection(sections, 'sysctls'));
  },
};

/** Reads the rules for forwarded packets. */
export const filterRulesCollector: NodeCollector<'filterRules'> = {
  scope: 'node',
  fact: 'filterRules',
  reads: commands('filter-rules', 'nft-forward-tables'),
  collect: (sections) => {
    const rules = parseFilterRules(savedRules(sections, 'filter-rules'));
    const otherTables = otherTablesOf(sections);
    return otherTables === undefined ? rules : Object.freeze({ ...rules, otherTables });
  },
};

/** Reads the rules that change the source of packets. */
export const natRulesCollector: NodeCollector<'natRules'> = {
  scope: 'node',
  fact: 'natRules',
  reads: commands('nat-rules', 'flannel-table'),
  collect: (sections) => {
    const rules = parseNatRules(savedRules(sections, 'nat-rules'));
    const flannelTable = flannelTableOf(sections);
    return Object.freeze({ rules, ...(flannelTable !== undefined && { flannelTable }) });
  },
};

/** Reads the state of flanneld's own process. */
export const flannelProcessCollector: NodeCollector<'flannelProcess'> = {
  scope: 'node',
  fact: 'flannelProcess',
  reads: commands('flannel-process'),
  collect: (sections) => {
    // grep ends with 1 when nothing matches, and with 2 when a process ended while it was looking.
    const { stdout, exitCode } = ranSection(sections, 'flannel-process');
    return parseFlannelProcess(
      exitCode <= 2 ? stdout : succeededSection(sections, 'flannel-process'),
    );
  },
};

/** Reads the counters of UDP. */
export const udpCountersCollector: NodeCollector<'udpCounters'> = {
  scope: 'node',
  fact: 'udpCounters',
  reads: commands('udp-counters'),
  collect: (sections) => parseUdpCounters(succeededSection(sections, 'udp-counters')),
};

/** Reads when the kernel started. */
export const bootCollector: NodeCollector<'boot'> = {
  scope: 'node',
  fact: 'boot',
  reads: commands('boot'),
  collect: (sections) => parseBoot(succeededSection(sections, 'boot')),
};

/** Rules end with COMMIT. A table that does not exist prints nothing at all, and is no error. */
function savedRules(sections: NodeSections, name: 'filter-rules' | 'nat-rules'): string {
  const { stdout, stderr } = ranSection(sections, name);
  if (stdout.includes('COMMIT') || (stdout === '' && stderr === '')) return stdout;
  const says = firstLine(stderr);
  const reason = /Permission denied|not permitted/i.test(stderr) ? 'forbidden' : 'failed';
  throw new FactAbsence(
    reason,
    `\`${sectionCommand(name)}\` did not end${says === '' ? '' : `: ${says}`}.`,
  );
}

/** Tables are listed also where none matches, with which the filter behind `nft` ends with 1; without `nft` it is 127. */
function otherTablesOf(sections: NodeSections): readonly string[] | undefined {
  const section = sections.sections.get('nft-forward-tables');
  if (section?.state !== 'read' || section.exitCode > 1 || section.stderr !== '') return undefined;
  return parseForwardTables(section.stdout);
}

function flannelTableOf(sections: NodeSections): readonly string[] | null | undefined {
  const section = sections.sections.get('flannel-table');
  if (section?.state !== 'read') return undefined;
  if (section.exitCode === 0) return parseFlannelTable(section.stdout);
  return /No such file or directory/i.test(section.stderr) && section.exitCode !== 127
    ? null
    : undefined;
}
