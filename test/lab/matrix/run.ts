// SPDX-License-Identifier: Apache-2.0

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

import { LAB, lab, tryLab } from '../lab-command.ts';
import { REPOSITORY } from '../run-command.ts';
import type { Judged } from './judge.ts';
import { earlierOutcomes, forgetOutcomes, keepOutcome, programHash } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import { USAGE, selection } from './selection.ts';
import type { Selection, Step } from './selection.ts';
import { matrixTable } from './table.ts';
import type { Variant } from './variants.ts';

function say(text: string): void {
  process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);
}

/** Set while a lab of ours may be up. */
let takeDownAtExit = false;

// Ctrl-C and a crash end the process without the end of the loop; this runs in any case but SIGKILL.
process.on('exit', () => {
  if (takeDownAtExit) spawnSync(LAB, ['down'], { stdio: 'inherit', cwd: REPOSITORY });
});
for (const [signal, exitCode] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  process.once(signal, () => process.exit(exitCode));
}

/** A step that fails itself is a wrong row, and no end of the matrix. */
async function judged({ judge }: Step): Promise<Judged> {
  try {
    return await judge();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return {
      moments: [],
      remaining: [],
      problems: [`not run to its end: ${message.split('\n')[0] ?? ''}`],
    };
  }
}

async function outcomeOf(step: Step, program: string): Promise<Outcome> {
  const startedAt = performance.now();
  const { variant, what } = step;
  const result = await judged(step);
  const seconds = (performance.now() - startedAt) / 1000;
  const outcome = { program, variant: variant.name, what, seconds, ...result };
  keepOutcome(outcome);
  say(
    `${variant.name}: ${what}: ${outcome.problems.length === 0 ? 'as expected' : 'WRONG'} (${seconds.toFixed(0)} s)`,
  );
  for (const problem of outcome.problems) say(`    ${problem}`);
  return outcome;
}

async function runVariant(
  variant: Variant,
  steps: readonly Step[],
  goOn: () => boolean,
): Promise<readonly Outcome[]> {
  const program = programHash();
  const outcomes: Outcome[] = [];
  takeDownAtExit = true;
  try {
    await lab('up', ...variant.options);
    say(`${variant.name}: lab is up`);
    for (const step of steps) {
      if (goOn()) outcomes.push(await outcomeOf(step, program));
    }
  } catch (error) {
    say(`${variant.name}: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    takeDownAtExit = false;
    await lab('down');
  }
  return outcomes;
}

function keyOf({ variant, what }: Step): string {
  return `${variant.name}: ${what}`;
}

/** Runs what is not done yet, and returns all that is done then, in the order of the steps. */
async function runSteps({
  variants,
  steps,
  limitMs,
  resume,
}: Selection): Promise<readonly Outcome[]> {
  if ((await tryLab('status')).exitCode === 0) throw new Error('a lab is up (lab down first)');
  if (!resume) forgetOutcomes();
  const done = new Map(
    earlierOutcomes(programHash())
      .filter(({ problems }) => problems.length === 0)
      .map((outcome) => [`${outcome.variant}: ${outcome.what}`, outcome]),
  );
  const goOn = (): boolean => performance.now() < limitMs;
  for (const variant of variants) {
    const open = steps.filter((step) => step.variant === variant && !done.has(keyOf(step)));
    if (open.length === 0 || !goOn()) continue;
    for (const outcome of await runVariant(variant, open, goOn)) {
      done.set(`${outcome.variant}: ${outcome.what}`, outcome);
    }
  }
  return steps.flatMap((step) => done.get(keyOf(step)) ?? []);
}

async function main(selected: Selection): Promise<number> {
  const { variants, steps, file } = selected;
  const outcomes = await runSteps(selected);
  const impossible = variants.flatMap(({ name, impossible: faults }) =>
    faults.map((fault) => ({ ...fault, variant: name })),
  );
  const table = matrixTable(outcomes, impossible);
  if (file === undefined) process.stdout.write(table);
  else writeFileSync(file, table);
  const missing = steps.length - outcomes.length;
  if (missing > 0) say(`${missing} rows are missing`);
  return missing > 0 || outcomes.some(({ problems }) => problems.length > 0) ? 1 : 0;
}

const selected = selection();
if (selected.only === 'help') process.stdout.write(USAGE);
else if (selected.only === 'list') {
  process.stdout.write(selected.steps.map((step) => `${keyOf(step)}\n`).join(''));
} else process.exitCode = await main(selected);
