// SPDX-License-Identifier: Apache-2.0

// Kills processes that write a history, and looks whether anything but the last round is missing:
// `node bench/kill-history.ts --times 200`. Ends with 1 when something is.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { killWriters } from './kill-writers.ts';

const { values } = parseArgs({
  options: { times: { type: 'string', default: '200' }, pods: { type: 'string', default: '50' } },
});
const folder = await mkdtemp(join(tmpdir(), 'selvage-killed-'));
try {
  const { kills, said, kept, ahead, faults } = await killWriters(join(folder, 'a.sqlite'), {
    kills: Number(values.times),
    pods: Number(values.pods),
    maxDelayMs: 100,
  });
  process.stdout.write(
    `killed ${String(kills)} times: ${String(kept)} rounds of ${values.pods} containers are there, ${String(said)} were ` +
      `said to be kept in time, ${String(ahead)} more were kept and not said; ${String(faults.length)} faults\n` +
      faults.map((fault) => `${fault}\n`).join(''),
  );
  process.exitCode = faults.length === 0 ? 0 : 1;
} finally {
  await rm(folder, { recursive: true });
}
