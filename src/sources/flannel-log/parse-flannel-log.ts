// SPDX-License-Identifier: Apache-2.0

import type { FlannelLog, LogLineId, LogMatch } from '#model/flannel-log.ts';
import { LINE_PATTERNS } from '#sources/flannel-log/line-patterns.ts';
import { plainText } from '#sources/plain-text.ts';

/** `2026-11-24T12:00:00.123456789Z` or with an offset, as the kubelet writes it before each line. */
const STAMPED = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d) (.*)$/;
/** `E1124 12:00:00.123456       1 kube.go:12] ` (k8s.io/klog/v2). */
const KLOG_HEAD = /^[A-Z]\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ [^\]]{1,120}\] ?/;
/** What may be a credential: bearer tokens, and long runs of the letters that keys and tokens are written in. */
const SECRET = /\bBearer\s+\S+|\beyJ[\w-]+(?:\.[\w-]+)*|[A-Za-z0-9+/_=-]{40,}/gi;

const MAX_LINE_LENGTH = 2000;
const MAX_TEXT_LENGTH = 200;
const PATTERNS = Object.entries(LINE_PATTERNS) as [LogLineId, RegExp][];

/**
 * The lines of a log that mean something, each kind once. Lines without a time are passed over: they continue another.
 *
 * @param readAt what `FlannelLog.readAt` is to be
 */
export function parseFlannelLog(text: string, readAt: string): FlannelLog {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const matches = new Map<LogLineId, LogMatch>();
  for (const [lastLine, line] of lines.entries()) {
    const found = meaningOf(line);
    if (found === undefined) continue;
    const { id, at: lastAt, text: said } = found;
    const { count, firstAt } = matches.get(id) ?? { count: 0, firstAt: lastAt };
    matches.set(id, { id, count: count + 1, firstAt, lastAt, lastLine, text: said });
  }
  return { readAt, lines: lines.length, matches: [...matches.values()] };
}

/** What a line says, and when; undefined when it has no time, or means nothing. */
function meaningOf(
  line: string,
): (Pick<LogMatch, 'id' | 'text'> & { readonly at: string }) | undefined {
  const [, local, zone, rest = ''] = STAMPED.exec(line.slice(0, MAX_LINE_LENGTH)) ?? [];
  if (local === undefined || zone === undefined) return undefined;
  const at = instantOf(`${local}${zone}`);
  const body = rest.replace(KLOG_HEAD, '');
  const id = PATTERNS.find(([, pattern]) => pattern.test(body))?.[0];
  if (at === undefined || id === undefined) return undefined;
  const text = plainText(body.replace(SECRET, '[redacted]'), MAX_TEXT_LENGTH);
  return { id, at, text };
}

/** The time in UTC; undefined when it is none, or its year has no four digits there. */
function instantOf(stamp: string): string | undefined {
  const time = Date.parse(stamp);
  const at = Number.isNaN(time) ? '' : new Date(time).toISOString();
  return /^\d{4}-/.test(at) ? at : undefined;
}
