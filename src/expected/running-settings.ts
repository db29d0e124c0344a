// SPDX-License-Identifier: Apache-2.0

import { flannelNodes } from '#expected/flannel-scheduling.ts';
import { enabledFamilies } from '#expected/peer-plan.ts';
import { subnetLeases } from '#expected/subnet-leases.ts';
import {
  type NetConfChange,
  type NetConfFacts,
  type NodeReading,
  refusesSomeNode,
  type RestartEffect,
  type SettingVote,
} from '#expected/setting-drift.ts';
import { DEFAULT_VXLAN_PORT, findLink, VXLAN_OVERHEAD_BYTES } from '#expected/vxlan-link.ts';
import { vxlanLinkName } from '#expected/vxlan-plan.ts';
import type { NetConf } from '#model/cluster.ts';
import { jsonPointer } from '#model/json-pointer.ts';
import type { IpFamily, Link } from '#model/kernel.ts';
import { formatCidr, parseCidr } from '#model/net/cidr.ts';

/** What one node shows of a setting. `key` makes equal values equal texts. */
interface Ballot<T> {
  readonly key: string;
  readonly value: T;
  readonly pointer: string;
}

interface Question<T> {
  /** Key in net-conf.json. */
  readonly setting: string;
  /** The file's own value, as a ballot's key would write it. */
  readonly asked: string;
  /** What a node shows; undefined when it does not tell. */
  readonly ballot: (reading: NodeReading) => Ballot<T> | undefined;
  readonly change: (value: T) => NetConfChange;
  readonly effect: RestartEffect;
}

/**
 * Settings that more than half of the Linux nodes show otherwise than the file asks for, by their kernels and by
 * subnet.env, which flanneld writes at its start (flannel@v0.28.9:pkg/subnet/subnet.go, WriteSubnetFile).
 *
 * @param facts with the backend that is announced
 * @param file net-conf.json as it is
 */
export function kernelVotes(
  facts: NetConfFacts,
  file: NetConf,
  readings: readonly NodeReading[],
): readonly SettingVote[] {
  const linux = new Set(flannelNodes(facts.nodes, facts.flannel).map(({ name }) => name));
  const voters = readings.filter(({ node }) => linux.has(node));
  const ask = <T>(question: Question<T>): readonly SettingVote[] =>
    elected(question, voters, linux.size);
  return [
    ...ask(familyQuestion(facts, file, 4)),
    ...ask(familyQuestion(facts, file, 6)),
    ...ask(networkQuestion(facts, file, 4)),
    ...ask(networkQuestion(facts, file, 6)),
    ...ask(nftablesQuestion(file)),
    ...(facts.netConf.backendType === 'vxlan' ? vxlanVotes(facts, file, ask) : []),
  ];
}

type Ask = <T>(question: Question<T>) => readonly SettingVote[];

function vxlanVotes(facts: NetConfFacts, file: NetConf, ask: Ask): readonly SettingVote[] {
  const { netConf } = facts;
  return [
    ...ask(parameterQuestion(netConf, 'Backend.Port', String(file.port ?? DEFAULT_VXLAN_PORT))),
    ...ask(parameterQuestion(netConf, 'Backend.GBP', String(file.gbp))),
    ...ask(parameterQuestion(netConf, 'Backend.Learning', String(file.learning))),
    ...ask(mtuQuestion(netConf, file)),
    ...(file.directRouting ? [] : ask(directRoutingQuestion(facts))),
  ];
}

function elected<T>(
  { setting, asked, ballot, change, effect }: Question<T>,
  voters: readonly NodeReading[],
  electorate: number,
): readonly SettingVote[] {
  const counts = new Map<string, number>();
  for (const voter of voters) {
    const vote = ballot(voter);
    if (vote === undefined) continue;
    const count = (counts.get(vote.key) ?? 0) + 1;
    counts.set(vote.key, count);
    if (2 * count <= electorate) continue;
    if (vote.key === asked) return [];
    const evidence = [vote.pointer];
    const drift = { key: setting, asked, running: vote.key, effect, evidence };
    return [{ change: change(vote.value), drift }];
  }
  return [];
}

function inFact(node: string, fact: string, ...path: readonly (string | number)[]): string {
  return jsonPointer('nodes', node, fact, 'value', ...path);
}

function familyQuestion(
  { nodes }: NetConfFacts,
  file: NetConf,
  family: IpFamily,
): Question<boolean> {
  const asked = family === 4 ? file.ipv4 : file.ipv6;
  const field = family === 4 ? 'network' : 'ipv6Network';
  const refused = asked && refusesSomeNode(nodes, family, file[field]);
  return {
    setting: `EnableIPv${String(family)}`,
    asked: String(asked),
    ballot: ({ node, subnetEnv }) => {
      // The file of a flannel that ran with neither family does not exist.
      if (subnetEnv?.network === undefined && subnetEnv?.ipv6Network === undefined) {
        return undefined;
      }
      const value = subnetEnv[field] !== undefined;
      return { key: String(value), value, pointer: inFact(node, 'subnetEnv') };
    },
    change: (value) => (family === 4 ? { ipv4: value } : { ipv6: value }),
    effect: refused ? 'refused' : 'apart',
  };
}

function networkQuestion(
  { nodes }: NetConfFacts,
  file: NetConf,
  family: IpFamily,
): Question<string> {
  const field = family === 4 ? 'network' : 'ipv6Network';
  const asked = canonical(file[field] ?? 'nothing');
  return {
    setting: family === 4 ? 'Network' : 'IPv6Network',
    asked,
    ballot: ({ node, subnetEnv }) => {
      const value = subnetEnv?.[field];
      if (value === undefined) return undefined;
      return { key: canonical(value), value, pointer: inFact(node, 'subnetEnv', field) };
    },
    change: (value) => (family === 4 ? { network: value } : { ipv6Network: value }),
    effect: refusesSomeNode(nodes, family, file[field]) ? 'refused' : 'applied',
  };
}

function canonical(text: string): string {
  const cidr = parseCidr(text);
  return cidr === undefined ? text : formatCidr(cidr);
}

function nftablesQuestion(file: NetConf): Question<boolean> {
  return {
    setting: 'EnableNFTables',
    asked: String(file.nftables),
    ballot: ({ node, natRules }) => {
      if (natRules === undefined) return undefined;
      const { rules, flannelTable } = natRules;
      const byTable = flannelTable !== undefined && flannelTable !== null;
      const byChain = rules.some(({ chain }) => chain.startsWith('FLANNEL-'));
      if (byTable === byChain) return undefined;
      return { key: String(byTable), value: byTable, pointer: inFact(node, 'natRules') };
    },
    change: (nftables) => ({ nftables }),
    effect: 'applied',
  };
}

/** The vxlan link that tells: that of the first family. */
function flannelLink(
  netConf: NetConf,
  links: readonly Link[] = [],
): { readonly link: Link; readonly index: number } | undefined {
  const [family = 4] = enabledFamilies(netConf);
  return findLink(links, vxlanLinkName(netConf, family));
}

type ParameterKey = 'Backend.Port' | 'Backend.GBP' | 'Backend.Learning';

const PARAMETERS: Readonly<
  Record<
    ParameterKey,
    {
      readonly field: 'port' | 'gbp' | 'learning';
      readonly effect: RestartEffect;
    }
  >
> = {
  'Backend.Port': { field: 'port', effect: 'apart' },
  'Backend.GBP': { field: 'gbp', effect: 'applied' },
  'Backend.Learning': { field: 'learning', effect: 'kept' },
};

function parameterQuestion(
  netConf: NetConf,
  setting: ParameterKey,
  asked: string,
): Question<NetConfChange> {
  const { field, effect } = PARAMETERS[setting];
  return {
    setting,
    asked,
    ballot: ({ node, links }) => {
      const found = flannelLink(netConf, links);
      const value = found?.link.vxlan?.[field];
      if (found === undefined || value === undefined) return undefined;
      const pointer = inFact(node, 'links', found.index, 'vxlan', field);
      return { key: String(value), value: { [field]: value }, pointer };
    },
    change: (value) => value,
    effect,
  };
}

/** As if the file named no MTU: that of the link below. */
const BY_LINK_BELOW = 'none';

/**
 * A node whose pods have the MTU of the link below runs without `Backend.MTU`. With another one it runs with that,
 * but when the file names none a larger one is no setting: the link below has shrunk since.
 */
function mtuQuestion(netConf: NetConf, file: NetConf): Question<number | undefined> {
  return {
    setting: 'Backend.MTU',
    asked: file.mtu?.toString() ?? BY_LINK_BELOW,
    ballot: ({ node, links, subnetEnv }) => {
      const lower = findLink(links ?? [], flannelLink(netConf, links)?.link.vxlan?.lowerLink ?? '')
        ?.link.mtu;
      if (subnetEnv?.mtu === undefined || lower === undefined) return undefined;
      const outer = subnetEnv.mtu + VXLAN_OVERHEAD_BYTES;
      const pointer = inFact(node, 'subnetEnv', 'mtu');
      if (outer === file.mtu) return { key: String(outer), value: outer, pointer };
      if (outer === lower) return { key: BY_LINK_BELOW, value: undefined, pointer };
      if (outer > lower) return undefined;
      return { key: String(outer), value: outer, pointer };
    },
    change: (mtu) => ({ mtu }),
    effect: 'applied',
  };
}

/** Only the routes that flannel writes past the tunnel prove DirectRouting; their absence proves nothing. */
function directRoutingQuestion({ nodes, flannel, netConf }: NetConfFacts): Question<boolean> {
  const publicIps = new Map(
    (flannel === undefined ? [] : subnetLeases(nodes, flannel)).flatMap(({ v4, v6 }) =>
      [v4, v6].flatMap((part) =>
        part?.publicIp === undefined ? [] : [[part.podCidr, part.publicIp] as const],
      ),
    ),
  );
  const tunnels = new Set(enabledFamilies(netConf).map((family) => vxlanLinkName(netConf, family)));
  return {
    setting: 'Backend.DirectRouting',
    asked: 'false',
    ballot: ({ node, routes = [] }) => {
      const index = routes.findIndex(
        ({ dst, gateway, link }) =>
          gateway !== undefined && !tunnels.has(link ?? '') && publicIps.get(dst) === gateway,
      );
      if (index < 0) return undefined;
      return { key: 'true', value: true, pointer: inFact(node, 'routes', index) };
    },
    change: (directRouting) => ({ directRouting }),
    effect: 'applied',
  };
}
