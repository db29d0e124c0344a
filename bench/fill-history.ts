// SPDX-License-Identifier: Apache-2.0

// Fills a history with samples every five minutes, thinned out as they grow old, and prints its size and the times
// of writing and asking: `node bench/fill-history.ts --days 365 --containers 300`.
//
// Rounds of the past are inserted by the hour, which takes minutes instead of hours; the rounds that are timed are
// written as `selvage record` writes them.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parseArgs } from 'node:util';

import { HistoryStore } from '#history/history-store.ts';
import { measuredPods, pictureOf, ROUND_MS, ROUNDS_BEGIN_MS } from '../testkit/measured-pods.ts';
import { median } from './run-command.ts';

const { values } = parseArgs({
  options: {
    days: { type: 'string', default: '365' },
    containers: { type: 'string', default: '300' },
  },
});
const containers = Number(values.containers);
const HOUR_ROUNDS = 12;
const DAY_MS = 86_400_000;
const DAY_ROUNDS = HOUR_ROUNDS * 24;
const TIMED = 25;

function timed(work: () => unknown): number {
  const begin = performance.now();
  work();
  return performance.now() - begin;
}

/** Writes one round as the command does; milliseconds. */
function writeRound(file: string, round: number): number {
  const atMs = ROUNDS_BEGIN_MS + round * ROUND_MS;
  const picture = pictureOf(atMs, measuredPods(containers, round));
  return timed(() => {
    const store = HistoryStore.open(file);
    store.addSamples(atMs, picture);
    store.close();
  });
}

/** Inserts the rounds of one hour after another, each thinned out when a new one begins. */
function insertRounds(file: string, rounds: number): void {
  const db = new DatabaseSync(file);
  const lives = db.prepare('SELECT id FROM life ORDER BY id').all();
  const add = db.prepare(
    'INSERT INTO sample (at, life, count, mean, cpu_micro) VALUES (?, ?, 1, ?, ?)',
  );
  const extend = db.prepare('UPDATE extent SET last_at = ?');
  const store = HistoryStore.open(file);
  for (let hour = 0; hour * HOUR_ROUNDS < rounds; hour += 1) {
    db.exec('BEGIN IMMEDIATE');
    for (let round = 1; round <= HOUR_ROUNDS; round += 1) {
      const number = hour * HOUR_ROUNDS + round;
      const at = (ROUNDS_BEGIN_MS + number * ROUND_MS) / 1000;
      for (const [index, { id }] of lives.entries()) {
        const bytes = 2 ** 26 + ((number * 7919 + index * 104_729) % 2 ** 24);
        add.run(at, id ?? null, bytes, ((number + index) % 100) * 1000);
      }
      if (round === HOUR_ROUNDS) extend.run(at);
    }
    db.exec('COMMIT');
    store.prune(ROUNDS_BEGIN_MS + (hour + 1) * HOUR_ROUNDS * ROUND_MS);
  }
  store.close();
  db.close();
}

const folder = await mkdtemp(join(tmpdir(), 'selvage-history-'));
try {
  const file = join(folder, 'a.sqlite');
  const rounds = Number(values.days) * DAY_ROUNDS;
  writeRound(file, 0);
  const fillMs = timed(() => {
    insertRounds(file, rounds);
  });
  const writes = Array.from({ length: TIMED }, (_, index) => writeRound(file, rounds + 1 + index));
  const store = HistoryStore.open(file);
  const { samples, bytes } = store.extent();
  const now = ROUNDS_BEGIN_MS + (rounds + TIMED) * ROUND_MS;
  const asked = [
    ['one container, 4 weeks', { pod: 'pod-7' }, 28],
    ['one container, a year', { pod: 'pod-7' }, 365],
    ['a workload, a year', { workload: 'workload-7' }, 365],
    ['all, 4 weeks', {}, 28],
    ['all, a year', {}, 365],
  ] as const;
  const answers = asked.map(([what, selector, days]) => {
    const times = Array.from({ length: 5 }, () =>
      timed(() => store.series(selector, now - days * DAY_MS, now)),
    );
    return `${what} ${median(times).toFixed(0)} ms`;
  });
  store.close();
  process.stdout.write(
    `history: ${values.days} days, ${String(rounds)} rounds of ${values.containers} containers, thinned out to ${String(samples)} samples, ` +
      `${(bytes / 1e6).toFixed(1)} MB; filled in ${(fillMs / 1000).toFixed(0)} s\n` +
      `write a round: ${median(writes).toFixed(1)} ms (median of ${String(TIMED)}), slowest ${Math.max(...writes).toFixed(1)} ms\n` +
      `ask: ${answers.join(', ')}\n`,
  );
} finally {
  await rm(folder, { recursive: true });
}
