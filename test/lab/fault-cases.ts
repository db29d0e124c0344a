// SPDX-License-Identifier: Apache-2.0

import {
  everythingIsReady,
  flannelIsBack,
  flannelIsNotReady,
  flannelIsOomKilled,
  linkIsBack,
  nodeIsNotReady,
  nodeIsReady,
  peersForwardTo,
  printed,
  routesAreBack,
  rulesAreBack,
} from './conditions.ts';
import type { Layout } from './layouts.ts';

/** Ordered pairs among three nodes. */
export const ALL_PAIRS = 6;

/** `lab fault` arguments, the name first. */
export type FaultArguments = readonly [name: string, ...args: string[]];

/** All that `selvage check` may say at one moment: what somebody who knows the fault would call the whole truth. */
export interface Truth {
  /** Resolves when the moment has come, of faults made after `since`; absent when it has come at once. */
  readonly settled?: (since: Date) => Promise<void>;
  /** Every finding, as `check node [-> peer] severity`. */
  readonly findings: readonly string[];
  /** Ordered pairs that are broken; 0 when absent. */
  readonly broken?: number;
  /** Ordered pairs of which nothing can be said; 0 when absent. */
  readonly unknown?: number;
}

/** One or several faults of the lab at once, and the truth about them. */
export interface FaultCase extends Truth {
  readonly faults: readonly FaultArguments[];
  /**
   * Resolves when flannel has repaired it without help. It looks every few seconds; so that no tick
   * falls between fault and check, the fault is made anew right after such a tick.
   */
  readonly repairsItself?: () => Promise<void>;
  /** The truth at a later moment of the same fault. */
  readonly later?: Truth;
  /** Findings that `lab heal` may leave; none when absent. */
  readonly mayRemain?: readonly string[];
}

/** A fault of the lab that a layout does not have, with the reason. */
export interface ImpossibleFault {
  readonly faults: readonly FaultArguments[];
  readonly impossible: string;
}

const FALSE_MAC = '02:00:de:ad:be:ef';
const FALSE_PUBLIC_IP = '10.213.0.250';

/** Nothing to say, and nothing hidden. */
const NOTHING: Truth = { findings: [] };

/** `checks` on node2 towards both peers. */
export function towardsBoth(...checks: readonly string[]): string[] {
  return checks.flatMap((check) =>
    ['node1', 'node3'].map((peer) => `${check} node2 -> ${peer} critical`),
  );
}

/** A check on a node towards its peers, and on them towards the node. */
export function around(node: string, check: string, severity: string): string[] {
  const peers = ['node1', 'node2', 'node3'].filter((peer) => peer !== node);
  return peers.flatMap((peer) => [
    `${check} ${node} -> ${peer} ${severity}`,
    `${check} ${peer} -> ${node} ${severity}`,
  ]);
}

/** What peers of node2 keep of its false MAC when the annotation is right again: flannel removes it never. */
export const STALE_ON_PEERS: readonly string[] = ['node1', 'node3'].map(
  (peer) => `fdb-entry-stale ${peer} -> node2 info`,
);

/** host-gw adds lost routes every 10 s, vxlan never. */
function lostRoutes(layout: Layout): Partial<FaultCase> {
  return layout === 'host-gw'
    ? { repairsItself: routesAreBack, later: { settled: routesAreBack, ...NOTHING } }
    : {};
}

/** Faults of flannel.1, its entries and its port; host-gw has none of them. */
const VXLAN_CASES: readonly FaultCase[] = [
  {
    faults: [['neigh-del', 'node2', 'node3']],
    findings: ['neighbour-missing node2 -> node3 critical'],
    broken: 1,
  },
  {
    faults: [['fdb-del', 'node2', 'node3']],
    findings: ['fdb-entry-missing node2 -> node3 critical'],
    broken: 1,
  },
  {
    faults: [['link-del', 'node2']],
    settled: linkIsBack,
    findings: towardsBoth('route-missing', 'neighbour-missing', 'fdb-entry-missing'),
    broken: 2,
  },
  { faults: [['wrong-mtu', 'node2']], findings: ['link-mtu-wrong node2 warning'] },
  {
    faults: [['udp-block', 'node2']],
    findings: around('node2', 'overlay-unreachable', 'critical'),
    broken: 4,
  },
  { faults: [['loss', 'node2']], findings: around('node2', 'packet-loss', 'warning') },
  {
    faults: [['wrong-vtep-mac', 'node2', FALSE_MAC]],
    settled: () => peersForwardTo(FALSE_MAC, 'node1', 'node3'),
    findings: ['vtep-mac-mismatch node2 critical', ...STALE_ON_PEERS],
    broken: 4,
    mayRemain: STALE_ON_PEERS,
  },
];

/** Faults of routes and links, which the backends keep in different ways. */
function entryCases(layout: Layout): readonly FaultCase[] {
  const hostGateway = layout === 'host-gw';
  return [
    {
      faults: [['routes-flush', 'node2']],
      findings: towardsBoth('route-missing'),
      broken: 2,
      ...lostRoutes(layout),
    },
    {
      faults: [['route-del', 'node2', 'node3']],
      findings: ['route-missing node2 -> node3 critical'],
      broken: 1,
      ...lostRoutes(layout),
    },
    { faults: [['stale-route', 'node2']], findings: ['route-stale node2 info'] },
    {
      faults: [['link-bounce', 'node2']],
      findings: hostGateway
        ? towardsBoth('route-missing')
        : towardsBoth('route-missing', 'neighbour-missing'),
      broken: 2,
      ...lostRoutes(layout),
    },
    {
      faults: [['eth0-flap', 'node2']],
      settled: routesAreBack,
      ...NOTHING,
    },
    {
      faults: [['wrong-public-ip', 'node2', FALSE_PUBLIC_IP]],
      settled: hostGateway
        ? () => printed(['node1', 'node3'], ['ip', '-4', 'route'], [`via ${FALSE_PUBLIC_IP}`])
        : () => peersForwardTo(FALSE_PUBLIC_IP, 'node1', 'node3'),
      findings: ['public-ip-mismatch node2 critical'],
      broken: 4,
    },
  ];
}

/** Faults of what all backends share: kernel settings, packet filter, underlay, files, CoreDNS. */
const NODE_CASES: readonly FaultCase[] = [
  {
    faults: [['rules-flush', 'node2']],
    repairsItself: rulesAreBack,
    findings: ['masquerade-rule-missing node2 warning'],
    later: { settled: rulesAreBack, ...NOTHING },
  },
  {
    faults: [['mtu-blackhole', 'node2']],
    findings: around('node2', 'path-mtu-too-small', 'critical'),
    broken: 4,
  },
  {
    faults: [['ip-forward-0', 'node2']],
    findings: ['ip-forward-off node2 critical'],
    broken: 4,
  },
  {
    faults: [['forward-drop', 'node2']],
    findings: ['forward-dropped node2 critical'],
    broken: 4,
  },
  { faults: [['subnet-env-rm', 'node2']], findings: ['subnet-env-missing node2 critical'] },
  // `lab fault` asks for a node; this one concerns the cluster.
  { faults: [['coredns-down', 'node1']], findings: ['coredns-unavailable cluster critical'] },
];

async function isBackAndReady(node: string, since: Date): Promise<void> {
  await flannelIsBack(node, since);
  await everythingIsReady();
}

/** The Talos manifest has no probes: there the pod stays ready for ever. */
function frozenCase(layout: Layout): FaultCase {
  const findings = ['flannel-stalled node2 warning'];
  const faults = [['flannel-stop', 'node2']] as const;
  if (layout === 'talos') return { faults, findings };
  const settled = (): Promise<void> => flannelIsNotReady('node2');
  return {
    faults,
    findings,
    later: { settled, findings: ['flannel-pod-not-ready node2 warning', ...findings] },
  };
}

const DUPLICATE_POD_CIDR: FaultCase = {
  faults: [['duplicate-podcidr', 'node3', 'node2']],
  settled: (since) => isBackAndReady('node3', since),
  // The pods of node3 keep the addresses and the bridge of its range of old.
  findings: [
    'cni-bridge-wrong node3 critical',
    'pod-ip-outside-pod-cidr node3 critical',
    'pod-cidr-duplicate node2 -> node3 critical',
    'pod-cidr-duplicate node3 -> node2 critical',
  ],
  broken: 6,
};

/** Faults of a Node object, of flanneld or of a whole node. A fault of a whole node breaks every pair from and to it. */
function lifeCases(layout: Layout): readonly FaultCase[] {
  return [
    {
      faults: [['annotations-lost', 'node2']],
      settled: () => nodeIsReady('node2'),
      findings: ['subnet-lease-missing node2 critical'],
      broken: 4,
    },
    DUPLICATE_POD_CIDR,
    {
      faults: [['flannel-oom', 'node2']],
      settled: () => flannelIsOomKilled('node2'),
      findings: ['flannel-oom-killed node2 warning', 'flannel-pod-not-ready node2 warning'],
      unknown: 2,
    },
    frozenCase(layout),
    {
      faults: [['flannel-kill', 'node2']],
      settled: (since) => flannelIsBack('node2', since),
      ...NOTHING,
    },
    {
      faults: [['node-crash', 'node3']],
      settled: () => nodeIsNotReady('node3'),
      findings: ['node-not-ready node3 warning'],
      unknown: 2,
    },
    {
      faults: [['node-reboot', 'node3']],
      settled: (since) => isBackAndReady('node3', since),
      ...NOTHING,
    },
  ];
}

/** One case for each fault that `layout` can have. */
export function faultCases(layout: Layout): readonly FaultCase[] {
  return [
    ...entryCases(layout),
    ...(layout === 'host-gw' ? [] : VXLAN_CASES),
    ...NODE_CASES,
    ...lifeCases(layout),
  ];
}

/** The faults that `layout` cannot have. */
export function impossibleFaults(layout: Layout): readonly ImpossibleFault[] {
  if (layout !== 'host-gw') return [];
  const impossible = 'host-gw has no flannel.1, no entries behind it and no port';
  return VXLAN_CASES.map(({ faults }) => ({ faults, impossible }));
}
