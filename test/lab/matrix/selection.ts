// SPDX-License-Identifier: Apache-2.0

import { parseArgs } from 'node:util';

import { HEALTHY_RUNS, judgeFault, judgeHealth } from './judge.ts';
import type { Judged } from './judge.ts';
import { faultsText } from './table.ts';
import { VARIANTS } from './variants.ts';
import type { Variant } from './variants.ts';

/** What `--help` prints. */
export const USAGE = `usage: npm run test:lab:matrix -- [options] [FILE]

Holds what the built program says against the truth: every fault in every layout, pairs of faults,
and health with every build of flannel. Ends with a Markdown table, in FILE or on standard output,
and with exit code 1 when a row is wrong or missing. Takes about an hour; one lab per machine.

  --layout NAME    only labs with NAME in their name: vxlan, talos, nftables, ...; repeatable
  --exactly NAME   only the lab of exactly this name: vxlan, 'talos busybox'; repeatable
  --fault NAME     only faults of this name; 'healthy' for the runs without, 'pairs' for
                   two faults at once; repeatable
  --resume         keep the rows that were right for this very build in an earlier run
  --minutes N      begin nothing more after N minutes; continue with --resume
  --list           print what would be run
`;

/** One row to be. */
export interface Step {
  readonly variant: Variant;
  readonly what: string;
  readonly judge: () => Promise<Judged>;
}

/** What the command line asks for. */
export interface Selection {
  readonly variants: readonly Variant[];
  readonly steps: readonly Step[];
  /** Milliseconds after which nothing more begins. */
  readonly limitMs: number;
  readonly resume: boolean;
  /** Print the usage, or the steps, and do nothing. */
  readonly only: 'help' | 'list' | undefined;
  /** Where the table goes; absent: standard output. */
  readonly file: string | undefined;
}

function stepsOf(variant: Variant, faults: readonly string[]): readonly Step[] {
  const wanted = (names: readonly string[]): boolean =>
    faults.length === 0 || names.some((name) => faults.includes(name));
  const healthy = {
    variant,
    what: `healthy, ${HEALTHY_RUNS} times in a row`,
    judge: () => judgeHealth(variant.blind),
  };
  const faulty = variant.cases
    .filter(({ faults: made }) =>
      wanted([...made.map(([name]) => name), ...(made.length > 1 ? ['pairs'] : [])]),
    )
    .map((faultCase) => ({
      variant,
      what: faultsText(faultCase.faults),
      judge: () => judgeFault(faultCase, variant.blind),
    }));
  return wanted(['healthy']) ? [healthy, ...faulty] : faulty;
}

/** Reads the command line; throws on an option that is not known. */
export function selection(): Selection {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      layout: { type: 'string', multiple: true, default: [] },
      exactly: { type: 'string', multiple: true, default: [] },
      fault: { type: 'string', multiple: true, default: [] },
      resume: { type: 'boolean', default: false },
      minutes: { type: 'string' },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const { exactly, layout, fault, resume, list, help } = values;
  const variants = VARIANTS.filter(({ name }) =>
    exactly.length > 0
      ? exactly.includes(name)
      : layout.length === 0 || name.split(' ').some((word) => layout.includes(word)),
  );
  const only = list ? 'list' : undefined;
  return {
    variants,
    steps: variants.flatMap((variant) => stepsOf(variant, fault)),
    limitMs: Number(values.minutes ?? Number.POSITIVE_INFINITY) * 60_000,
    resume,
    only: help ? 'help' : only,
    file: positionals[0],
  };
}
