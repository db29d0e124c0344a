// SPDX-License-Identifier: Apache-2.0

import { judgedFacts } from '#engine/judged-facts.ts';
import { restartObstacle } from '#engine/mend/restart-obstacle.ts';
import type { Fact } from '#model/fact.ts';
import { RISKS, type Risk, type Step, type TreatableFinding } from '#model/plan.ts';
import { type Snapshot, nowOf } from '#model/snapshot.ts';
import type { AnyRemedy, ClusterRemedyView, Proposal } from '#remedies/define-remedy.ts';

/** What one remedy says to one finding. */
export interface Candidate {
  /** Remedy and node: candidates of one key are one stage. */
  readonly key: string;
  readonly remedy: AnyRemedy;
  /** Absent for remedies of the whole cluster. */
  readonly node?: string;
  readonly answer: Proposal;
}

/** What the planner knows of the choice. */
export interface LadderOptions {
  readonly remedies: readonly AnyRemedy[];
  readonly maxRisk: Risk;
  /** All findings of the run, also those that are not to be treated. */
  readonly everything: readonly TreatableFinding[];
  readonly only?: readonly string[] | undefined;
  readonly tried?: ReadonlyMap<string, readonly string[]> | undefined;
}

/** Every remedy that treats a finding, the smallest first, with its answer. Pure. */
export function ladderOf(
  finding: TreatableFinding,
  all: readonly TreatableFinding[],
  snapshot: Snapshot,
  options: LadderOptions,
): readonly Candidate[] {
  return options.remedies
    .filter((remedy) => remedy.treats.includes(finding.check))
    .filter((remedy) => isNamed(remedy, options))
    .toSorted(bySize)
    .map((remedy) => candidate(remedy, finding, all, { snapshot, options }));
}

/** When `only` names remedies, only those are taken; ids of checks leave the choice open. */
function isNamed({ id }: AnyRemedy, { only, remedies }: LadderOptions): boolean {
  const named = remedies.filter((remedy) => only?.includes(remedy.id) === true);
  return named.length === 0 || named.some((remedy) => remedy.id === id);
}

function bySize(a: AnyRemedy, b: AnyRemedy): number {
  return (
    RISKS.indexOf(a.risk) - RISKS.indexOf(b.risk) ||
    a.invasiveness - b.invasiveness ||
    (a.id < b.id ? -1 : 1)
  );
}

interface Context {
  readonly snapshot: Snapshot;
  readonly options: LadderOptions;
}

function candidate(
  remedy: AnyRemedy,
  finding: TreatableFinding,
  all: readonly TreatableFinding[],
  { snapshot, options }: Context,
): Candidate {
  const node = remedy.scope === 'node' ? finding.node : undefined;
  const about = {
    key: `${remedy.id} ${node ?? ''}`,
    remedy,
    ...(node !== undefined && { node }),
  };
  const declined = (reason: string): Candidate => ({
    ...about,
    answer: { kind: 'declined', findings: [finding], reason },
  });
  if (options.tried?.get(finding.id)?.includes(remedy.id) === true) {
    return declined('It was tried and did not help.');
  }
  if (remedy.scope === 'node' && node === undefined) {
    return declined('The finding names no node.');
  }
  const answer = answersOf(remedy, node, { all, snapshot, options }).find(({ findings }) =>
    findings.some(({ id }) => id === finding.id),
  );
  if (answer === undefined) {
    return declined(`It has no way to treat ${finding.finding.object ?? finding.check}.`);
  }
  const doubt = restartObstacle(snapshot, stepsOf(answer), options.everything);
  return doubt === undefined ? { ...about, answer } : declined(doubt);
}

function stepsOf(answer: Proposal): readonly Step[] {
  return answer.kind === 'steps' ? answer.steps : [];
}

type Answers = Map<string, readonly Proposal[]>;

const cache = new WeakMap<Snapshot, WeakMap<readonly TreatableFinding[], Answers>>();

/** A remedy's answers for one node's findings, or the cluster's; asked once for a list of findings. */
function answersOf(
  remedy: AnyRemedy,
  node: string | undefined,
  { all, snapshot, options }: Context & { readonly all: readonly TreatableFinding[] },
): readonly Proposal[] {
  const { everything } = options;
  const ofSnapshot = cache.get(snapshot) ?? new WeakMap<readonly TreatableFinding[], Answers>();
  cache.set(snapshot, ofSnapshot);
  const known = ofSnapshot.get(all) ?? (new Map() as Answers);
  ofSnapshot.set(all, known);
  const key = `${remedy.id} ${node ?? ''}`;
  const answers =
    known.get(key) ??
    ask(remedy, node, snapshot, { findings: findingsFor(remedy, node, all), everything });
  known.set(key, answers);
  return answers;
}

function findingsFor(
  { treats }: AnyRemedy,
  node: string | undefined,
  all: readonly TreatableFinding[],
): readonly TreatableFinding[] {
  return all.filter(
    (each) => treats.includes(each.check) && (node === undefined || each.node === node),
  );
}

function ask(
  remedy: AnyRemedy,
  node: string | undefined,
  snapshot: Snapshot,
  about: Pick<ClusterRemedyView<never>, 'findings' | 'everything'>,
): readonly Proposal[] {
  const { findings } = about;
  // What is written has to fit what runs, as it was judged, and not what net-conf.json asks for by now.
  const gathered = gather(judgedFacts(snapshot), remedy.needs.cluster);
  const now = nowOf(snapshot);
  if ('reason' in gathered) return [{ kind: 'declined', findings, reason: gathered.reason }];
  const { facts: cluster } = gathered;
  if (remedy.scope === 'cluster') return remedy.plan({ now, cluster, ...about });
  if (node === undefined) return [];
  const own = gather(snapshot.nodes[node] ?? {}, remedy.needs.node);
  if ('reason' in own) return [{ kind: 'declined', findings, reason: own.reason }];
  return remedy.plan({ now, cluster, ...about, node, facts: own.facts });
}

type Gathered = { readonly facts: Readonly<Record<string, unknown>> } | { readonly reason: string };

function gather(
  record: Readonly<Record<string, Fact<unknown> | undefined>>,
  needs: readonly string[],
): Gathered {
  const facts: Record<string, unknown> = {};
  for (const name of needs) {
    const fact = record[name];
    if (fact?.state !== 'observed') {
      const detail = fact?.state === 'absent' ? fact.detail : 'It was not collected.';
      return { reason: `It needs ${name}, which is not known. ${detail}` };
    }
    facts[name] = fact.value;
  }
  return { facts };
}
