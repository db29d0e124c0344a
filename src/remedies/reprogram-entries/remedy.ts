// SPDX-License-Identifier: Apache-2.0

import {
  fdbLine,
  neighbourLine,
  peerFdbLine,
  peerNeighbourLine,
  peerRouteLine,
  routeLine,
  shortLine,
} from '#expected/entry-lines.ts';
import { deletionDoubt, peerDoubt } from '#expected/announcement-doubt.ts';
import { ownerMayReturn } from '#expected/lease-owners.ts';
import { widelyMissed } from '#expected/reannouncement.ts';
import { type RoutePlan, routePlan } from '#expected/route-plan.ts';
import { compareFdb, compareNeighbours, compareRoutes } from '#expected/vxlan-entries.ts';
import type { VxlanPlan } from '#expected/vxlan-plan.ts';
import type { FdbEntry, Neighbour, Route } from '#model/kernel.ts';
import type { Step, TreatableFinding, WriteRouteStep } from '#model/plan.ts';
import type { NodeRemedy, NodeRemedyView, Proposal } from '#remedies/define-remedy.ts';

/** From here on a restart of flannel, which replays all entries in one go, is faster than one write each. */
const MOST_ENTRIES = 500;

type ClusterNeeds = 'nodes' | 'flannel' | 'netConf' | 'flannelPods';

type View = NodeRemedyView<ClusterNeeds, 'routes' | 'neighbours' | 'fdb'>;

/** How one entry is to change, or why it is left alone. */
type Change = { readonly step: Step } | { readonly declined: string };

const EMBEDDED =
  'Flannel is a part of another program on the nodes, so no container of its own is there to write from.';

const NO_LINK =
  'The node reaches the peer through a router only, so there is no entry that would be right.';

/**
 * Writes missing and wrong entries as flannel would, and deletes leftovers. flanneld itself replaces entries of the
 * same content without a trace, so both can work at the same time (flannel@v0.28.9:pkg/backend/vxlan/device.go).
 */
export const remedy: NodeRemedy<ClusterNeeds, 'routes' | 'neighbours' | 'fdb'> = {
  id: 'reprogram-entries',
  title: 'Write the missing and wrong entries of a node',
  scope: 'node',
  risk: 'none',
  disturbance: 'No pod is touched, and no flow that works now is disturbed.',
  invasiveness: 0,
  treats: [
    'fdb-entry-missing',
    'fdb-entry-stale',
    'fdb-entry-wrong',
    'neighbour-missing',
    'neighbour-stale',
    'neighbour-wrong',
    'route-missing',
    'route-stale',
    'route-wrong',
  ],
  needs: {
    cluster: ['nodes', 'flannel', 'netConf', 'flannelPods'],
    node: ['routes', 'neighbours', 'fdb'],
  },
  plan(view) {
    const { findings } = view;
    if (findings.length > MOST_ENTRIES) {
      const reason = `${String(findings.length)} entries of ${view.node} are wrong: a restart of flannel there replays them faster than one write each.`;
      return [{ kind: 'declined', findings, reason }];
    }
    if (view.cluster.flannel.kind === 'embedded') {
      return [{ kind: 'declined', findings, reason: EMBEDDED }];
    }
    const changes = changesOf(view);
    return findings
      .map((finding) => ({ finding, change: changeFor(finding, changes, view) }))
      .sort((a, b) => orderOf(a.change) - orderOf(b.change))
      .flatMap(({ finding, change }) => proposal(finding, change));
  },
};

function changeFor(
  finding: TreatableFinding,
  changes: ReadonlyMap<string, Change>,
  view: View,
): Change | undefined {
  // Leftovers have a rule of their own.
  const isStale = finding.finding.expected === 'nothing';
  const declined = isStale
    ? undefined
    : (peerDoubt(finding, view.everything) ?? widelyMissed(view.cluster, finding, view.everything));
  return declined === undefined ? changes.get(keyOf(finding)) : { declined };
}

/** Why nothing may be deleted that no lease asks for; undefined when it may. */
function deletionsWait({ everything, now, cluster }: View): string | undefined {
  return deletionDoubt(everything) ?? ownerMayReturn(now, cluster.nodes, cluster.flannel);
}

function proposal(finding: TreatableFinding, change: Change | undefined): readonly Proposal[] {
  if (change === undefined) return [];
  return 'step' in change
    ? [{ kind: 'steps', findings: [finding], steps: [change.step] }]
    : [{ kind: 'declined', findings: [finding], reason: change.declined }];
}

const KINDS: readonly Step['kind'][] = ['write-fdb-entry', 'write-neighbour', 'write-route'];

/** The route comes last, so that packets are sent only when the rest of their way is there. */
function orderOf(change: Change | undefined): number {
  return change !== undefined && 'step' in change ? KINDS.indexOf(change.step.kind) : -1;
}

/** What a finding and a change meet by: the object as the checks spell it. */
function keyOf({ finding }: TreatableFinding): string {
  return finding.object ?? '';
}

function changesOf(view: View): ReadonlyMap<string, Change> {
  const { cluster, facts, node } = view;
  const plan = routePlan(cluster);
  const changes = new Map(routeChanges(view, plan));
  if (plan.backend !== 'vxlan') return changes;
  const mayReturn = deletionsWait(view);
  for (const [key, change] of neighbourChanges(plan, node, facts, mayReturn))
    changes.set(key, change);
  for (const [key, change] of fdbChanges(plan, node, facts, mayReturn)) changes.set(key, change);
  return changes;
}

type Changes = readonly (readonly [key: string, change: Change])[];

function routeChanges(view: View, plan: RoutePlan): Changes {
  const { facts, node } = view;
  const { routes } = facts;
  const { missing, wrong, stale } = compareRoutes(node, plan, routes);
  const change = (dst: string, drop: ReadonlySet<Route>, add: string | undefined): Change => {
    const there = routes.filter((route) => route.dst === dst);
    const before = there.map(routeLine);
    const kept = there.filter((route) => !drop.has(route)).map(routeLine);
    const after = add === undefined || kept.includes(add) ? kept : [...kept, add];
    return { step: routeStep(node, dst, before, after) };
  };
  const toPeer = [
    ...missing.map((peer) => ({ peer, drop: new Set<Route>() })),
    ...grouped(wrong, ({ peer }) => peer).map(([peer, group]) => ({ peer, drop: entries(group) })),
  ].map(({ peer, drop }) => {
    const line = peerRouteLine(plan, routes, peer);
    const made = line === undefined ? { declined: NO_LINK } : change(peer.podCidr, drop, line);
    return [`route ${peer.podCidr}`, made] as const;
  });
  const mayReturn = deletionsWait(view);
  const leftovers = grouped(stale, ({ entry }) => entry.dst).map(([dst, group]) => {
    const made =
      mayReturn === undefined ? change(dst, entries(group), undefined) : { declined: mayReturn };
    return [`route ${dst}`, made] as const;
  });
  return [...toPeer, ...leftovers];
}

function routeStep(
  node: string,
  dst: string,
  before: readonly string[],
  after: readonly string[],
): WriteRouteStep {
  const family = dst.includes(':') ? 6 : 4;
  const object = `route ${dst}`;
  const title = titleOf('route', before, after);
  return { kind: 'write-route', node, object, title, family, dst, before, after };
}

type VxlanFacts = View['facts'];

function neighbourChanges(
  plan: VxlanPlan,
  node: string,
  { neighbours, routes }: VxlanFacts,
  mayReturn: string | undefined,
): Changes {
  const { missing, wrong, stale } = compareNeighbours(node, plan, neighbours, routes);
  const change = (about: Pick<Neighbour, 'address' | 'link' | 'family'>, add?: string): Change => {
    const { address, link, family } = about;
    const before = neighbours
      .filter((entry) => entry.address === address && entry.link === link)
      .filter(({ nud, mac }) => nud === 'permanent' && mac !== undefined)
      .map(neighbourLine);
    const after = add === undefined ? [] : [add];
    const title = titleOf('neighbour', before, after);
    const object = `neighbour ${address}`;
    return {
      step: { kind: 'write-neighbour', node, object, title, family, address, link, before, after },
    };
  };
  const peers = [...missing, ...wrong.map(({ peer }) => peer)];
  return [
    ...peers.map((peer) => {
      const { network: address, link, family } = peer;
      const made = change({ address, link, family }, peerNeighbourLine(peer));
      return [`neighbour ${address}`, made] as const;
    }),
    ...stale.map(({ entry }) => {
      const made = mayReturn === undefined ? change(entry) : { declined: mayReturn };
      return [`neighbour ${entry.address}`, made] as const;
    }),
  ];
}

function fdbChanges(
  plan: VxlanPlan,
  node: string,
  { fdb, routes }: VxlanFacts,
  mayReturn: string | undefined,
): Changes {
  const { missing, wrong, stale } = compareFdb(node, plan, fdb, routes);
  const change = (
    { mac, link }: Pick<FdbEntry, 'mac' | 'link'>,
    drop: ReadonlySet<FdbEntry>,
    add?: string,
  ): Change => {
    const there = fdb.filter((entry) => entry.mac === mac && entry.link === link);
    const before = there.map(fdbLine);
    const kept = there.filter((entry) => !drop.has(entry)).map(fdbLine);
    const after = add === undefined || kept.includes(add) ? kept : [...kept, add];
    const title = titleOf('FDB entry', before, after);
    const object = `fdb ${mac}`;
    return { step: { kind: 'write-fdb-entry', node, object, title, mac, link, before, after } };
  };
  const toPeer = [
    ...missing.map((peer) => ({ peer, drop: new Set<FdbEntry>() })),
    ...grouped(wrong, ({ peer }) => peer).map(([peer, group]) => ({ peer, drop: entries(group) })),
  ].map(({ peer, drop }) => {
    const { vtepMac: mac, link } = peer;
    return [`fdb ${mac}`, change({ mac, link }, drop, peerFdbLine(peer))] as const;
  });
  const leftovers = grouped(stale, ({ entry }) => entry.mac).map(([mac, group]) => {
    const [first] = group;
    const made =
      mayReturn !== undefined || first === undefined
        ? { declined: mayReturn ?? '' }
        : change(first.entry, entries(group));
    return [`fdb ${mac}`, made] as const;
  });
  return [...toPeer, ...leftovers];
}

function titleOf(what: string, before: readonly string[], after: readonly string[]): string {
  const added = after.filter((line) => !before.includes(line)).map(shortLine);
  const removed = before.filter((line) => !after.includes(line)).map(shortLine);
  if (removed.length === 0) return `add ${what} ${added.join('; ')}`;
  if (added.length === 0) return `delete ${what} ${removed.join('; ')}`;
  return `replace ${what} ${removed.join('; ')} by ${added.join('; ')}`;
}

function entries<E>(group: readonly { readonly entry: E }[]): ReadonlySet<E> {
  return new Set(group.map(({ entry }) => entry));
}

function grouped<T, K>(items: readonly T[], key: (item: T) => K): readonly (readonly [K, T[]])[] {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return [...groups];
}
