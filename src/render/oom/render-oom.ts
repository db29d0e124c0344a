// SPDX-License-Identifier: Apache-2.0

import { killSentence } from '#resources/oom/kill-sentence.ts';
import type {
  OomClaim,
  OomClaimId,
  OomEvidence,
  OomKill,
  OomMoment,
  OomReport,
  OomUnread,
} from '#resources/oom/oom-report.ts';

import { type Mark, type Style, type TerminalOptions, makeStyle } from '../terminal/style.ts';
import { hang } from '../terminal/wrap.ts';

const INDENT = '  ';

/** What is known of kills for memory, for a person. */
export function renderOom(report: OomReport, options: TerminalOptions): string {
  const style = makeStyle(options);
  const lines = [
    ...killLines(report, style),
    ...section(
      'Flannel, claim by claim',
      report.claims.flatMap((claim) => claimLines(claim, style)),
      style,
    ),
    ...section(
      'Timeline',
      report.timeline.map((moment) => momentLine(moment, style)),
      style,
    ),
    ...section(
      'Not read',
      report.unread.flatMap((unread) => unreadLines(unread, style)),
      style,
    ),
    ...advice(report, style),
  ];
  return `${lines.join('\n')}\n`;
}

function section(title: string, lines: readonly string[], style: Style): readonly string[] {
  return lines.length === 0 ? [] : ['', style.bold(title), ...lines];
}

function killLines({ kills }: OomReport, style: Style): readonly string[] {
  if (kills.length === 0) {
    return [`${style.mark('pass')}No kill for lack of memory is known of what was asked about.`];
  }
  const count = kills.reduce((sum, kill) => sum + kill.count, 0);
  const title = `${String(count)} ${count === 1 ? 'kill' : 'kills'} for lack of memory`;
  return [style.bold(title), ...kills.flatMap((kill) => killBlock(kill, style))];
}

function killBlock(kill: OomKill, style: Style): readonly string[] {
  const mark: Mark = kill.what === 'container' ? 'critical' : 'warning';
  return [
    ...hang(INDENT + style.mark(mark), style.clean(killSentence(kill)), style.width).map((line) =>
      style.tint(mark, line),
    ),
    ...kill.evidence.flatMap(({ source, text }) =>
      hang(`${INDENT}${INDENT}${SOURCES[source]}: `, style.clean(text), style.width),
    ),
  ];
}

const SOURCES: Readonly<Record<OomEvidence['source'], string>> = {
  'container-status': 'status',
  event: 'Event',
  'kernel-log': 'kernel log',
  cgroup: 'kernel counter',
};

const CLAIMS: Readonly<Record<OomClaimId, string>> = {
  'flanneld-killed': 'flanneld was killed for lack of memory',
  'child-killed': 'a child of flanneld was killed, and flanneld went on',
  'routes-lost': 'routes were lost because flanneld was killed',
};
const VERDICTS: Readonly<Record<OomClaim['verdict'], string>> = {
  confirmed: 'confirmed',
  'ruled-out': 'ruled out',
  'no-evidence': 'no evidence',
};
const MARKS: Readonly<Record<OomClaim['verdict'], Mark>> = {
  confirmed: 'critical',
  'ruled-out': 'pass',
  'no-evidence': 'unknown',
};

function claimLines({ id, verdict, since, because }: OomClaim, style: Style): readonly string[] {
  const mark = MARKS[verdict];
  const from =
    since === undefined ? '' : ` since ${style.clean(since)}; of before that nothing is known`;
  const head = `${CLAIMS[id]}: ${VERDICTS[verdict]}${from}`;
  return [
    ...hang(INDENT + style.mark(mark), head, style.width).map((line) => style.tint(mark, line)),
    ...because.flatMap((sentence) =>
      hang(INDENT + INDENT + INDENT, style.clean(sentence), style.width),
    ),
  ];
}

function momentLine({ at, node, kind, text }: OomMoment, style: Style): string {
  const seconds = style.clean(at).replace(/\.\d+Z$/u, 'Z');
  const mark = style.mark(kind === 'kill' ? 'critical' : 'info');
  const where = node === undefined ? '' : `${style.clean(node)}  `;
  return `${INDENT}${seconds}  ${mark}${where}${style.clean(text)}`;
}

function unreadLines({ what, nodes, why }: OomUnread, style: Style): readonly string[] {
  const where =
    nodes.length === 0 ? '' : ` of ${nodes.map((name) => style.clean(name)).join(', ')}`;
  return hang(INDENT + style.mark('unknown'), `${what}${where}: ${style.clean(why)}`, style.width);
}

/** What would make known what is not. */
function advice({ unread }: OomReport, style: Style): readonly string[] {
  const isLogUnread = unread.some(
    ({ what, nodes }) => nodes.length > 0 && what.includes("kernel's log"),
  );
  if (!isLogUnread) return [];
  const text = `The kernel's log is read by a short-lived pod with the capability SYSLOG: ${style.program} oom --allow-debug-pods. By hand: dmesg on the node, on Talos talosctl -n NODE dmesg.`;
  return ['', ...hang('', text, style.width)];
}
