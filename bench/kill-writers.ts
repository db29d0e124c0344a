// SPDX-License-Identifier: Apache-2.0

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';

import { HistoryStore } from '#history/history-store.ts';
import { ROUND_MS, ROUNDS_BEGIN_MS } from '../testkit/measured-pods.ts';

const WRITER = new URL('record-rounds.ts', import.meta.url).pathname;

/** What came of killing writers of one history. */
export interface KilledWriters {
  readonly kills: number;
  /** Rounds that were said to be kept. */
  readonly said: number;
  /** Rounds that are there. */
  readonly kept: number;
  /** Kills after which the last round that was being written was kept, although nobody said so any more. */
  readonly ahead: number;
  /** What should never be: one line each. */
  readonly faults: readonly string[];
}

/** Lets a process write rounds into a history and kills it with SIGKILL, so many times, looking after each. */
export async function killWriters(
  file: string,
  { kills, pods, maxDelayMs }: { kills: number; pods: number; maxDelayMs: number },
): Promise<KilledWriters> {
  const faults: string[] = [];
  let next = 0;
  let said = 0;
  let ahead = 0;
  for (let kill = 0; kill < kills; kill += 1) {
    const last = await writeAndKill(file, next, pods, Math.random() * maxDelayMs);
    said += last + 1 - next;
    const found = lookAt(file, pods);
    faults.push(...found.faults.map((fault) => `kill ${String(kill + 1)}: ${fault}`));
    if (found.last !== last && found.last !== last + 1) {
      faults.push(`kill ${String(kill + 1)}: said ${String(last)}, kept ${String(found.last)}`);
    }
    if (last < next) faults.push(`kill ${String(kill + 1)}: the writer had written nothing`);
    if (found.last === last + 1) ahead += 1;
    next = found.last + 1;
  }
  return { kills, said, kept: next, ahead, faults };
}

/** Number of the last round that the writer said to be kept. */
async function writeAndKill(
  file: string,
  first: number,
  pods: number,
  delayMs: number,
): Promise<number> {
  const args = ['--disable-warning=ExperimentalWarning', WRITER, file, String(first), String(pods)];
  const writer = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  writer.stdout.setEncoding('utf8').on('data', (more: string) => {
    text += more;
  });
  const closed = once(writer, 'close');
  await Promise.race([once(writer.stdout, 'data'), closed]);
  await delay(delayMs);
  writer.kill('SIGKILL');
  await closed;
  const whole = text.slice(0, text.lastIndexOf('\n')).split('\n').at(-1) ?? '';
  return whole === '' ? first - 1 : Number(whole);
}

/** The last round that is there, and whether it and all before it are whole. */
function lookAt(
  file: string,
  pods: number,
): { readonly last: number; readonly faults: readonly string[] } {
  const store = HistoryStore.open(file);
  const { lastMs = ROUNDS_BEGIN_MS - ROUND_MS } = store.extent();
  store.close();
  const last = (lastMs - ROUNDS_BEGIN_MS) / ROUND_MS;
  const db = new DatabaseSync(file, { readOnly: true });
  const integrity = db.prepare('PRAGMA integrity_check').get()?.['integrity_check'];
  // Thinning out keeps how many measurements each sample stands for.
  const sum = db.prepare('SELECT coalesce(sum(count), 0) AS sum FROM sample').get()?.['sum'];
  db.close();
  const faults = [
    ...(integrity === 'ok' ? [] : [String(integrity)]),
    ...(sum === (last + 1) * pods
      ? []
      : [`${String(sum)} measurements of ${String(last + 1)} rounds`]),
  ];
  return { last, faults };
}
