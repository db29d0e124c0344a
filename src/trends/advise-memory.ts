// SPDX-License-Identifier: Apache-2.0

import { faultsOf, type KnownFault, mendedBy } from './known-faults.ts';
import type { MemoryTrend } from './memory-trend.ts';

/** What to do about a container's memory, the most urgent first. */
export type MemoryAction =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'measure-longer'; readonly days: number }
  | { readonly kind: 'raise-limit'; readonly limitBytes: number; readonly why: 'growth' | 'near' }
  /** `restart`: what restarts it until then; absent: nothing of ours does. */
  | { readonly kind: 'fix-leak'; readonly restart?: 'scheduled-restart' }
  | { readonly kind: 'look-at-step'; readonly atMs: number }
  | {
      readonly kind: 'update-flannel';
      readonly running: string;
      /** The first version without these and without those that came between. */
      readonly to: string;
      /** What an update mends. */
      readonly faults: readonly KnownFault[];
    };

/** From this part of the limit on it is near: 1.5Gi of 2Gi, where the runbook raises it, is three quarters. */
const NEAR = 0.75;
const MIB = 1024 * 1024;
/** A limit that is to be raised is at least doubled, as from 2Gi to 4Gi. */
const RAISE = 2;
/** Days of growth that a raised limit has to last. */
const LASTS_DAYS = 28;

/** A container as far as it is flannel's. */
export interface FlannelRun {
  /** Absent: not known. */
  readonly version?: string;
}

/**
 * What a trend asks for.
 *
 * @param flannel what runs in the container, when it is flannel's
 */
export function adviseMemory(trend: MemoryTrend, flannel?: FlannelRun): readonly MemoryAction[] {
  const actions: MemoryAction[] = [];
  const isGrowth = trend.verdict === 'growing' || trend.verdict === 'sawtooth';
  const raised = raisedLimit(trend);
  if (raised !== undefined) {
    actions.push({ kind: 'raise-limit', limitBytes: raised, why: isGrowth ? 'growth' : 'near' });
  }
  const updates = updatesOf(flannel);
  // An update may end the leak: it comes before what only hides it.
  if (isGrowth) actions.push(...updates, fixLeak(flannel));
  const { step } = trend;
  if (trend.verdict === 'step' && step !== undefined && step.afterBytes > step.beforeBytes) {
    actions.push({ kind: 'look-at-step', atMs: step.atMs });
  }
  if (trend.verdict === 'not-enough-data') {
    actions.push({ kind: 'measure-longer', days: Math.max(1, Math.ceil(trend.missingDays ?? 1)) });
  }
  if (!isGrowth) actions.push(...updates);
  return actions.length === 0 ? [{ kind: 'nothing' }] : actions;
}

/** Only Flannel's pods are restarted by a command of ours. */
function fixLeak(flannel: FlannelRun | undefined): MemoryAction {
  return flannel === undefined
    ? { kind: 'fix-leak' }
    : { kind: 'fix-leak', restart: 'scheduled-restart' };
}

/** A limit that lasts: twice what it is, or what four weeks of growth come to; undefined when it is far away. */
function raisedLimit(trend: MemoryTrend): number | undefined {
  const { limitBytes, levelBytes, peakAboveBytes = 0, perWeek, daysToLimit, verdict } = trend;
  if (limitBytes === undefined || levelBytes === undefined) return undefined;
  const isSoon = daysToLimit !== undefined && daysToLimit.lower < LASTS_DAYS;
  if (levelBytes + peakAboveBytes < NEAR * limitBytes && !isSoon) return undefined;
  const growth = verdict === 'growing' || verdict === 'sawtooth' ? (perWeek?.upper ?? 0) : 0;
  const least = levelBytes + peakAboveBytes + (growth * LASTS_DAYS) / 7;
  return roundedUp(Math.max(RAISE * limitBytes, least / NEAR));
}

/** To a number that people write: whole steps of 64 MiB, of 512 MiB from 2 GiB on. */
function roundedUp(bytes: number): number {
  const step = bytes > 2048 * MIB ? 512 * MIB : 64 * MIB;
  return Math.ceil(bytes / step) * step;
}

function updatesOf(flannel: FlannelRun | undefined): readonly MemoryAction[] {
  const { version: running } = flannel ?? {};
  if (running === undefined) return [];
  const faults = (faultsOf(running) ?? []).filter(({ fixedIn }) => fixedIn !== undefined);
  const to = mendedBy(running);
  return to === undefined ? [] : [{ kind: 'update-flannel', running, to, faults }];
}
