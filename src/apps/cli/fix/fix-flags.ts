// SPDX-License-Identifier: Apache-2.0

import { type Command, Option } from 'commander';

import type { Risk } from '#model/plan.ts';

import { addConnectionFlags, type ConnectionFlags } from '../connection-flags.ts';
import { durationMs, MAX_CONCURRENCY, numberUpTo } from '../flag-values.ts';

/** Forms in which a plan, what came of it, and the record of changes are printed. */
export const MEND_FORMATS: readonly MendFlags['output'][] = ['table', 'json', 'yaml'];

/** What every command that mends was asked for. Absent lists mean all. */
export interface MendFlags extends ConnectionFlags {
  readonly output: 'table' | 'json' | 'yaml';
  readonly yes?: true;
  readonly node?: readonly string[];
  readonly serverDryRun?: true;
  /** Milliseconds. */
  readonly lockWait?: number;
  /** Milliseconds; 0 means no limit of its own. */
  readonly nodeTimeout?: number;
  readonly concurrency?: number;
  readonly color: boolean;
}

/** Greatest risk that `fix` takes unless told otherwise. */
export const DEFAULT_MAX_RISK: Risk = 'node';

/** Adds what every command that mends takes, and kubectl's connection flags. */
export function addMendFlags(command: Command): Command {
  command
    .addOption(
      new Option('-o, --output <format>', 'form of the output')
        .choices(MEND_FORMATS)
        .default('table'),
    )
    .option('-y, --yes', 'apply the plan without asking')
    .option('--server-dry-run', 'rehearse each step against the cluster, and change nothing')
    .option(
      '--lock-wait <duration>',
      'how long to wait for another Selvage that mends: 30s, 2m',
      durationMs,
    )
    .option('--node-timeout <duration>', 'limit for reading one node: 10s, 1m', durationMs)
    .option('--concurrency <number>', 'nodes read at the same time', numberUpTo(MAX_CONCURRENCY))
    .option('--no-color', 'no colours; so does the variable NO_COLOR');
  return addConnectionFlags(command);
}

/** What `selvage fix` was asked for. */
export interface FixFlags extends MendFlags {
  /** Ids of checks or remedies. */
  readonly only?: readonly string[];
  readonly maxRisk: Risk;
  /** File with the plan to carry out, instead of a new one. */
  readonly plan?: string;
}
