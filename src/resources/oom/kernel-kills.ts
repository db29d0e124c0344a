// SPDX-License-Identifier: Apache-2.0

import { definedFields } from '#model/defined-fields.ts';
import type { KernelOomKill, OomNode } from '#model/oom.ts';

import {
  type KillDraft,
  type KillPlaces,
  apartMs,
  containerOf,
  kernelEvidence,
} from './kill-draft.ts';

/** The kernel kills a whole cgroup within this time (`memory.oom.group`). */
const SAME_KILL_MS = 2000;
/** How far a stamp and the kubelet's clock may be apart for the same event, and by what part of its age more. */
const CLOCKS_APART_MS = 60_000;
const CLOCKS_DRIFT = 1e-4;
const FLANNELD = 'flanneld';
/** SIGKILL, as an exit code. */
const KILLED = 137;

interface LoggedKill extends KernelOomKill {
  /** Absent when several nodes share the kernel. */
  readonly node?: string;
  /** When the log was read. */
  readonly readAt: string;
}

/**
 * Kills of the nodes' kernel logs, each once: nodes with one boot id have one kernel. What was before the nodes joined
 * is of another cluster, unless it names a pod of this one.
 */
function loggedKills(nodes: readonly OomNode[], { podByUid }: KillPlaces): readonly LoggedKill[] {
  const kills = new Map<string, LoggedKill>();
  for (const { name, bootId = name, createdAt, kernelLog } of nodes) {
    if (kernelLog.state === 'absent') continue;
    const isShared = nodes.some((other) => other.bootId === bootId && other.name !== name);
    for (const kill of kernelLog.value.kills) {
      const isEarlier = createdAt !== undefined && kill.at < createdAt;
      if (isEarlier && !podByUid.has(kill.podUid ?? '')) continue;
      const key = `${bootId} ${String(kill.stampSeconds)} ${String(kill.pid)}`;
      const read = { ...kill, readAt: kernelLog.observedAt };
      if (!kills.has(key)) kills.set(key, isShared ? read : { ...read, node: name });
    }
  }
  return [...kills.values()].sort((a, b) => a.stampSeconds - b.stampSeconds);
}

/** The kills so far with what kernel logs say of them, and those of which only these tell. */
export function withKernelKills(
  known: readonly KillDraft[],
  nodes: readonly OomNode[],
  places: KillPlaces,
): readonly KillDraft[] {
  const logged = loggedKills(nodes, places);
  const drafts = [...known];
  for (const kill of logged) {
    const isLast = isLastOf(kill, logged);
    const index = matchOf(drafts, kill, isLast);
    const match = drafts[index];
    if (match === undefined) drafts.push(draftOf(kill, places, isLast));
    else drafts[index] = merged(match, kill);
  }
  return withoutCompanions(drafts);
}

/** Puts what was killed in a container together with its first process, within two seconds, to that kill. */
function withoutCompanions(drafts: readonly KillDraft[]): readonly KillDraft[] {
  const first = drafts.filter(({ what }) => what === 'container');
  const leaderOf = (draft: KillDraft): KillDraft | undefined =>
    draft.what === 'child' && draft.containerId !== undefined
      ? first.find(
          ({ containerId, at }) =>
            containerId === draft.containerId && apartMs(at, draft.at) <= SAME_KILL_MS,
        )
      : undefined;
  const companions = new Map(drafts.map((draft) => [draft, leaderOf(draft)]));
  return drafts
    .filter((draft) => companions.get(draft) === undefined)
    .map((draft) => {
      const others = drafts.filter((other) => companions.get(other) === draft);
      if (others.length === 0) return draft;
      return {
        ...draft,
        evidence: [...draft.evidence, ...others.flatMap(({ evidence }) => evidence)],
      };
    });
}

/** Whether a line is the last of its container, or of those that were killed with the last one. */
function isLastOf(kill: LoggedKill, logged: readonly LoggedKill[]): boolean {
  const last = logged.findLast(({ containerId }) => containerId === kill.containerId);
  return ((last?.stampSeconds ?? 0) - kill.stampSeconds) * 1000 <= SAME_KILL_MS;
}

/** The status' kill that a line is of: of the lines of one container the last ones, the others were children. */
function matchOf(drafts: readonly KillDraft[], kill: LoggedKill, isLast: boolean): number {
  if (kill.containerId === undefined) return -1;
  return drafts.findIndex(
    ({ containerId, what, evidence, at }) =>
      containerId === kill.containerId &&
      evidence.some(({ source }) => source === 'container-status') &&
      (what === 'child' || (isLast && apartMs(at, kill.at) <= toleranceMs(kill))),
  );
}

/** The log's clock is not kept by NTP: what is long ago has moved the more. */
function toleranceMs({ at, readAt }: LoggedKill): number {
  return CLOCKS_APART_MS + CLOCKS_DRIFT * apartMs(at, readAt);
}

function merged(draft: KillDraft, kill: LoggedKill): KillDraft {
  const { process, pid, limitBytes = draft.limitBytes, usageBytes } = kill;
  const evidence = [...draft.evidence, kernelEvidence(kill)];
  // Of several that went together the first one is named, and flanneld before all.
  const isNamed = draft.victim !== undefined && process !== FLANNELD;
  if (isNamed) return { ...draft, evidence };
  return definedFields({ ...draft, victim: process, pid, limitBytes, usageBytes, evidence });
}

function draftOf(kill: LoggedKill, places: KillPlaces, isLast: boolean): KillDraft {
  const { at, node, process, pid, podUid, containerId, limitBytes, usageBytes } = kill;
  return definedFields({
    at,
    node,
    podUid,
    containerId,
    victim: process,
    pid,
    limitBytes,
    usageBytes,
    count: 1,
    ...ownerOf(kill, places, isLast),
    evidence: [kernelEvidence(kill)],
  });
}

type Owner = Pick<
  KillDraft,
  'what' | 'flannel' | 'node' | 'namespace' | 'pod' | 'podIsGone' | 'container'
>;

function ownerOf(
  kill: LoggedKill,
  places: KillPlaces,
  isLast: boolean,
): Partial<Owner> & Pick<Owner, 'what' | 'flannel'> {
  const { podUid, containerId, process } = kill;
  if (podUid === undefined) return { what: 'unknown', flannel: 'no' };
  const pod = places.podByUid.get(podUid);
  if (pod === undefined) return goneOwner(podUid, process, places);
  const { node, namespace, name } = pod;
  const place = { ...(node !== undefined && { node }), namespace, pod: name };
  const flannel = places.isFlannel(pod) ? 'yes' : 'no';
  const found = containerOf(pod, containerId);
  if (found !== undefined) {
    // What ended the first process would have been put together with its end, unless the clocks do not fit.
    const isDoubtful = isLast && !found.isCurrent && found.end?.exitCode === KILLED;
    const what = isDoubtful ? 'unknown' : 'child';
    return { ...place, flannel, container: found.container.name, what };
  }
  return { ...place, flannel, ...ofForgottenRun(flannel === 'yes', process, places) };
}

/** In flannel's own pods a name is flannel's word: its first process is flanneld, and no child of it is called so. */
function ofForgottenRun(
  isFlannel: boolean,
  process: string,
  { flannel }: KillPlaces,
): Pick<Owner, 'what'> & Partial<Pick<Owner, 'container'>> {
  if (!isFlannel || flannel === undefined) return { what: 'unknown' };
  return { what: process === FLANNELD ? 'container' : 'child', container: flannel.container };
}

function goneOwner(
  podUid: string,
  process: string,
  places: KillPlaces,
): Partial<Owner> & Pick<Owner, 'what' | 'flannel'> {
  const { flannel, goneByUid } = places;
  const gone = goneByUid.get(podUid);
  if (gone !== undefined && flannel !== undefined) {
    const { name, node } = gone;
    const isFlannel =
      name.startsWith(`${flannel.name}-`) && !name.slice(flannel.name.length + 1).includes('-');
    return {
      ...(node !== undefined && { node }),
      namespace: flannel.namespace,
      pod: name,
      podIsGone: true,
      flannel: isFlannel ? 'yes' : 'no',
      ...ofForgottenRun(isFlannel, process, places),
    };
  }
  return process === FLANNELD
    ? { podIsGone: true, flannel: 'likely', what: 'container' }
    : { podIsGone: true, flannel: 'no', what: 'unknown' };
}
