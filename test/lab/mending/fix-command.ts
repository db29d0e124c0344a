// SPDX-License-Identifier: Apache-2.0

import { z } from 'zod';

import { REPOSITORY, runCommand } from '../run-command.ts';
import type { CommandResult } from '../run-command.ts';
import { adminKubeconfig, SELVAGE } from '../selvage-command.ts';

/** What a person is told to do. */
export interface Manual {
  readonly title: string;
  readonly where: string;
  readonly lines: readonly string[];
  readonly verify: readonly string[];
}

/** What `selvage fix` plans, as far as the suite reads it. */
export interface FixPlan {
  readonly stages: readonly {
    readonly remedy: string;
    readonly node?: string | undefined;
    readonly whyNotSmaller: readonly string[];
  }[];
  readonly untreated: readonly {
    readonly finding: { readonly check: string; readonly node?: string | undefined };
    readonly manual?: Manual | undefined;
  }[];
}

/** What `selvage fix --yes` did. */
export interface FixResult {
  readonly run: string;
  readonly plan: FixPlan;
  readonly stages: readonly {
    readonly stage: { readonly remedy: string; readonly node?: string | undefined };
    readonly verdict?: { readonly verdict: string } | undefined;
  }[];
  readonly left: readonly { readonly check: string }[];
  readonly exitCode: number;
  readonly wallTimeMs: number;
}

const PLAN: z.ZodType<FixPlan> = z.object({
  stages: z.array(
    z.object({
      remedy: z.string(),
      node: z.string().optional(),
      whyNotSmaller: z.array(z.string()),
    }),
  ),
  untreated: z.array(
    z.object({
      finding: z.object({ check: z.string(), node: z.string().optional() }),
      manual: z
        .object({
          title: z.string(),
          where: z.string(),
          lines: z.array(z.string()),
          verify: z.array(z.string()),
        })
        .optional(),
    }),
  ),
});

const RESULT: z.ZodType<Omit<FixResult, 'exitCode' | 'wallTimeMs'>> = z.object({
  run: z.string(),
  plan: PLAN,
  stages: z.array(
    z.object({
      stage: z.object({ remedy: z.string(), node: z.string().optional() }),
      verdict: z.object({ verdict: z.string() }).optional(),
    }),
  ),
  left: z.array(z.object({ check: z.string() })),
});

/** Longest run: two restarts with their proofs. */
const LIMIT_MS = 240_000;

/** Runs a command of the built program that may change something, as the lab's admin. */
export async function selvageAsAdmin(...args: readonly string[]): Promise<CommandResult> {
  const words = [SELVAGE, ...args, '--kubeconfig', await adminKubeconfig()];
  return runCommand(process.execPath, words, LIMIT_MS);
}

/** The plan of `selvage fix`; with `--yes` it is printed so when there is nothing to carry out. */
export async function selvagePlan(...args: readonly string[]): Promise<FixPlan> {
  const { stdout, stderr } = await selvageAsAdmin('fix', '-o', 'json', ...args);
  return read(PLAN, stdout, stderr);
}

/** `selvage fix --yes`. */
export async function selvageFix(...args: readonly string[]): Promise<FixResult> {
  const { exitCode, wallTimeMs, stdout, stderr } = await selvageAsAdmin(
    'fix',
    '--yes',
    '-o',
    'json',
    ...args,
  );
  return { ...read(RESULT, stdout, stderr), exitCode, wallTimeMs };
}

/** Remedies that were carried out, in order, each with its node and what came of it. */
export function treated({ stages }: FixResult): readonly string[] {
  return stages.map(
    ({ stage, verdict }) =>
      `${stage.remedy} ${stage.node ?? 'cluster'}: ${verdict?.verdict ?? 'no verdict'}`,
  );
}

function read<T>(shape: z.ZodType<T>, stdout: string, stderr: string): T {
  try {
    return shape.parse(JSON.parse(stdout));
  } catch (error) {
    throw new Error(`no JSON of selvage fix in ${REPOSITORY}: ${stdout.slice(0, 1000)}${stderr}`, {
      cause: error,
    });
  }
}
