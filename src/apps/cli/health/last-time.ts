// SPDX-License-Identifier: Apache-2.0

import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod/mini';

import { stateFile } from '#audit/state-file.ts';
import type { Snapshot } from '#model/snapshot.ts';
import { printableText } from '#render/terminal/printable-text.ts';
import type { HealthReport } from '#report/health-report.ts';
import type { Report } from '#report/report.ts';

import type { Io } from '../io.ts';

type Routine = HealthReport['routine'];

const HOUR_MS = 3_600_000;
/** What counts as new where nobody knows when the routine was run before. */
const DEFAULT_MS: Readonly<Record<Routine, number>> = {
  daily: 24 * HOUR_MS,
  weekly: 7 * 24 * HOUR_MS,
  'after-restart': HOUR_MS,
};

const keptSchema = z.object({
  daily: z.catch(z.optional(z.iso.datetime()), undefined),
  weekly: z.catch(z.optional(z.iso.datetime()), undefined),
});

type Kept = z.infer<typeof keptSchema>;

/** What the beginning of the time is chosen by. */
export interface LastTimeInput {
  readonly snapshot: Snapshot;
  readonly cluster: Report['cluster'];
  /** What the person said, milliseconds. */
  readonly sinceMs: number | undefined;
  readonly io: Io;
}

/**
 * From when on restarts are new, ISO-8601: what the person said, else the last run of the routine, else a day or a week
 * ago. After a restart it is when the last node became Ready: that containers ended before is what a restart is.
 */
export function lastTime(
  routine: Routine,
  { snapshot, cluster, sinceMs, io }: LastTimeInput,
): string {
  const nowMs = Date.parse(snapshot.finishedAt);
  if (sinceMs !== undefined) return new Date(nowMs - sinceMs).toISOString();
  const known =
    routine === 'after-restart' ? lastReady(snapshot) : readKept(io.env, cluster)[routine];
  const isPast = known !== undefined && Date.parse(known) <= nowMs;
  return isPast ? known : new Date(nowMs - DEFAULT_MS[routine]).toISOString();
}

function lastReady({ cluster: { nodes } }: Snapshot): string | undefined {
  if (nodes.state === 'absent') return undefined;
  const times = nodes.value.flatMap(({ conditions }) =>
    conditions.flatMap(({ type, status, lastTransitionAt }) =>
      type === 'Ready' && status === 'True' ? (lastTransitionAt ?? []) : [],
    ),
  );
  return times.sort().at(-1);
}

function readKept(env: Io['env'], cluster: Report['cluster']): Kept {
  const nothing = { daily: undefined, weekly: undefined };
  try {
    const text = readFileSync(stateFile(env, cluster, 'health'), 'utf8');
    const parsed = keptSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : nothing;
  } catch {
    // Nothing is kept yet, or nothing that can be read: then a day or a week counts.
    return nothing;
  }
}

/** Keeps when a routine was run. What cannot be kept is told, and no reason to fail. */
export function rememberTime({ routine, cluster, finishedAt }: HealthReport, io: Io): void {
  if (routine === 'after-restart') return;
  const file = stateFile(io.env, cluster, 'health');
  const next = { ...readKept(io.env, cluster), [routine]: finishedAt };
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const fresh = `${file}.${String(process.pid)}`;
    writeFileSync(fresh, `${JSON.stringify(next)}\n`, { mode: 0o600 });
    renameSync(fresh, file);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    io.stderr.write(
      `warning: When this was run is not kept: ${printableText(why)}. The next run looks back a fixed time.\n`,
    );
  }
}
