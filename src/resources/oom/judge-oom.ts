// SPDX-License-Identifier: Apache-2.0

import type { EntriesState, OomPicture } from '#model/oom.ts';

import { findKills } from './find-kills.ts';
import { flannelSites } from './flannel-pods.ts';
import { killSentence } from './kill-sentence.ts';
import { childKilled, flanneldKilled } from './killed-claims.ts';
import { routesLost } from './lost-claim.ts';
import {
  OOM_SCHEMA_VERSION,
  type OomKill,
  type OomMoment,
  type OomReport,
  type OomUnread,
} from './oom-report.ts';

/** What is asked about. */
export interface OomScope {
  /** `workload`: the pods with these UIDs alone, and no word of Flannel. */
  readonly of: 'all' | 'flannel' | 'workload';
  readonly podUids?: ReadonlySet<string>;
  /** Kills before it are left out, ISO-8601 UTC; absent: none is. */
  readonly since?: string;
}

/** Most moments of a timeline, the latest ones. */
const MAX_MOMENTS = 200;

/** All kills that a picture tells of, and what they say of the runbook's claims. */
export function judgeOom(
  picture: OomPicture,
  entries: readonly EntriesState[],
  scope: OomScope,
): OomReport {
  const all = findKills(picture);
  const killed = flanneldKilled(picture, all);
  const kills = all.filter((kill) => isAskedFor(kill, scope));
  const ofFlannel = scope.of !== 'workload';
  return {
    schemaVersion: OOM_SCHEMA_VERSION,
    readAt: picture.readAt,
    kills,
    claims: ofFlannel
      ? [killed, childKilled(picture, all), routesLost({ picture, entries, killed, kills: all })]
      : [],
    timeline: timelineOf(picture, kills, ofFlannel),
    unread: unreadOf(picture),
  };
}

function isAskedFor({ flannel, podUid, at }: OomKill, { of, podUids, since }: OomScope): boolean {
  if (since !== undefined && at !== undefined && at < since) return false;
  if (of === 'flannel') return flannel !== 'no';
  return of === 'all' || (podUid !== undefined && podUids?.has(podUid) === true);
}

/** The kills, and what of Flannel's containers and of the nodes happened from the first of them on. */
function timelineOf(
  picture: OomPicture,
  kills: readonly OomKill[],
  ofFlannel: boolean,
): readonly OomMoment[] {
  const killed = kills.flatMap((kill): readonly OomMoment[] => {
    const { at, node } = kill;
    if (at === undefined) return [];
    return [{ at, ...(node !== undefined && { node }), kind: 'kill', text: killSentence(kill) }];
  });
  const first = killed.map(({ at }) => at).sort()[0];
  if (first === undefined) return [];
  const nodes = new Set(killed.map(({ node }) => node));
  const others = [
    ...(ofFlannel ? containerMoments(picture).filter(({ node }) => nodes.has(node)) : []),
    ...nodeMoments(picture),
  ];
  return [...killed, ...others.filter(({ at }) => at >= first)]
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
    .slice(-MAX_MOMENTS);
}

function containerMoments(picture: OomPicture): readonly OomMoment[] {
  return flannelSites(picture).flatMap(({ node, pod, container }) => {
    const who = `${container.name} of pod ${pod.namespace}/${pod.name}`;
    const { startedAt } = container;
    const ends = container.ends.flatMap(({ finishedAt, reason = 'no reason', exitCode }) =>
      finishedAt === undefined || reason === 'OOMKilled'
        ? []
        : [
            moment(
              finishedAt,
              node,
              'end',
              `${who} ended: ${reason}, exit code ${String(exitCode)}`,
            ),
          ],
    );
    return startedAt === undefined
      ? ends
      : [...ends, moment(startedAt, node, 'start', `${who} started`)];
  });
}

function nodeMoments({ nodes }: OomPicture): readonly OomMoment[] {
  return nodes.flatMap(({ name, createdAt, kernelLog }) => [
    ...(createdAt === undefined ? [] : [moment(createdAt, name, 'joined', `node ${name} joined`)]),
    ...(kernelLog.state === 'absent'
      ? []
      : kernelLog.value.links.map(({ at, text }) => moment(at, name, 'link', text))),
  ]);
}

function moment(at: string, node: string, kind: OomMoment['kind'], text: string): OomMoment {
  return { at, node, kind, text };
}

function unreadOf({ pods, events, flannel, nodes }: OomPicture): readonly OomUnread[] {
  const cluster = [
    { what: 'the status of pods', fact: pods },
    { what: 'Events', fact: events },
    { what: 'where Flannel runs', fact: flannel },
  ].flatMap(({ what, fact }) =>
    fact.state === 'absent' ? [{ what, nodes: [], why: fact.detail }] : [],
  );
  const ofNodes = new Map<string, { what: string; nodes: string[]; why: string }>();
  for (const { name, kernelLog, cgroup } of nodes) {
    for (const [what, fact] of [
      ["the kernel's log", kernelLog],
      ["the kernel's counters for Flannel's container", cgroup],
    ] as const) {
      if (fact.state === 'observed') continue;
      const key = `${what}\n${fact.detail}`;
      const same = ofNodes.get(key) ?? { what, nodes: [], why: fact.detail };
      same.nodes.push(name);
      ofNodes.set(key, same);
    }
  }
  return [...cluster, ...ofNodes.values()];
}
