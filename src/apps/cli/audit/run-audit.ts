// SPDX-License-Identifier: Apache-2.0

import type { AuditEntry } from '#audit/audit-record.ts';
import { unfinished } from '#engine/mend/resolve-unfinished.ts';
import { DEFAULT_LIMITS, MendSession } from '#engine/mend/session.ts';
import { structuredText } from '#render/structured/structured-text.ts';
import { makeStyle, type Style } from '#render/terminal/style.ts';

import { connectOptions } from '../check/live-services.ts';
import type { ConnectionFlags } from '../connection-flags.ts';
import { EXIT } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { terminalTraits } from '../terminal.ts';

/** What `selvage audit` was asked for. */
export interface AuditFlags extends ConnectionFlags {
  readonly output: 'table' | 'json' | 'yaml';
  readonly color: boolean;
}

/** `selvage audit`: the changes that this user made in this cluster, the oldest first. @throws SourceError */
export async function runAudit(flags: AuditFlags, io: Io): Promise<number> {
  const session = await MendSession.open(
    { ...connectOptions(flags), env: io.env },
    DEFAULT_LIMITS,
    io.signal,
  );
  try {
    const history = await session.history();
    const text =
      flags.output === 'table'
        ? auditText(history, flags, io)
        : structuredText(flags.output, history);
    io.stdout.write(text);
    return EXIT.healthy;
  } finally {
    await session.close();
  }
}

function auditText(history: readonly AuditEntry[], { color }: AuditFlags, io: Io): string {
  const style = makeStyle({ ...terminalTraits(io, !color), narrowed: false });
  if (history.length === 0) return 'No change is recorded for this cluster.\n';
  const open = unfinished(history).length;
  const lines = [
    ...history.flatMap((entry) => entryLines(entry, style)),
    ...(open === 0
      ? []
      : [`${String(open)} without an end: the next fix or undo finds out what came of them.`]),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function entryLines({ intent, outcome, verdict, undoneBy }: AuditEntry, style: Style): string[] {
  const { id, at, who, step, remedy, why, before, undoes } = intent;
  const clean = (text: string): string => style.clean(text);
  const node = nodeNameOf(step);
  const where = node === '' ? '' : `${clean(node)}: `;
  const end = outcome?.outcome ?? 'no end is recorded';
  const helped = verdict === undefined ? '' : `, ${verdict.verdict.replaceAll('-', ' ')}`;
  const back = undoneBy === undefined ? '' : `, taken back by ${clean(undoneBy)}`;
  return [
    style.bold(clean(id)) + `  ${clean(at)}  ${clean(who.user)} (${clean(who.from)})`,
    `  ${where}${clean(step.title)}: ${end}${helped}${back}`,
    `  why: ${undoes === undefined ? `${clean(remedy)} for ${clean(reasonsOf(why))}` : `takes back ${clean(undoes)}`}`,
    `  before: ${before.length === 0 ? 'nothing' : clean(before.join('; '))}`,
    `  after: ${outcome === undefined ? 'not known' : clean(outcome.after.join('; ') || 'nothing')}`,
  ];
}

function reasonsOf(why: AuditEntry['intent']['why']): string {
  const ids = why.map(({ id }) => id);
  return ids.length > 3
    ? `${ids.slice(0, 3).join(', ')} and ${String(ids.length - 3)} more`
    : ids.join(', ');
}

function nodeNameOf({ node = '' }: { readonly node?: string }): string {
  return node;
}
