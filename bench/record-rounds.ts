// SPDX-License-Identifier: Apache-2.0

// Writes one round of measurements after another into a history, until it is killed or there are as many as asked
// for, and says the number of each when it is kept: `record-rounds.ts FILE FIRST PODS [ROUNDS] [PREFIX]`.

import { writeSync } from 'node:fs';

import { HistoryStore } from '#history/history-store.ts';
import { measuredPods, pictureOf, ROUND_MS, ROUNDS_BEGIN_MS } from '../testkit/measured-pods.ts';

const [file = '', first = '0', pods = '1', rounds = 'Infinity', prefix] = process.argv.slice(2);
const end = Number(first) + Number(rounds);
const store = HistoryStore.open(file);
for (let round = Number(first); round < end; round += 1) {
  const atMs = ROUNDS_BEGIN_MS + round * ROUND_MS;
  store.addSamples(atMs, pictureOf(atMs, measuredPods(Number(pods), round, prefix)));
  writeSync(1, `${String(round)}\n`);
}
store.close();
