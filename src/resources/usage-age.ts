// SPDX-License-Identifier: Apache-2.0

import type { UsePicture, UsageOrigin, UsageReading } from '#model/resources.ts';

/** Where usage is from, how old it is, and what about it is to be doubted. */
export interface UsageAccount {
  /** Absent: there is no usage; {@link doubts} says why. */
  readonly origin?: UsageOrigin;
  readonly through?: string;
  /** Seconds since the newest and the oldest value were measured, by the API server's clock; never below 0. */
  readonly newestSeconds?: number;
  readonly oldestSeconds?: number;
  /** Whole sentences: old values, clocks that differ, nodes without values, better origins that had none. */
  readonly doubts: readonly string[];
}

/** Age from which on a value is called old: metrics-server and the kubelets measure anew within a minute. */
const OLD_SECONDS = 120;
/** Difference of two clocks from which on it is told. */
const SKEW_SECONDS = 30;
/** Nodes named one by one. */
const MAX_NAMED = 5;

/** Tells of the usage in a picture where it is from and how far it can be believed. */
export function usageAccount(picture: UsePicture): UsageAccount {
  const { usage } = picture;
  if (usage.state === 'absent') return { doubts: [`Usage is not known: ${usage.detail}`] };
  const reading = usage.value;
  const nowMs = Date.parse(picture.serverAt ?? picture.readAt);
  const ages = agesOf(reading, nowMs);
  return {
    origin: reading.origin,
    through: reading.through,
    ...(ages && {
      newestSeconds: Math.max(0, ages.newest),
      oldestSeconds: Math.max(0, ages.oldest),
    }),
    doubts: [
      ...ourClock(picture),
      ...clocksAhead(reading, nowMs),
      ...oldNodes(reading, nowMs),
      ...(ages !== undefined && reading.nodes.length === 0 && ages.newest >= OLD_SECONDS
        ? [`The newest value is ${ageText(ages.newest)} old.`]
        : []),
      ...reading.missing.map(({ node, why }) => `No usage of node ${node}: ${why}`),
    ],
  };
}

/** Seconds in the largest unit that is not zero: `12 s`, `7 min`, `3 h`. */
export function ageText(seconds: number): string {
  if (seconds < 120) return `${String(Math.round(seconds))} s`;
  if (seconds < 7200) return `${String(Math.round(seconds / 60))} min`;
  return `${String(Math.round(seconds / 3600))} h`;
}

function agesOf(
  { nodes, containers }: UsageReading,
  nowMs: number,
): { readonly newest: number; readonly oldest: number } | undefined {
  let newest = Number.POSITIVE_INFINITY;
  let oldest = Number.NEGATIVE_INFINITY;
  for (const { at } of [...nodes, ...containers]) {
    const seconds = (nowMs - Date.parse(at)) / 1000;
    newest = Math.min(newest, seconds);
    oldest = Math.max(oldest, seconds);
  }
  return Number.isFinite(newest) ? { newest, oldest } : undefined;
}

/** A wrong clock of ours would make every value old, or from the future. */
function ourClock({ serverAt, readAt }: UsePicture): readonly string[] {
  if (serverAt === undefined) return [];
  const ahead = (Date.parse(readAt) - Date.parse(serverAt)) / 1000;
  if (Math.abs(ahead) < SKEW_SECONDS) return [];
  const way = ahead > 0 ? 'ahead of' : 'behind';
  return [
    `The clock of this machine is ${ageText(Math.abs(ahead))} ${way} the API server's; ages are by the API server's.`,
  ];
}

function clocksAhead({ nodes }: UsageReading, nowMs: number): readonly string[] {
  const ahead = nodes.filter(({ at }) => (Date.parse(at) - nowMs) / 1000 >= SKEW_SECONDS);
  const [first] = ahead;
  if (first === undefined) return [];
  const by = ageText((Date.parse(first.at) - nowMs) / 1000);
  return [
    `Values of ${namesOf(ahead)} are from the future, by ${by}: a clock there is ahead of the API server's.`,
  ];
}

function oldNodes({ nodes }: UsageReading, nowMs: number): readonly string[] {
  const ageOf = (at: string): number => (nowMs - Date.parse(at)) / 1000;
  const old = nodes.filter(({ at }) => ageOf(at) >= OLD_SECONDS);
  if (old.length === 0) return [];
  const most = ageText(Math.max(...old.map(({ at }) => ageOf(at))));
  return [
    `Values of ${namesOf(old)} are up to ${most} old, or a clock there is behind the API server's.`,
  ];
}

function namesOf(nodes: readonly { readonly node: string }[]): string {
  const named = nodes.slice(0, MAX_NAMED).map(({ node }) => node);
  const rest = nodes.length - named.length;
  return rest > 0 ? `${named.join(', ')} and ${String(rest)} more nodes` : named.join(', ');
}
