// SPDX-License-Identifier: Apache-2.0

import type { OomKill } from './oom-report.ts';

/** What was killed, where, when and at which limit: one sentence. */
export function killSentence(kill: OomKill): string {
  const { what, count, at, limitBytes, usageBytes } = kill;
  const when = at === undefined ? 'at a time that nothing tells' : `at ${at}`;
  const limit =
    limitBytes === undefined
      ? 'no limit is known'
      : `limit ${bytesText(limitBytes)}${usageBytes === undefined ? '' : `, use ${bytesText(usageBytes)}`}`;
  const verb = what === 'child' && count > 1 ? 'were' : 'was';
  return `${subject(kill)}${place(kill)} ${verb} killed for lack of memory ${when} (${limit}).`;
}

function subject({ what, victim, container, count, pid }: OomKill): string {
  const name = victim === undefined ? '' : ` ${victim}`;
  const id = pid === undefined ? '' : ` (process ${String(pid)})`;
  if (what === 'container') {
    const process =
      victim === undefined ? 'The first process' : `${victim}${id}, the first process`;
    return container === undefined ? process : `${process} of container ${container}`;
  }
  if (what === 'child') {
    const child = count === 1 ? 'A child' : `${String(count)} children`;
    return `${child}${name}${id} of container ${container ?? '(unknown)'}`;
  }
  return victim === undefined ? 'A process' : `Process ${victim}${id}`;
}

function place({ namespace, pod, podIsGone, node }: OomKill): string {
  const on = node === undefined ? '' : ` on ${node}`;
  if (pod === undefined) return podIsGone === true ? ` of a pod that is gone${on}` : on;
  const gone = podIsGone === true ? ', which is gone,' : '';
  return ` of pod ${namespace === undefined ? pod : `${namespace}/${pod}`}${gone}${on}`;
}

/** Bytes in the largest binary unit that leaves at most one decimal. */
export function bytesText(bytes: number): string {
  const units = ['B', 'Ki', 'Mi', 'Gi', 'Ti'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const rounded = Math.round(value * 10) / 10;
  return `${String(rounded)}${units[unit] ?? ''}`;
}
