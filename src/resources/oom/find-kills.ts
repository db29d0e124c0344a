// SPDX-License-Identifier: Apache-2.0

import { definedFields } from '#model/defined-fields.ts';
import type { CgroupOom, OomContainer, OomEvent, OomPicture, OomPod } from '#model/oom.ts';

import { type KillDraft, type KillPlaces, apartMs, limitBytesOf, placesOf } from './kill-draft.ts';
import { withKernelKills } from './kernel-kills.ts';
import type { OomKill } from './oom-report.ts';
import { statusKills } from './status-kills.ts';

/** How long after a kill its Event is written, at most. */
const EVENT_DELAY_MS = 10_000;

/** All kills that a picture tells of, the oldest first and those without a time last; each once, with all its signs. */
export function findKills(picture: OomPicture): readonly OomKill[] {
  const places = placesOf(picture);
  const events = picture.events.state === 'observed' ? picture.events.value : [];
  const logged = withKernelKills(statusKills(places), picture.nodes, places);
  const told = events.reduce(withEvent, logged);
  return withCounters(told, picture, places)
    .map(({ containerId: _, ...kill }): OomKill => kill)
    .sort((a, b) => ((a.at ?? '~') < (b.at ?? '~') ? -1 : 1));
}

function withEvent(drafts: readonly KillDraft[], event: OomEvent): readonly KillDraft[] {
  const { reason, node, at, message, process, pid, count } = event;
  const evidence = { source: 'event' as const, text: `${reason} on ${node}: ${message}` };
  const isNear = (draft: KillDraft): boolean =>
    (draft.node ?? node) === node && apartMs(draft.at, at) <= EVENT_DELAY_MS;
  const samePid = drafts.filter((draft) => pid !== undefined && draft.pid === pid && isNear(draft));
  const nameless = drafts.filter((draft) => draft.pid === undefined && isNear(draft));
  // A kill of which no process is known is the event's only when nothing else could be.
  const match = samePid[0] ?? (nameless.length === 1 ? nameless[0] : undefined);
  if (match !== undefined) {
    const merged = definedFields({
      ...match,
      victim: match.victim ?? process,
      pid: match.pid ?? pid,
      evidence: [...match.evidence, evidence],
    });
    return drafts.map((draft) => (draft === match ? merged : draft));
  }
  const draft: KillDraft = definedFields({
    at,
    node,
    what: 'unknown' as const,
    victim: process,
    pid,
    count,
    flannel: process === 'flanneld' ? ('likely' as const) : ('no' as const),
    evidence: [evidence],
  });
  return [...drafts, draft];
}

/** Adds the kills of children that only the counter of flannel's cgroup knows. */
function withCounters(
  drafts: readonly KillDraft[],
  { nodes }: OomPicture,
  places: KillPlaces,
): readonly KillDraft[] {
  return nodes.reduce((all, { name, cgroup }) => {
    const found = runningFlannel(places, name);
    if (cgroup.state === 'absent' || cgroup.value.kills === 0 || found === undefined) return all;
    return withCounter(all, cgroup.value, found);
  }, drafts);
}

interface RunningContainer {
  readonly pod: OomPod;
  readonly container: OomContainer;
}

/** Flannel's running container on a node: the one whose cgroup was read. */
function runningFlannel(places: KillPlaces, node: string): RunningContainer | undefined {
  for (const pod of places.pods) {
    if (pod.node !== node || !places.isFlannel(pod)) continue;
    const container = pod.containers.find(({ name }) => name === places.flannel?.container);
    if (container?.state === 'running') return { pod, container };
  }
  return undefined;
}

function withCounter(
  drafts: readonly KillDraft[],
  { kills, limitBytes }: CgroupOom,
  { pod, container }: RunningContainer,
): readonly KillDraft[] {
  const since =
    container.startedAt === undefined ? '' : ` since it started at ${container.startedAt}`;
  const evidence = {
    source: 'cgroup' as const,
    text: `the cgroup of container ${container.name} counts oom_kill ${String(kills)}${since}, and its first process runs on`,
  };
  const isOfRun = ({ podUid, containerId }: KillDraft): boolean =>
    podUid === pod.uid && containerId !== undefined && containerId === container.containerId;
  const known = drafts.filter(isOfRun);
  const last = known.at(-1);
  const marked = drafts.map((draft) =>
    draft === last ? { ...draft, evidence: [...draft.evidence, evidence] } : draft,
  );
  if (known.length >= kills) return marked;
  const unseen: KillDraft = definedFields({
    node: pod.node,
    namespace: pod.namespace,
    pod: pod.name,
    podUid: pod.uid,
    container: container.name,
    containerId: container.containerId,
    what: 'child' as const,
    limitBytes: limitBytesOf(container) ?? limitBytes,
    count: kills - known.length,
    flannel: 'yes' as const,
    evidence: [evidence],
  });
  return [...marked, unseen];
}
