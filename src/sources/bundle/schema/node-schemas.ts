// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';

import type { FlannelLog, LogMatch } from '#model/flannel-log.ts';
import type {
  CniConfig,
  CniFile,
  FdbEntry,
  FilterRules,
  FlannelProcess,
  IpFamily,
  IptablesWorld,
  IptablesWorlds,
  Link,
  LinkAddress,
  NatRules,
  Neighbour,
  NodeBoot,
  PacketRule,
  Route,
  SubnetEnv,
  UdpCounters,
  VxlanParameters,
} from '#model/kernel.ts';
import type { DnsProbe, NodeProbes, PeerProbe, PingResult } from '#model/probe.ts';
import type { NodeFactName, NodeFacts } from '#model/snapshot.ts';
import { LINE_PATTERNS } from '#sources/flannel-log/line-patterns.ts';
import {
  flag,
  instant,
  listOf,
  maybe,
  number,
  objectOf,
  oneOf,
  recordOf,
  text,
} from '#sources/bundle/schema/shape.ts';

/** How a node fact is stored: a list by places of its entries, anything else as it is. */
export type NodeFactSchema<T> = [T] extends [readonly (infer E)[]]
  ? { readonly entry: z.ZodMiniType<E> }
  : { readonly whole: z.ZodMiniType<T> };

const family: z.ZodMiniType<IpFamily> = z.literal([4, 6]);

const vxlan = objectOf<VxlanParameters>({
  vni: number,
  local: maybe(text),
  lowerLink: maybe(text),
  port: number,
  learning: flag,
  gbp: flag,
});

const link = objectOf<Link>({
  ifindex: number,
  name: text,
  up: flag,
  mtu: number,
  mac: maybe(text),
  kind: maybe(text),
  master: maybe(text),
  vxlan: maybe(vxlan),
});

const address = objectOf<LinkAddress>({
  link: text,
  family,
  address: text,
  prefixLength: number,
  scope: text,
});

const route = objectOf<Route>({
  family,
  dst: text,
  gateway: maybe(text),
  link: maybe(text),
  type: text,
  protocol: maybe(text),
  scope: text,
  metric: number,
  onlink: flag,
});

const neighbour = objectOf<Neighbour>({
  family,
  address: text,
  link: text,
  mac: maybe(text),
  nud: text,
});

const fdbEntry = objectOf<FdbEntry>({ mac: text, link: text, dst: maybe(text), state: text });

const subnetEnv = objectOf<SubnetEnv>({
  network: maybe(text),
  subnet: maybe(text),
  ipv6Network: maybe(text),
  ipv6Subnet: maybe(text),
  mtu: maybe(number),
  ipMasq: maybe(flag),
});

const rules = listOf(
  objectOf<PacketRule>({
    chain: text,
    source: maybe(text),
    destination: maybe(text),
    conditions: text,
    target: maybe(text),
  }),
);

const ping = objectOf<PingResult>({
  sent: number,
  received: number,
  minMs: maybe(number),
  avgMs: maybe(number),
  maxMs: maybe(number),
});

const probes = objectOf<NodeProbes>({
  mode: oneOf('none', 'light', 'all'),
  peers: listOf(
    objectOf<PeerProbe>({
      peer: text,
      underlay: text,
      overlay: maybe(text),
      largestPacket: maybe(number),
      underlayPing: maybe(ping),
      underlayAgain: maybe(ping),
      overlayPing: maybe(ping),
      overlayAgain: maybe(ping),
      largePing: maybe(ping),
      largeAgain: maybe(ping),
    }),
  ),
  dns: listOf(
    objectOf<DnsProbe>({ server: text, outcome: maybe(oneOf('answered', 'failed', 'silent')) }),
  ),
});

const iptablesWorld = objectOf<IptablesWorld>({
  policy: text,
  ruleCount: number,
  targets: listOf(text),
});

const udpCounters = objectOf<UdpCounters>({ family, inDatagrams: number, inCsumErrors: number });

/** A match as some version wrote it. */
interface WrittenMatch extends Omit<LogMatch, 'id'> {
  readonly id: string;
}

const writtenMatches = listOf(
  objectOf<WrittenMatch>({
    id: text,
    count: number,
    firstAt: instant,
    lastAt: instant,
    lastLine: number,
    text,
  }),
);

/** Kinds of lines that a newer version tells apart are dropped: this one would not have kept them either. */
const matches: z.ZodMiniType<readonly LogMatch[]> = z.pipe(
  writtenMatches,
  z.transform((written: readonly WrittenMatch[]) =>
    Object.freeze(
      written.filter((match): match is LogMatch => Object.hasOwn(LINE_PATTERNS, match.id)),
    ),
  ),
);

const cniConfig = objectOf<CniConfig>({
  files: listOf(objectOf<CniFile>({ name: text, plugins: listOf(text) })),
});

const flannelLog = objectOf<FlannelLog>({ readAt: instant, lines: number, matches });

/** The schema of each node fact's value, or of its entries. */
export const NODE_SCHEMAS: { readonly [K in NodeFactName]: NodeFactSchema<NodeFacts[K]> } = {
  links: { entry: link },
  addresses: { entry: address },
  routes: { entry: route },
  neighbours: { entry: neighbour },
  fdb: { entry: fdbEntry },
  subnetEnv: { whole: z.nullable(subnetEnv) },
  sysctls: { whole: recordOf(number) },
  filterRules: {
    whole: objectOf<FilterRules>({ policy: text, rules, otherTables: maybe(listOf(text)) }),
  },
  flannelProcess: { whole: z.nullable(objectOf<FlannelProcess>({ pid: number, state: text })) },
  flannelLog: { whole: flannelLog },
  natRules: {
    whole: objectOf<NatRules>({ rules, flannelTable: maybe(z.nullable(listOf(text))) }),
  },
  probes: { whole: probes },
  iptablesWorlds: {
    whole: objectOf<IptablesWorlds>({ legacy: iptablesWorld, nft: maybe(iptablesWorld) }),
  },
  udpCounters: { entry: udpCounters },
  boot: { whole: objectOf<NodeBoot>({ bootId: text, bootedAt: instant }) },
  cniConfig: { whole: z.nullable(cniConfig) },
};
