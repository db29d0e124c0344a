// SPDX-License-Identifier: Apache-2.0

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { HistoryStore } from '#history/history-store.ts';
import { killWriters } from './kill-writers.ts';

const ROUNDS = new URL('record-rounds.ts', import.meta.url).pathname;

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'selvage-writers-'));
  file = join(folder, 'a.sqlite');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('a history', () => {
  it(
    'lacks at most the last round after its writer was killed, 20 times',
    { timeout: 120_000 },
    async () => {
      const { kept, faults } = await killWriters(file, { kills: 20, pods: 20, maxDelayMs: 50 });

      expect(faults).toEqual([]);
      expect(kept).toBeGreaterThanOrEqual(20);
    },
  );

  it(
    'takes what two processes write at once, both from the very beginning',
    { timeout: 120_000 },
    async () => {
      const write = async (name: string): Promise<number | null> => {
        const args = ['--disable-warning=ExperimentalWarning', ROUNDS, file, '0', '10', '30', name];
        const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
        const [code] = (await once(child, 'close')) as [number | null];
        return code;
      };

      const codes = await Promise.all([write('a'), write('b')]);

      const store = HistoryStore.open(file);
      const { samples } = store.extent();
      store.close();
      expect(codes).toEqual([0, 0]);
      expect(samples).toBe(2 * 30 * 10);
    },
  );
});
