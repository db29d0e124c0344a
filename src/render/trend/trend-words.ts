// SPDX-License-Identifier: Apache-2.0

import type { MemoryAction } from '#trends/advise-memory.ts';
import type { Estimate, MemoryTrend, TrendVerdict } from '#trends/memory-trend.ts';
import type { ContainerTrend, TrendReport } from '#trends/trend-report.ts';

import { counted, listOf } from '../terminal/names.ts';
import type { Mark } from '../terminal/style.ts';

const MIB = 1024 * 1024;
const DAY_MS = 86_400_000;

/** A size as people say it: `0.4 MiB`, `212 MiB`, `1.5 GiB`. */
export function sizeText(bytes: number): string {
  const mebibytes = bytes / MIB;
  if (Math.abs(mebibytes) >= 1024) return `${rounded(mebibytes / 1024)} GiB`;
  return `${rounded(mebibytes)} MiB`;
}

/** A size as a quantity of Kubernetes: `4Gi`, `640Mi`. */
export function quantityText(bytes: number): string {
  const mebibytes = Math.ceil(bytes / MIB);
  return mebibytes % 1024 === 0 ? `${String(mebibytes / 1024)}Gi` : `${String(mebibytes)}Mi`;
}

function rounded(value: number): string {
  const text = Math.abs(value) < 10 ? value.toFixed(1) : value.toFixed(0);
  return text === '-0.0' ? '0.0' : text;
}

/** `+12 MiB (10 to 15)`; a dash where nothing is known. */
export function perWeekText(estimate: Estimate | undefined): string {
  if (estimate === undefined) return '-';
  const { value, lower, upper } = estimate;
  const sign = value > 0 ? '+' : '';
  return `${sign}${sizeText(value)} (${rounded(lower / MIB)} to ${rounded(upper / MIB)})`;
}

/** A time ahead: `5 hours`, `12 days`, `9 weeks`, `3 years`. */
export function aheadText(days: number): string {
  if (days < 2) return counted(Math.round(days * 24), 'hour');
  if (days < 28) return counted(Math.round(days), 'day');
  if (days < 2 * 365) return counted(Math.round(days / 7), 'week');
  return counted(Math.round(days / 365), 'year');
}

/** When the limit is reached, with the interval. */
export function toLimitText({ daysToLimit, limitBytes, verdict }: MemoryTrend): string {
  if (daysToLimit === undefined) {
    const isGrowth = verdict === 'growing' || verdict === 'sawtooth';
    return isGrowth && limitBytes === undefined ? 'no limit' : '-';
  }
  const { value, lower, upper } = daysToLimit;
  if (value === 0) return 'now';
  const latest = upper === undefined ? 'or never' : `to ${aheadText(upper)}`;
  return `${aheadText(value)} (${aheadText(lower)} ${latest})`;
}

/** `2026-11-03`, in UTC. */
export function dayText(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

/** `4 weeks`, `10 days`. */
export function spanText(ms: number): string {
  const days = Math.round(ms / DAY_MS);
  return days >= 14 && days % 7 === 0 ? counted(days / 7, 'week') : counted(days, 'day');
}

/** What marks a verdict. */
export const VERDICT_MARKS: Readonly<Record<TrendVerdict, Mark>> = {
  growing: 'critical',
  sawtooth: 'critical',
  step: 'warning',
  'not-enough-data': 'unknown',
  stable: 'pass',
};

/** A verdict as a few words. */
export function verdictText({ verdict, levelledOff }: MemoryTrend): string {
  if (levelledOff === true) return 'stable now';
  return verdict === 'not-enough-data' ? 'not enough data' : verdict;
}

/** Where a container is: `kube-flannel/kube-flannel-ds kube-flannel`. */
export function containerText({ namespace, workload, container }: ContainerTrend): string {
  return `${namespace}/${workload.name} ${container}`;
}

/** What a verdict says, in a sentence or two. */
export function verdictSentence(trend: MemoryTrend): string {
  const { verdict, perWeek, segments, step, measuredDays, missingDays } = trend;
  const pace = perWeek === undefined ? '' : ` by ${sizeText(perWeek.value)} a week`;
  const since = segments.length - 1;
  switch (verdict) {
    case 'growing':
      return `It grows${pace}${since === 0 ? '' : `, with ${counted(since, 'restart')} that did not take it back`}.`;
    case 'sawtooth':
      return `It grows${pace} in each life, and ${counted(since, 'restart')} took it back: a leak that restarts hide.`;
    case 'step':
      return step === undefined
        ? 'It went to another level.'
        : `It went from ${sizeText(step.beforeBytes)} to ${sizeText(step.afterBytes)} about ${dayText(step.atMs)} and stays there.`;
    case 'not-enough-data':
      return `${counted(Math.floor(measuredDays), 'day')} with enough measurements, and ${counted(Math.ceil(missingDays ?? 1), 'more day')} are needed.`;
    case 'stable':
      return trend.levelledOff === true
        ? 'It grew at first and no longer does.'
        : stableSentence(perWeek);
  }
}

function stableSentence(perWeek: Estimate | undefined): string {
  if (perWeek === undefined || perWeek.upper <= 0) return 'No growth is seen.';
  return `No growth is seen; growth of up to ${sizeText(perWeek.upper)} a week would not show.`;
}

/** What to do, in a sentence or two. */
export function actionSentence(action: MemoryAction, asOf: string): string {
  switch (action.kind) {
    case 'nothing':
      return 'Nothing.';
    case 'measure-longer':
      return `Measure on for ${counted(action.days, 'day')}: selvage record --every 5m, or keep Prometheus' data as long.`;
    case 'raise-limit':
      return action.why === 'growth'
        ? `Raise the limit to ${quantityText(action.limitBytes)}: it wins time, and mends nothing.`
        : `Raise the limit to ${quantityText(action.limitBytes)}: use is near it (the runbook goes from 2Gi to 4Gi at 1.5Gi).`;
    case 'fix-leak':
      return `Find what leaks; until then restart it on a schedule, before the limit is reached${action.restart === undefined ? '' : `: selvage install ${action.restart}`}.`;
    case 'look-at-step':
      return `Look at what was changed about ${dayText(action.atMs)}: a new version, more load, other settings.`;
    case 'update-flannel': {
      const sources = action.faults.map(({ source }) => source);
      return `Update Flannel from ${action.running} to ${action.to} or newer: ${counted(action.faults.length, 'known fault')} of this version (${listOf(sources)}; known as of ${asOf}).`;
    }
  }
}

/** One sentence on what was looked at. */
export function headline({ containers, origin, through, fromMs, toMs }: TrendReport): string {
  const from = origin === 'prometheus' ? through : `the history ${through}`;
  return `Memory of ${counted(containers.length, 'container')} over ${spanText(toMs - fromMs)}, from ${from}`;
}
