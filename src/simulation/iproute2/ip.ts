// SPDX-License-Identifier: Apache-2.0
import { KernelError } from '#simulation/kernel/kernel-error.ts';
import type { Kernel } from '#simulation/kernel/kernel.ts';
import type { ExecResult } from '#simulation/workload-backend.ts';
import { CommandFailure, failure, listing, success } from './command-result.ts';
import type { JsonValue } from './json-text.ts';
import { addressCommand, linkCommand } from './link-command.ts';
import { neighbourCommand } from './neighbour-command.ts';
import type { IpOptions } from './options.ts';
import { parseOptions } from './options.ts';
import { routeCommand } from './route-command.ts';

type IpCommand = (kernel: Kernel, options: IpOptions, words: readonly string[]) => ExecResult;

/** Objects with their full names; any beginning of one names it, the first that fits wins (iproute2@v6.1.0:ip/ip.c). */
const OBJECTS: readonly (readonly [string, IpCommand])[] = [
  ['address', addressCommand],
  ['route', routeCommand],
  ['rule', ruleCommand],
  ['link', linkCommand],
  ['neighbor', neighbourCommand],
  ['neighbour', neighbourCommand],
];

const VERSION = 'ip utility, iproute2-6.1.0, libbpf 1\n';

/** `ip …` of iproute2 6.1 on this kernel. */
export function ip(kernel: Kernel, argv: readonly string[]): ExecResult {
  if (/^--?V/.test(argv[0] ?? '')) return success(VERSION);
  const parsed = parseOptions(argv);
  if ('unknown' in parsed) {
    return failure(`Option "${parsed.unknown}" is unknown, try "ip -help".`, 255);
  }
  const [object = '', ...rest] = parsed.words;
  const found = OBJECTS.find(([name]) => object !== '' && name.startsWith(object));
  if (found === undefined) return failure(`Object "${object}" is unknown, try "ip help".`, 1);
  try {
    return found[1](kernel, parsed.options, rest);
  } catch (error) {
    if (error instanceof CommandFailure) {
      return { ...failure(error.message, error.exitCode), stdout: error.stdout };
    }
    if (error instanceof KernelError) return failure(error.message, 2);
    throw error;
  }
}

interface Rule {
  readonly priority: number;
  readonly table: string;
}

function ruleCommand(_kernel: Kernel, options: IpOptions): ExecResult {
  const rules: Rule[] = [
    { priority: 0, table: 'local' },
    { priority: 32766, table: 'main' },
  ];
  if (options.family !== 6) rules.push({ priority: 32767, table: 'default' });
  return listing(
    rules,
    options,
    ({ priority, table }): JsonValue => ({ priority, src: 'all', table }),
    ({ priority, table }) => `${String(priority)}:\tfrom all lookup ${table}\n`,
  );
}
