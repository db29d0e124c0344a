// SPDX-License-Identifier: Apache-2.0

/**
 * What commands read, in parts that have a role each. `checks` is what a check reads, some of it in certain namespaces
 * alone; each other part is granted for the whole cluster.
 */
export type ReadingPart = 'checks' | WidePart;

/** A part that is read in any namespace. */
export type WidePart =
  'identity' | 'pods' | 'resources' | 'quotas' | 'metrics' | 'prometheus' | 'oom' | 'pod';

/** A command that reads a cluster and changes nothing in it. */
export type ReadingCommand =
  | 'check'
  | 'top'
  | 'limits'
  | 'recommend'
  | 'record'
  | 'trend'
  | 'oom'
  | 'pod'
  | 'document'
  | 'health';

const PARTS: Readonly<Record<ReadingCommand, readonly ReadingPart[]>> = {
  check: ['checks'],
  top: ['resources', 'metrics'],
  limits: ['resources', 'quotas', 'metrics'],
  recommend: ['identity', 'resources', 'quotas', 'metrics'],
  record: ['identity', 'resources', 'metrics'],
  trend: ['identity', 'pods', 'prometheus'],
  oom: ['checks', 'oom'],
  pod: ['checks', 'metrics', 'pod'],
  document: ['checks'],
  health: ['checks', 'metrics'],
};

/** All of them. */
export const READING_COMMANDS = Object.keys(PARTS) as readonly ReadingCommand[];

/** Those that a reader is given the rights for unless others are named. */
export const DEFAULT_COMMANDS: readonly ReadingCommand[] = ['check', 'top', 'limits'];

const ORDER: readonly ReadingPart[] = [
  'checks',
  'identity',
  'pods',
  'resources',
  'quotas',
  'metrics',
  'prometheus',
  'oom',
  'pod',
];

/** The parts that commands read, each once, in a fixed order. */
export function partsOf(commands: readonly ReadingCommand[]): readonly ReadingPart[] {
  const needed = new Set(commands.flatMap((command) => PARTS[command]));
  // A check reads which cluster it is and the pods, too.
  if (needed.has('checks')) needed.delete('identity');
  if (needed.has('checks') || needed.has('resources')) needed.delete('pods');
  return ORDER.filter((part) => needed.has(part));
}
