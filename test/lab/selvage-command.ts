// SPDX-License-Identifier: Apache-2.0

import { z } from 'zod';

import { lab } from './lab-command.ts';
import { runCommand } from './run-command.ts';
import type { CommandResult } from './run-command.ts';

/** The part of the report that the suite reads, as another program would: unknown fields are ignored. */
export interface ReadReport {
  readonly pairs: { readonly checked: number; readonly broken: number; readonly unknown: number };
  readonly verdicts: readonly {
    readonly check: string;
    readonly subject: string;
    readonly verdict: 'pass' | 'fail' | 'skip' | 'unknown';
    readonly reason?: string | undefined;
  }[];
  readonly findings: readonly {
    readonly check: string;
    readonly severity: 'critical' | 'warning' | 'info';
    readonly node?: string | undefined;
    readonly peer?: string | undefined;
  }[];
}

/** The whole contract, also the fields that no test looks at: a report without them is no report. */
const report: z.ZodType<ReadReport> = z.object({
  schemaVersion: z.literal(1),
  cluster: z.object({ context: z.string(), server: z.string() }),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  nodes: z.array(z.object({ name: z.string() })),
  pairs: z.object({ checked: z.int(), broken: z.int(), unknown: z.int() }),
  verdicts: z.array(
    z.object({
      check: z.string(),
      subject: z.string(),
      verdict: z.enum(['pass', 'fail', 'skip', 'unknown']),
      reason: z.string().optional(),
    }),
  ),
  findings: z.array(
    z.object({
      id: z.string(),
      check: z.string(),
      severity: z.enum(['critical', 'warning', 'info']),
      node: z.string().optional(),
      peer: z.string().optional(),
      object: z.string().optional(),
      expected: z.string(),
      observed: z.string(),
      evidence: z.array(z.string()),
    }),
  ),
});

/** One run of `selvage check`. */
export interface CheckRun {
  readonly exitCode: number;
  readonly wallTimeMs: number;
  readonly report: ReadReport;
  /** The findings as `check node [-> peer] severity`, sorted; `cluster` stands for a finding without a node. */
  readonly findings: readonly string[];
}

/** The program under test, from the repository's root: what `npm run build` made, or another build of it. */
export const SELVAGE: string = process.env['SELVAGE_PROGRAM'] ?? 'dist/selvage.js';

const CHECK_TIMEOUT_MS = 90_000;

function describeFinding(finding: ReadReport['findings'][number]): string {
  const peer = finding.peer === undefined ? '' : ` -> ${finding.peer}`;
  return `${finding.check} ${finding.node ?? 'cluster'}${peer} ${finding.severity}`;
}

/** Path of the kubeconfig of the lab's admin. */
export async function adminKubeconfig(): Promise<string> {
  return (await lab('kubeconfig')).trim();
}

/** Runs the built command line as a user would; any exit code is a result. */
export function selvage(...args: readonly string[]): Promise<CommandResult> {
  return runCommand(process.execPath, [SELVAGE, ...args], CHECK_TIMEOUT_MS);
}

/** Checks the lab, as its admin or with another kubeconfig. Throws when no report is printed. */
export async function selvageCheck(kubeconfig?: string): Promise<CheckRun> {
  const file = kubeconfig ?? (await adminKubeconfig());
  const result = await selvage('check', '-o', 'json', '--kubeconfig', file);
  const parsed = parseReport(result.stdout);
  if (!parsed.success) {
    throw new Error(
      `selvage check exited with ${result.exitCode} and no report: ${parsed.error.message}\n${result.stdout.slice(0, 2000)}${result.stderr}`,
    );
  }
  return {
    exitCode: result.exitCode,
    wallTimeMs: result.wallTimeMs,
    report: parsed.data,
    findings: parsed.data.findings.map(describeFinding).sort(),
  };
}

function parseReport(text: string): z.ZodSafeParseResult<ReadReport> {
  return z
    .string()
    .transform((input, context) => {
      try {
        return JSON.parse(input) as unknown;
      } catch {
        context.addIssue('not JSON');
        return z.NEVER;
      }
    })
    .pipe(report)
    .safeParse(text);
}
