// SPDX-License-Identifier: Apache-2.0

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { lab } from '../lab-command.ts';
import { REPOSITORY } from '../run-command.ts';
import { adminKubeconfig, SELVAGE, selvageCheck } from '../selvage-command.ts';
import { selvageAsAdmin } from './fix-command.ts';

/** Between two looks at the audit log: far shorter than what is between two of its lines. */
const LOOK_MS = 2;
const KILL_WITHIN_MS = 180_000;
const TEST_MS = 420_000;

/** A command whose every step boundary is a line of the audit log. */
interface KilledCommand {
  readonly remedy: string;
  readonly faults: readonly (readonly string[])[];
  readonly command: readonly string[];
  /** Lines that it writes when nothing ends it: two per step, one per verdict. */
  readonly lines: number;
}

const COMMANDS: readonly KilledCommand[] = [
  {
    remedy: 'reprogram-entries',
    faults: [['routes-flush', 'node2']],
    command: ['fix', '--only', 'reprogram-entries', '--yes'],
    lines: 5,
  },
  {
    remedy: 'reannounce-node',
    faults: [
      ['route-del', 'node1', 'node2'],
      ['route-del', 'node3', 'node2'],
    ],
    command: ['fix', '--only', 'reannounce-node', '--yes'],
    lines: 3,
  },
  {
    remedy: 'rolling-restart-flannel',
    faults: [],
    command: ['restart', 'flannel', '--all', '--yes'],
    lines: 9,
  },
];

const BOUNDARIES = COMMANDS.flatMap((each) =>
  Array.from({ length: each.lines }, (_, index) => ({ ...each, after: index + 1 })),
);

let folder: string;
let before: string | undefined;

beforeAll(() => {
  before = process.env['XDG_STATE_HOME'];
});

afterAll(() => {
  if (before === undefined) delete process.env['XDG_STATE_HOME'];
  else process.env['XDG_STATE_HOME'] = before;
});

// Each run starts with an audit log of its own: what an earlier one left would be counted as its lines.
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'selvage-lab-killed-'));
  process.env['XDG_STATE_HOME'] = folder;
});

afterEach(async () => {
  await lab('heal');
  await rm(folder, { recursive: true });
});

async function auditLines(): Promise<number> {
  const audit = join(folder, 'selvage', 'audit');
  const names = await readdir(audit).catch(() => []);
  const texts = await Promise.all(
    names
      .filter((name) => name.endsWith('.jsonl'))
      .map((name) => readFile(join(audit, name), 'utf8')),
  );
  return texts.join('').split('\n').length - 1;
}

/** Ends a run with SIGKILL as soon as its audit log has so many lines; returns how it ended. */
async function killAfterLine(child: ChildProcess, lines: number): Promise<unknown> {
  const ended = once(child, 'exit').then(([code, signal]: unknown[]) => signal ?? code);
  const giveUpAt = performance.now() + KILL_WITHIN_MS;
  while ((await auditLines()) < lines && child.exitCode === null) {
    if (performance.now() > giveUpAt) break;
    await sleep(LOOK_MS);
  }
  child.kill('SIGKILL');
  return ended;
}

// One boundary takes 40 seconds, so all of them are for the suite that is run by hand.
describe.skipIf(process.env['LAB_MENDING'] !== 'all').each(BOUNDARIES)(
  '$remedy, killed after line $after of its audit log',
  ({ faults, command, lines, after }) => {
    it(
      'leaves the network whole, or the next run makes it whole',
      { timeout: TEST_MS },
      async () => {
        for (const fault of faults) await lab('fault', ...fault);
        const words = [SELVAGE, ...command, '--kubeconfig', await adminKubeconfig()];
        const child = spawn(process.execPath, words, { cwd: REPOSITORY, stdio: 'ignore' });

        const ended = await killAfterLine(child, after);
        const written = await auditLines();
        const next = await selvageAsAdmin('fix', '--yes');

        // After the last line nothing is left to do: the run may have ended before it could be killed.
        expect(after === lines || ended === 'SIGKILL').toBe(true);
        expect(written).toBeGreaterThanOrEqual(after);
        expect(next).toMatchObject({ exitCode: 0 });
        await lab('check');
        expect((await selvageCheck()).findings).toEqual([]);
      },
    );
  },
);
