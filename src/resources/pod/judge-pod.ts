// SPDX-License-Identifier: Apache-2.0

import { definedFields } from '#model/defined-fields.ts';
import type { PodContainer, PodPicture } from '#model/pod-detail.ts';
import { parseQuantity } from '#model/quantity.ts';

import {
  POD_SCHEMA_VERSION,
  type PodMemory,
  type PodNode,
  type PodProblem,
  type PodReport,
} from './pod-report.ts';

/** From this part of its limit on a container is near it. */
const NEAR_RATIO = 0.8;
const SIGKILL = 137;
const BILLION = 1_000_000_000n;

/** What a picture of a pod says: why it may not work, and how near its limits it is. */
export function judgePod(picture: PodPicture, node?: PodNode): PodReport {
  const memory = picture.pod.containers.map((container) => memoryOf(container, picture));
  return {
    schemaVersion: POD_SCHEMA_VERSION,
    ...picture,
    memory,
    problems: [
      ...podProblems(picture),
      ...picture.pod.containers.flatMap(containerProblems),
      ...memory.flatMap(memoryProblems),
    ],
    ...(node !== undefined && { node }),
  };
}

function memoryOf({ name, limits }: PodContainer, { usage }: PodPicture): PodMemory {
  const used =
    usage.state === 'observed'
      ? usage.value.containers.find(({ container }) => container === name)
      : undefined;
  const useBytes = used?.workingSetBytes;
  const billionths = parseQuantity(limits['memory'] ?? '');
  const limitBytes = billionths === undefined ? undefined : Number(billionths / BILLION);
  const ratio =
    useBytes === undefined || limitBytes === undefined || limitBytes === 0
      ? undefined
      : useBytes / limitBytes;
  return definedFields({ container: name, useBytes, limitBytes, ratio, cpuCores: used?.cpuCores });
}

function podProblems({ pod }: PodPicture): readonly PodProblem[] {
  const { phase, deletingSince, reason, message, conditions } = pod;
  const problems: PodProblem[] = [];
  if (deletingSince !== undefined) {
    problems.push({ severity: 'warning', text: `It is being deleted since ${deletingSince}.` });
  }
  if (phase === 'Failed' || phase === 'Unknown') {
    const why = [reason, message].filter((text) => text !== undefined).join(': ');
    problems.push({
      severity: 'critical',
      text: `Its phase is ${phase}${why === '' ? '' : ` (${why})`}.`,
    });
  }
  const isDone = phase === 'Succeeded' || phase === 'Failed';
  for (const condition of isDone ? [] : conditions) {
    if (condition.status === 'True' || !JUDGED.has(condition.type)) continue;
    const why = [condition.reason, condition.message].filter((text) => text !== undefined);
    problems.push({
      severity: 'critical',
      text: `${condition.type} is ${condition.status}${why.length === 0 ? '' : ` (${why.join(': ')})`}.`,
    });
  }
  return problems;
}

const JUDGED: ReadonlySet<string> = new Set(['Ready', 'PodScheduled', 'Initialized']);

function containerProblems(container: PodContainer): readonly PodProblem[] {
  const { name, state, reason, message, restartCount, ends } = container;
  const problems: PodProblem[] = [];
  if (state === 'waiting') {
    const text = `Container ${name} waits: ${reason ?? 'no reason'}${message === undefined ? '' : ` (${message})`}.`;
    problems.push({ severity: 'critical', container: name, text });
  }
  for (const { reason: why, exitCode, finishedAt } of ends) {
    const at = finishedAt === undefined ? '' : ` at ${finishedAt}`;
    if (why === 'OOMKilled') {
      const text = `Container ${name} was killed for lack of memory${at} (${limitText(container)}).`;
      problems.push({ severity: 'warning', container: name, text });
    } else if (exitCode !== 0) {
      const signal = exitCode === SIGKILL ? ', by SIGKILL' : '';
      const text = `Container ${name} ended${at}: ${why ?? 'no reason'}, exit code ${String(exitCode)}${signal}.`;
      problems.push({ severity: 'warning', container: name, text });
    }
  }
  if (restartCount > ends.length) {
    const text = `Container ${name} was restarted ${String(restartCount)} times; of the earlier ends nothing is known any more.`;
    problems.push({ severity: 'warning', container: name, text });
  }
  return problems;
}

function limitText({ limits }: PodContainer): string {
  const limit = limits['memory'];
  return limit === undefined ? 'it has no limit of its own' : `limit ${limit}`;
}

function memoryProblems({ container, ratio }: PodMemory): readonly PodProblem[] {
  if (ratio === undefined || ratio < NEAR_RATIO) return [];
  const text = `Container ${container} uses ${String(Math.round(ratio * 100))} % of its memory limit.`;
  return [{ severity: 'warning', container, text }];
}
