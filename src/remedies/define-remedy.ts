// SPDX-License-Identifier: Apache-2.0

import type { ManualRemedy, Risk, Step, TreatableFinding } from '#model/plan.ts';
import type { ClusterFactName, ClusterFacts, NodeFactName, NodeFacts } from '#model/snapshot.ts';

/** What a remedy that treats the cluster as a whole sees: exactly the facts it needs, and the findings it treats. */
export interface ClusterRemedyView<C extends ClusterFactName> {
  /** End of collection, ISO-8601 UTC: the only clock there is. */
  readonly now: string;
  readonly cluster: { readonly [K in C]: ClusterFacts[K] };
  /** At least one. */
  readonly findings: readonly TreatableFinding[];
  /** All findings of the run, whoever treats them: what is wrong elsewhere can make a step wrong here. */
  readonly everything: readonly TreatableFinding[];
}

/** What a remedy of one node sees; its findings are those of this node. */
export interface NodeRemedyView<
  C extends ClusterFactName,
  N extends NodeFactName,
> extends ClusterRemedyView<C> {
  readonly node: string;
  readonly facts: { readonly [K in N]: NodeFacts[K] };
}

/** A remedy's answer for some of the findings it was asked about. A finding that no answer names counts as declined. */
export type Proposal =
  /** Steps that treat the findings together, in order. */
  | {
      readonly kind: 'steps';
      readonly findings: readonly TreatableFinding[];
      readonly steps: readonly Step[];
    }
  /** Why it cannot treat them, one sentence: said as the reason for a stronger remedy. */
  | {
      readonly kind: 'declined';
      readonly findings: readonly TreatableFinding[];
      readonly reason: string;
    }
  /** What a person has to do. */
  | {
      readonly kind: 'manual';
      readonly findings: readonly TreatableFinding[];
      readonly manual: ManualRemedy;
    };

interface RemedyMeta {
  /** Equals its folder's name; lower kebab case, what it does: `reprogram-entries`. */
  readonly id: string;
  /** One phrase in the imperative, without a period; starts with a capital letter. */
  readonly title: string;
  /** What traffic it can disturb. */
  readonly risk: Risk;
  /** The same in words, with the duration: one or more sentences. */
  readonly disturbance: string;
  /** Order among remedies of the same risk: the smaller one is tried first; 0 to 100. */
  readonly invasiveness: number;
  /**
   * Time that it may take to show after its steps, milliseconds: flanneld learns of a change by a watch, and writes
   * its entries a moment after it is Ready. Absent: none.
   */
  readonly settlesWithinMs?: number;
  /** When it does not verify on one node, the same remedy is not begun on the next. Absent: it is. */
  readonly haltsOnFailure?: boolean;
  /** It tells a person what to do, and never plans a step. Absent: it plans steps. */
  readonly byHand?: true;
  /** Ids of the checks whose findings it treats. Their passing on the nodes concerned is the proof. */
  readonly treats: readonly string[];
}

/** A remedy that is planned for one node at a time. */
export interface NodeRemedy<
  C extends ClusterFactName,
  N extends NodeFactName = never,
> extends RemedyMeta {
  readonly scope: 'node';
  readonly needs: { readonly cluster: readonly C[]; readonly node: readonly N[] };
  /** Pure. Throws only on a programmer's error. */
  readonly plan: (view: NodeRemedyView<C, N>) => readonly Proposal[];
}

/** A remedy that is planned once for the cluster; its steps may name nodes. */
export interface ClusterRemedy<C extends ClusterFactName> extends RemedyMeta {
  readonly scope: 'cluster';
  readonly needs: { readonly cluster: readonly C[] };
  /** Pure. Throws only on a programmer's error. */
  readonly plan: (view: ClusterRemedyView<C>) => readonly Proposal[];
}

/**
 * A change that a person asks for by a command of its own. No finding leads to it, so no plan of `selvage fix` holds
 * it: what makes it worth while is no fault, or is told by measurements of weeks.
 */
export interface AskedRemedy<Options> extends Pick<
  RemedyMeta,
  'id' | 'title' | 'risk' | 'disturbance'
> {
  readonly scope: 'asked';
  /** Words of the command, without the program's name. */
  readonly command: readonly string[];
  /** Its steps, in order. Pure. */
  readonly steps: (options: Options) => readonly Step[];
}

/** Any remedy, its needs forgotten: what the registry holds. */
export type AnyRemedy = NodeRemedy<never> | ClusterRemedy<never>;

/** Forgets a remedy's needs for the registry. The planner gives it back exactly the facts that `needs` names. */
export function anyRemedy<C extends ClusterFactName, N extends NodeFactName = never>(
  remedy: NodeRemedy<C, N> | ClusterRemedy<C>,
): AnyRemedy {
  return remedy as AnyRemedy;
}
