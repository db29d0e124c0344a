// SPDX-License-Identifier: Apache-2.0

import type { PodContainer, PodEvent } from '#model/pod-detail.ts';
import { bytesText } from '#resources/oom/kill-sentence.ts';
import type { PodMemory, PodNode, PodReport } from '#resources/pod/pod-report.ts';

import { type Mark, type Style, type TerminalOptions, makeStyle } from '../terminal/style.ts';
import { hang } from '../terminal/wrap.ts';
import { logSections } from './log-lines.ts';

const INDENT = '  ';

/** A pod in one screen, for a person. */
export function renderPod(report: PodReport, options: TerminalOptions): string {
  const style = makeStyle(options);
  const lines = [
    ...headLines(report, style),
    '',
    style.bold('Containers'),
    ...report.pod.containers.flatMap((each) => containerLines(each, report, style)),
    ...usageNote(report, style),
    ...eventLines(report, style),
    ...nodeLines(report.node, style),
    ...logSections(report, style),
  ];
  return `${lines.join('\n')}\n`;
}

function headLines({ pod, problems }: PodReport, style: Style): readonly string[] {
  const { namespace, name, phase, node, qosClass, podIPs, createdAt, conditions } = pod;
  const facts = [
    phase,
    node === undefined ? 'on no node' : `on ${node}`,
    ...(qosClass === undefined ? [] : [qosClass]),
    ...podIPs,
    `made ${createdAt}`,
  ];
  const told = conditions.map(({ type, status }) => `${type}=${status}`);
  return [
    style.bold(style.clean(`Pod ${namespace}/${name}`)),
    ...hang(INDENT, style.clean(facts.join(', ')), style.width),
    ...(told.length === 0 ? [] : hang(INDENT, style.clean(told.join(' ')), style.width)),
    ...(problems.length === 0
      ? [`${INDENT}${style.mark('pass')}Nothing about the pod itself is wrong.`]
      : problems.flatMap(({ severity, text }) => marked(severity, text, style))),
  ];
}

function marked(mark: Mark, text: string, style: Style): readonly string[] {
  const lines = hang(INDENT + style.mark(mark), style.clean(text), style.width);
  return lines.map((line) => style.tint(mark, line));
}

function containerLines(
  container: PodContainer,
  { memory }: PodReport,
  style: Style,
): readonly string[] {
  const { name, role, image, state, reason, ready, restartCount, startedAt } = container;
  const kind = role === 'app' ? '' : ` (${role})`;
  const since = startedAt === undefined ? '' : ` since ${startedAt}`;
  const why = reason === undefined ? '' : ` (${reason})`;
  const restarts = restartCount === 1 ? '1 restart' : `${String(restartCount)} restarts`;
  const life = `${state}${why}${since}, ${ready ? 'ready' : 'not ready'}, ${restarts}`;
  const used = memory.find((each) => each.container === name);
  return [
    ...hang(INDENT, style.clean(`${name}${kind}: ${life}`), style.width),
    ...hang(INDENT + INDENT, style.clean(`image ${image}`), style.width),
    ...hang(INDENT + INDENT, style.clean(amountsText(container, used)), style.width),
  ];
}

function amountsText({ requests, limits }: PodContainer, used: PodMemory | undefined): string {
  const of = (amounts: PodContainer['limits']): string =>
    `${amounts['cpu'] ?? '-'} cpu, ${amounts['memory'] ?? '-'} memory`;
  const ratio =
    used?.ratio === undefined ? '' : ` (${String(Math.round(used.ratio * 100))} % of the limit)`;
  const memory =
    used?.useBytes === undefined ? undefined : `${bytesText(used.useBytes)} memory${ratio}`;
  const cpu =
    used?.cpuCores === undefined ? undefined : `${String(Math.round(used.cpuCores * 1000))}m cpu`;
  const use = [cpu, memory].filter((text) => text !== undefined).join(', ');
  return `requests ${of(requests)}; limits ${of(limits)}; uses ${use === '' ? 'what is not known' : use}`;
}

function usageNote({ usage }: PodReport, style: Style): readonly string[] {
  return usage.state === 'observed'
    ? [style.faint(`${INDENT}Use is of ${usage.value.origin}; memory is the working set.`)]
    : marked('unknown', `Use is not known. ${usage.detail}`, style);
}

function eventLines({ events }: PodReport, style: Style): readonly string[] {
  const title = ['', style.bold('Events')];
  if (events.state === 'absent') {
    return [...title, ...marked('unknown', `Not known. ${events.detail}`, style)];
  }
  if (events.value.length === 0)
    return [...title, `${INDENT}None is left; the API keeps them for an hour.`];
  return [...title, ...events.value.flatMap((event) => eventLine(event, style))];
}

function eventLine(
  { at = 'at some time', type, reason, message, count }: PodEvent,
  style: Style,
): readonly string[] {
  const times = count === 1 ? '' : ` (${String(count)} times)`;
  const mark = style.mark(type === 'Warning' ? 'warning' : 'info');
  return hang(
    `${INDENT}${style.clean(at)}  ${mark}`,
    style.clean(`${reason}: ${message}${times}`),
    style.width,
  );
}

function nodeLines(node: PodNode | undefined, style: Style): readonly string[] {
  if (node === undefined) return [];
  const { name, ready, passed, verdicts } = node;
  const checks = passed === 1 ? '1 check' : `${String(passed)} checks`;
  const title = `Node ${name}: ${ready ? 'ready' : 'not ready'}, ${checks} passed`;
  return [
    '',
    style.bold(style.clean(title)),
    ...verdicts.flatMap(({ check, verdict, severity = 'info', text }) =>
      marked(verdict === 'fail' ? severity : 'unknown', `${check}: ${text}`, style),
    ),
  ];
}
