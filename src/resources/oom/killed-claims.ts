// SPDX-License-Identifier: Apache-2.0

import type { OomPicture } from '#model/oom.ts';

import {
  type FlannelSite,
  flannelSites,
  forgottenRuns,
  logCovers,
  logSince,
} from './flannel-pods.ts';
import { killSentence } from './kill-sentence.ts';
import type { OomClaim, OomClaimId, OomKill } from './oom-report.ts';

const SIGKILL = 137;
/** Kills that a claim names, the latest ones. */
const MAX_TOLD = 3;
/** Reason of the kubelet for a run whose end it did not see. */
const UNSEEN = 'ContainerStatusUnknown';

/** Whether flanneld itself was killed for memory. */
export function flanneldKilled(picture: OomPicture, kills: readonly OomKill[]): OomClaim {
  const own = kills.filter(({ flannel, what }) => flannel === 'yes' && what === 'container');
  if (own.length > 0) return confirmed('flanneld-killed', own);
  const sites = flannelSites(picture);
  const doubts = [
    ...unreadFlannel(picture, sites),
    ...kills
      .filter(
        ({ flannel, what }) => flannel === 'likely' || (flannel === 'yes' && what === 'unknown'),
      )
      .map((kill) => `${killSentence(kill)} That it was Flannel's flanneld cannot be told.`),
    ...sites.flatMap(endDoubts),
  ];
  if (doubts.length > 0) return { id: 'flanneld-killed', verdict: 'no-evidence', because: doubts };
  const since = latest(sites.map((site) => earliest(site.pod.createdAt, logSince(site))));
  return {
    id: 'flanneld-killed',
    verdict: 'ruled-out',
    ...(since !== undefined && { since }),
    because: [restartsSentence(sites)],
  };
}

/** Whether a child of flanneld was killed, while it went on. */
export function childKilled(picture: OomPicture, kills: readonly OomKill[]): OomClaim {
  const own = kills.filter(({ flannel, what }) => flannel === 'yes' && what === 'child');
  if (own.length > 0) return confirmed('child-killed', own);
  const sites = flannelSites(picture);
  const doubts = [...unreadFlannel(picture, sites), ...sites.flatMap(counterDoubts)];
  if (doubts.length > 0) return { id: 'child-killed', verdict: 'no-evidence', because: doubts };
  const since = latest(
    sites.map((site) => earliest(site.container.startedAt ?? site.pod.createdAt, logSince(site))),
  );
  return {
    id: 'child-killed',
    verdict: 'ruled-out',
    ...(since !== undefined && { since }),
    because: [
      "The kernel's counter of kills (oom_kill) is 0 for Flannel's container on every node, or its log is complete and names none.",
    ],
  };
}

function confirmed(id: OomClaimId, kills: readonly OomKill[]): OomClaim {
  const told = kills.slice(-MAX_TOLD).map(killSentence);
  const more = kills.length - told.length;
  const earlier =
    more === 0 ? [] : [`${String(more)} more of them ${more === 1 ? 'is' : 'are'} listed above.`];
  return { id, verdict: 'confirmed', because: [...told, ...earlier] };
}

function unreadFlannel(
  { pods, flannel }: OomPicture,
  sites: readonly FlannelSite[],
): readonly string[] {
  if (flannel.state === 'absent') return [`Where Flannel runs is not known. ${flannel.detail}`];
  if (pods.state === 'absent') return [`Flannel's pods are not known. ${pods.detail}`];
  return sites.length === 0 ? ['No pod of Flannel is there.'] : [];
}

/** What of a container's past leaves room for a kill that nobody tells of any more. */
function endDoubts(site: FlannelSite): readonly string[] {
  if (logCovers(site)) return [];
  const { node, container } = site;
  const forgotten = forgottenRuns(site);
  const odd = container.ends.filter(
    ({ exitCode, reason }) =>
      reason !== 'OOMKilled' && (exitCode === SIGKILL || reason === 'Unknown' || reason === UNSEEN),
  );
  return [
    ...(forgotten === 0
      ? []
      : [
          `On ${node} the container of Flannel was restarted ${times(container.restartCount)}, and how ${runs(forgotten)} ended is told by nothing that could be read.`,
        ]),
    ...odd.map(({ exitCode, reason = 'no reason', finishedAt }) =>
      exitCode === SIGKILL
        ? `On ${node} it was ended by SIGKILL${at(finishedAt)} (${reason}): the runtime saw no lack of memory, and who sent the signal is not told.`
        : `On ${node} it ended${at(finishedAt)} without anybody seeing how (${reason}), as after a crash of the node.`,
    ),
  ];
}

function counterDoubts(site: FlannelSite): readonly string[] {
  if (logCovers(site)) return [];
  const { node, container, signs } = site;
  if (signs === undefined) return [`${node} was not read.`];
  if (signs.cgroup.state === 'absent') {
    return [
      `On ${node} the kernel's counter for the container of Flannel could not be read. ${signs.cgroup.detail}`,
    ];
  }
  return container.restartCount === 0
    ? []
    : [
        `On ${node} the counter knows the run since ${container.startedAt ?? 'the last start'} alone, and the container was restarted ${times(container.restartCount)}.`,
      ];
}

function restartsSentence(sites: readonly FlannelSite[]): string {
  const restarted = sites.filter(({ container }) => container.restartCount > 0);
  const pods = `${String(sites.length)} ${sites.length === 1 ? 'pod' : 'pods'} of Flannel`;
  return restarted.length === 0
    ? `None of the ${pods} was ever restarted: no flanneld was killed since they were made.`
    : `Of the ${pods} every end of a container is known, and none was for lack of memory.`;
}

function times(count: number): string {
  return count === 1 ? 'once' : `${String(count)} times`;
}

function runs(count: number): string {
  return count === 1 ? 'one of its runs' : `${String(count)} of its runs`;
}

function at(instant: string | undefined): string {
  return instant === undefined ? '' : ` at ${instant}`;
}

function earliest(a: string, b: string | undefined): string {
  return b !== undefined && b < a ? b : a;
}

function latest(instants: readonly string[]): string | undefined {
  return [...instants].sort().at(-1);
}
