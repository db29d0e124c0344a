// SPDX-License-Identifier: Apache-2.0

import type { EntriesState, OomPicture } from '#model/oom.ts';

import { type FlannelSite, flannelSites } from './flannel-pods.ts';
import type { OomClaim, OomKill } from './oom-report.ts';

/** A start of flanneld that is younger has perhaps not written all entries yet. */
const START_MS = 60_000;

/** What the claim that routes were lost by a kill rests on. */
export interface LostRoutes {
  readonly picture: OomPicture;
  /** What the checks of the same run say of each node; absent: they were not run. */
  readonly entries: readonly EntriesState[];
  readonly killed: OomClaim;
  readonly kills: readonly OomKill[];
}

interface Judged {
  readonly verdict: OomClaim['verdict'];
  readonly sentence: string;
}

const GRAVITY: readonly OomClaim['verdict'][] = ['confirmed', 'no-evidence', 'ruled-out'];

/**
 * Whether routes were lost because flanneld was killed. A dead flanneld takes nothing out of the kernel: what it cannot
 * do is add what changes meanwhile. So the claim needs a kill, entries that are missing, no start of flanneld after
 * the kill, since that writes them all, and a change that nobody was there to follow.
 */
export function routesLost(given: LostRoutes): OomClaim {
  const { killed, kills, entries } = given;
  if (killed.verdict === 'ruled-out') {
    return ruledOut(
      'No flanneld was killed for lack of memory, so no route can be missing because of it.',
    );
  }
  const own = kills.filter(({ flannel, what }) => flannel === 'yes' && what === 'container');
  if (own.length === 0) return withoutKill(entries);
  const nodes = [...new Set(own.map(({ node }) => node ?? ''))];
  const judged = nodes.map((node) => judgeNode(given, node, own));
  const verdict = GRAVITY.find((each) => judged.some((one) => one.verdict === each));
  return {
    id: 'routes-lost',
    verdict: verdict ?? 'no-evidence',
    because: judged.map(({ sentence }) => sentence),
  };
}

function withoutKill(entries: readonly EntriesState[]): OomClaim {
  const isWhole = entries.length > 0 && entries.every(({ state }) => state === 'whole');
  return isWhole
    ? ruledOut(
        'Whatever ended flanneld, nothing is missing: all routes, neighbours and forwarding entries are there on every node.',
      )
    : {
        id: 'routes-lost',
        verdict: 'no-evidence',
        because: [
          'That flanneld was killed for lack of memory is not known, so what is missing cannot be put down to it.',
        ],
      };
}

function ruledOut(sentence: string): OomClaim {
  return { id: 'routes-lost', verdict: 'ruled-out', because: [sentence] };
}

function judgeNode(given: LostRoutes, node: string, own: readonly OomKill[]): Judged {
  const { picture, entries } = given;
  if (node === '') return judgeSomewhere(entries);
  const state = entries.find((each) => each.node === node);
  if (state === undefined) return { verdict: 'no-evidence', sentence: `${node} was not checked.` };
  if (state.state === 'whole') {
    return {
      verdict: 'ruled-out',
      sentence: `On ${node} all routes, neighbours and forwarding entries are there: the kill has taken none, as a dead flanneld leaves what is in the kernel.`,
    };
  }
  if (state.state === 'unknown') return judgeUnread(picture, state);
  const killedAt = own
    .flatMap(({ node: on, at }) => (on === node && at !== undefined ? [at] : []))
    .sort()
    .at(-1);
  const site = flannelSites(picture).find((each) => each.node === node);
  return judgeLost(picture, state, { site, killedAt });
}

/** A pod that is gone leaves no node where several share one kernel. */
function judgeSomewhere(entries: readonly EntriesState[]): Judged {
  const isWhole = entries.length > 0 && entries.every(({ state }) => state === 'whole');
  return isWhole
    ? {
        verdict: 'ruled-out',
        sentence:
          'On which node a pod that is gone was killed is not known, but all routes, neighbours and forwarding entries are there on every node.',
      }
    : {
        verdict: 'no-evidence',
        sentence:
          'On which node a pod that is gone was killed is not known, and not every node is known to be whole.',
      };
}

/** Pings through the overlay go by the entries of both ends: who answers has them. */
function judgeUnread({ nodes }: OomPicture, { node, answers, why }: EntriesState): Judged {
  const others = nodes.filter(({ name }) => name !== node).map(({ name }) => name);
  const silent = others.filter((name) => !answers.includes(name));
  const reason = why ?? 'Not all of it could be read.';
  if (others.length > 0 && silent.length === 0) {
    return {
      verdict: 'ruled-out',
      sentence: `The entries of ${node} could not all be read, but pings through the overlay between it and ${others.join(', ')} are answered: its routes to them work, and a dead flanneld has taken none.`,
    };
  }
  const some =
    answers.length === 0 ? '' : ` Pings between it and ${answers.join(', ')} are answered.`;
  return {
    verdict: 'no-evidence',
    sentence: `Whether entries of ${node} are missing is not known. ${reason}${some}`,
  };
}

interface LastKill {
  readonly site: FlannelSite | undefined;
  readonly killedAt: string | undefined;
}

function judgeLost(picture: OomPicture, state: EntriesState, { site, killedAt }: LastKill): Judged {
  const { node, lost } = state;
  const missing = `On ${node} ${lostText(state)}`;
  const startedAt = startAfter(site, killedAt);
  if (startedAt !== undefined && Date.parse(picture.readAt) - Date.parse(startedAt) < START_MS) {
    return {
      verdict: 'no-evidence',
      sentence: `${missing}, and flanneld has started again at ${startedAt}, less than a minute ago: it may still be writing them.`,
    };
  }
  if (startedAt !== undefined) {
    return {
      verdict: 'ruled-out',
      sentence: `${missing}, but flanneld has started again at ${startedAt}, after the kill, and a start writes every entry: they were lost later, while it was alive.${linkText(site, startedAt)}`,
    };
  }
  const joined = picture.nodes.filter(
    ({ name, createdAt }) =>
      killedAt !== undefined &&
      createdAt !== undefined &&
      createdAt > killedAt &&
      lost.some(({ peer }) => peer === name),
  );
  if (joined.length > 0) {
    const names = joined.map(({ name, createdAt = '' }) => `${name} joined at ${createdAt}`);
    return {
      verdict: 'confirmed',
      sentence: `${missing}: ${names.join(', ')}, after the kill at ${killedAt ?? ''}, and no flanneld has run on ${node} since to add its entries.`,
    };
  }
  return {
    verdict: 'no-evidence',
    sentence: `${missing}, and flanneld has not come up again since the kill. A dead flanneld takes no entry out of the kernel, so something else did, and when is not known; only its start would bring them back.${linkText(site, killedAt)}`,
  };
}

/** Start of the run that came after a kill; undefined while none has. */
function startAfter(
  site: FlannelSite | undefined,
  killedAt: string | undefined,
): string | undefined {
  if (site?.container.state !== 'running' || killedAt === undefined) return undefined;
  const { startedAt } = site.container;
  return startedAt !== undefined && startedAt >= killedAt ? startedAt : undefined;
}

function lostText({ lost }: EntriesState): string {
  const checks = [...new Set(lost.map(({ check }) => check))];
  const only = checks.every((check) => check === 'route-missing') ? ' (routes only)' : '';
  const bounced =
    checks.includes('route-missing') &&
    checks.includes('neighbour-missing') &&
    !checks.includes('fdb-entry-missing')
      ? ' (routes and neighbours, but no forwarding entries: as after a link that went down and up)'
      : '';
  return `entries are missing, as the checks ${checks.join(', ')} say${only}${bounced}`;
}

function linkText(site: FlannelSite | undefined, after: string | undefined): string {
  const log = site?.signs?.kernelLog;
  if (log?.state !== 'observed' || after === undefined) return '';
  const line = log.value.links.find(({ at }) => at >= after);
  return line === undefined ? '' : ` The kernel's log tells of a link at ${line.at}: ${line.text}.`;
}
