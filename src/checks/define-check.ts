// SPDX-License-Identifier: Apache-2.0

import type { JudgedBackend } from '#expected/route-plan.ts';
import type { SettingDrift } from '#expected/setting-drift.ts';
import type { Severity, Verdict } from '#model/finding.ts';
import type { ClusterFacts, NodeFactName, NodeFacts } from '#model/snapshot.ts';

/** Cluster facts as checks see them: `netConf` is what most nodes run with, not what the file asks for by now. */
export interface JudgedClusterFacts extends ClusterFacts {
  /** Where the two differ. `mostNodesRead` is false when too few nodes were selected to tell. */
  readonly netConfDrift: {
    readonly drifts: readonly SettingDrift[];
    readonly mostNodesRead: boolean;
  };
}

/** Name of a cluster fact as checks see it. */
export type JudgedClusterFactName = keyof JudgedClusterFacts;

/** Makes JSON pointers into the snapshot: `at('nodes', 3, 'podCIDRs')` points into that fact's value. */
export type Pointer<Name extends string> = (
  fact: Name,
  ...path: readonly (string | number)[]
) => string;

/** What a cluster check sees: exactly the facts it needs, as observed. Reading another one does not compile. */
export interface ClusterView<C extends JudgedClusterFactName> {
  /** End of collection, ISO-8601 UTC: the only clock there is. */
  readonly now: string;
  readonly cluster: { readonly [K in C]: JudgedClusterFacts[K] };
  readonly atCluster: Pointer<C>;
}

/** What a node check sees before the node's own facts: enough to say that it does not apply. */
export interface NodeSubjectView<C extends JudgedClusterFactName> extends ClusterView<C> {
  /** Name of the node under judgement. It is one of the `nodes` fact. */
  readonly node: string;
}

/** What a node check sees: its cluster facts, and the facts of one node. */
export interface NodeView<
  C extends JudgedClusterFactName,
  N extends NodeFactName,
  P extends NodeFactName = never,
> extends NodeSubjectView<C> {
  readonly facts: { readonly [K in N]: NodeFacts[K] };
  readonly atNode: Pointer<N>;
  /** What was read of another node, or of this one: only facts that `needs.peers` names, and of those only observed ones. */
  readonly peerFacts: (peer: string) => { readonly [K in P]?: NodeFacts[K] };
}

interface CheckMeta {
  /** Equals its folder's name; lower kebab case, thing-what-is-wrong; never reused. */
  readonly id: string;
  /** One noun phrase of what is wrong, without a period; starts with a capital letter. */
  readonly title: string;
  /** `preview`: shown, but not part of the exit code. */
  readonly stability: 'stable' | 'preview';
  /** Severity of a finding that names none itself. */
  readonly severity: Severity;
  /**
   * Templates by message id. A template is one or more sentences that end with a period and holds `{placeholders}`
   * filled from a finding's data, plus `{node}` (node checks) and `{peer}` (when the finding has one).
   */
  readonly messages: Readonly<Record<string, string>>;
}

/** A check that judges the cluster as a whole, once per run. */
export interface ClusterCheck<C extends JudgedClusterFactName> extends CheckMeta {
  readonly scope: 'cluster';
  readonly needs: { readonly cluster: readonly C[] };
  /** Pure. Throws only on a programmer's error. */
  readonly run: (view: ClusterView<C>) => Verdict;
}

/** A check that judges each node by itself; a node that could not be read makes that node unknown, not the check. */
export interface NodeCheck<
  C extends JudgedClusterFactName,
  N extends NodeFactName = never,
  P extends NodeFactName = never,
> extends CheckMeta {
  readonly scope: 'node';
  readonly needs: {
    readonly cluster: readonly C[];
    readonly node: readonly N[];
    /** Facts of any node that the check looks at where they are there; without them it judges all the same. */
    readonly peers?: readonly P[];
  };
  /**
   * Backends with which its pass is part of what makes the pairs from a node whole: without its judgement they are
   * unknown. With a backend that no check names, every pair is unknown.
   */
  readonly judgesPairs?: readonly JudgedBackend[];
  /**
   * Why the check does not apply to a node, one plain sentence; undefined when it does. Asked before the node's
   * own facts are needed, so that a Windows node is skipped and not unknown. Pure.
   */
  readonly notApplicable?: (view: NodeSubjectView<C>) => string | undefined;
  /**
   * It looks for what flanneld writes when it starts or learns of a node. The engine then leaves nodes that are just
   * joining their time: a finding about one, as node or as peer, is not made, and the node is skipped with the reason.
   */
  readonly awaitsFlanneld?: boolean;
  /** Pure. Throws only on a programmer's error. */
  readonly run: (view: NodeView<C, N, P>) => Verdict;
}

/** Any check, its needs forgotten: what the registry holds. */
export type AnyCheck = ClusterCheck<never> | NodeCheck<never>;

/** Forgets a check's needs for the registry. The engine gives it back exactly the facts that `needs` names. */
export function anyCheck<
  C extends JudgedClusterFactName,
  N extends NodeFactName = never,
  P extends NodeFactName = never,
>(check: ClusterCheck<C> | NodeCheck<C, N, P>): AnyCheck {
  return check as AnyCheck;
}
