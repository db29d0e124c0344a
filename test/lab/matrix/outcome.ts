// SPDX-License-Identifier: Apache-2.0

import { createHash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';

import { REPOSITORY } from '../run-command.ts';
import { SELVAGE } from '../selvage-command.ts';

/** What the program said at one moment. */
export interface Moment {
  readonly findings: readonly string[];
  readonly pairs: { readonly checked: number; readonly broken: number; readonly unknown: number };
  readonly exitCode: number;
}

/** One row of the matrix. */
export interface Outcome {
  /** Hash of the built program that was asked. */
  readonly program: string;
  /** Name of the variant. */
  readonly variant: string;
  /** The faults, or how often a healthy cluster was checked. */
  readonly what: string;
  readonly moments: readonly Moment[];
  /** What was said after the heal. */
  readonly remaining: readonly string[];
  readonly seconds: number;
  /** How it differs from the truth; empty when it does not. */
  readonly problems: readonly string[];
}

const moment = z.object({
  findings: z.array(z.string()),
  pairs: z.object({ checked: z.int(), broken: z.int(), unknown: z.int() }),
  exitCode: z.int(),
});

const outcome: z.ZodType<Outcome> = z.object({
  program: z.string(),
  variant: z.string(),
  what: z.string(),
  moments: z.array(moment),
  remaining: z.array(z.string()),
  seconds: z.number(),
  problems: z.array(z.string()),
});

const FILE = join(REPOSITORY, '.cache/lab-matrix.jsonl');

/** Hash of everything that the build under test consists of. */
export function programHash(): string {
  const folder = dirname(resolve(REPOSITORY, SELVAGE));
  const hash = createHash('sha256');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of files) hash.update(file).update(readFileSync(file));
  return hash.digest('hex').slice(0, 12);
}

/** Outcomes of earlier, interrupted runs of the same program, oldest first. */
export function earlierOutcomes(program: string): readonly Outcome[] {
  if (!existsSync(FILE)) return [];
  return readFileSync(FILE, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => outcome.parse(JSON.parse(line)))
    .filter((each) => each.program === program);
}

/** Forgets what earlier runs found. */
export function forgetOutcomes(): void {
  mkdirSync(dirname(FILE), { recursive: true });
  writeFileSync(FILE, '');
}

/** Keeps an outcome for a run that resumes this one. */
export function keepOutcome(kept: Outcome): void {
  mkdirSync(dirname(FILE), { recursive: true });
  appendFileSync(FILE, `${JSON.stringify(kept)}\n`);
}
