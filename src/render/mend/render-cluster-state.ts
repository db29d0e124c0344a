// SPDX-License-Identifier: Apache-2.0

import type { Fact } from '#model/fact.ts';
import type { NodeInventory, PodInventory, UsePicture, UsageReading } from '#model/resources.ts';

import { abridged, counted } from '../terminal/names.ts';
import { makeStyle, type Style, type TerminalOptions } from '../terminal/style.ts';
import { hang } from '../terminal/wrap.ts';

/** Pods that do not run are shown one by one up to this; the rest is counted. */
const MOST_PODS = 10;
const MIB = 1024 * 1024;

/** Nodes, pods that do not run, and what nodes use: what one looks at after an emergency. */
export function renderClusterState(
  { nodes, pods, usage }: Pick<UsePicture, 'nodes' | 'pods' | 'usage'>,
  options: TerminalOptions,
): string {
  const style = makeStyle(options);
  const lines = [
    style.bold('The cluster now'),
    ...orWhy('nodes', nodes, style, (list) => nodeLines(list, style)),
    ...orWhy('pods', pods, style, (list) => podLines(list, style)),
    ...orWhy('what nodes use', usage, style, (reading) => usageLines(reading, nodes, style)),
  ];
  return `${lines.join('\n')}\n`;
}

function orWhy<T>(
  what: string,
  fact: Fact<T>,
  style: Style,
  lines: (value: T) => readonly string[],
): readonly string[] {
  if (fact.state === 'observed') return lines(fact.value);
  const why = `Not known, ${what}: ${style.clean(fact.detail)}`;
  return hang(`  ${style.mark('unknown')}`, why, style.width);
}

function nodeLines(nodes: readonly NodeInventory[], style: Style): readonly string[] {
  const down = nodes.filter(({ ready }) => !ready).map(({ name }) => style.clean(name));
  const text =
    down.length === 0
      ? `${counted(nodes.length, 'node')}, all Ready.`
      : `${String(down.length)} of ${counted(nodes.length, 'node')} not Ready: ${abridged(down)}.`;
  const mark = style.mark(down.length === 0 ? 'pass' : 'critical');
  return hang(`  ${mark}`, text, style.width);
}

function podLines(pods: readonly PodInventory[], style: Style): readonly string[] {
  const down = pods.filter((pod) => !isWell(pod));
  if (down.length === 0) {
    return hang(
      `  ${style.mark('pass')}`,
      `${counted(pods.length, 'pod')}, all running or done.`,
      style.width,
    );
  }
  const hidden = down.length - MOST_PODS;
  return [
    ...hang(
      `  ${style.mark('warning')}`,
      `${String(down.length)} of ${counted(pods.length, 'pod')} not running:`,
      style.width,
    ),
    ...down
      .slice(0, MOST_PODS)
      .flatMap((pod) => hang('      ', style.clean(podText(pod)), style.width)),
    ...(hidden > 0 ? [`      and ${counted(hidden, 'pod')} more`] : []),
  ];
}

/** As `kubectl get pods` shows it: Running or Completed. */
function isWell({ phase, containers }: PodInventory): boolean {
  if (phase === 'Succeeded') return true;
  return (
    phase === 'Running' &&
    containers.every(({ role, state }) => role === 'init' || state === 'running')
  );
}

function podText({ namespace, name, node, phase, containers }: PodInventory): string {
  const reason = containers.find((each) => each.state !== 'running' && each.reason !== undefined);
  const where = node === undefined ? '' : ` on ${node}`;
  return `${namespace}/${name}${where}: ${reason?.reason ?? phase}`;
}

function usageLines(
  { nodes: used }: UsageReading,
  nodes: Fact<readonly NodeInventory[]>,
  style: Style,
): readonly string[] {
  const known = nodes.state === 'observed' ? nodes.value : [];
  return used.flatMap(({ node, cpuCores, workingSetBytes }) => {
    const capacity = known.find(({ name }) => name === node)?.allocatable;
    const parts = [
      ...(cpuCores === undefined
        ? []
        : [
            `CPU ${String(Math.round(cpuCores * 1000))}m${shareText(cpuCores, capacity?.cpuCores)}`,
          ]),
      ...(workingSetBytes === undefined
        ? []
        : [
            `memory ${String(Math.round(workingSetBytes / MIB))}Mi${shareText(workingSetBytes, capacity?.memoryBytes)}`,
          ]),
    ];
    return hang('    ', `${style.clean(node)}: ${parts.join(', ')}`, style.width);
  });
}

function shareText(value: number, whole: number | undefined): string {
  return whole === undefined || whole <= 0
    ? ''
    : ` (${String(Math.round((value / whole) * 100))}%)`;
}
