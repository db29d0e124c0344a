// SPDX-License-Identifier: Apache-2.0

import type { OomPicture, OomPod } from '#model/oom.ts';
import { structuredText } from '#render/structured/structured-text.ts';
import { renderOom } from '#render/oom/render-oom.ts';
import type { OomScope } from '#resources/oom/judge-oom.ts';
import type { OomReport } from '#resources/oom/oom-report.ts';

import { connectOptions } from '../check/live-services.ts';
import { requestOf, tellLeftover } from '../check/run-check.ts';
import type { ConnectionFlags } from '../connection-flags.ts';
import { EXIT } from '../exit-code.ts';
import type { Io } from '../io.ts';
import type { ReadingFlags } from '../reading-flags.ts';
import { terminalTraits } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import { TOOL_VERSION } from '../version/tool-version.ts';

/** What `selvage oom` was asked for. */
export interface OomFlags extends ConnectionFlags, ReadingFlags {
  readonly flannel?: true;
  /** Milliseconds. */
  readonly since?: number;
  readonly output: 'table' | 'json' | 'yaml';
  /** Milliseconds. */
  readonly nodeTimeout?: number;
  readonly concurrency?: number;
  readonly color: boolean;
}

/**
 * `selvage oom`: reads all signs of kills for memory and judges them.
 *
 * @throws UsageError for a workload that does not exist; SourceError when the cluster cannot be read
 */
export async function runOom(
  workload: string | undefined,
  flags: OomFlags,
  io: Io,
): Promise<number> {
  const wanted = workload === undefined ? undefined : parseWorkload(workload, flags);
  const { readOom } = await import('#engine/oom/read-oom.ts');
  const request = {
    ...requestOf(flags),
    onLeftover: tellLeftover(io),
    signal: io.signal,
    toolVersion: TOOL_VERSION,
    scope: (picture: OomPicture) => scopeOf(picture, wanted, flags),
  };
  const connection = { ...connectOptions(flags), env: io.env };
  const report = await readOom(connection, request);
  io.stdout.write(textOf(report, flags, io));
  return exitCodeOf(report);
}

function textOf(report: OomReport, { output, color }: OomFlags, io: Io): string {
  switch (output) {
    case 'json':
    case 'yaml':
      return structuredText(output, report);
    case 'table':
      return renderOom(report, { ...terminalTraits(io, !color), narrowed: false });
  }
}

interface WantedWorkload {
  /** In lower case; absent: any. */
  readonly kind?: string;
  readonly name: string;
  readonly namespace?: string;
}

const NAME = /^[a-z0-9](?:[-.a-z0-9]{0,251}[a-z0-9])?$/u;

function parseWorkload(text: string, { flannel, namespace }: OomFlags): WantedWorkload {
  if (flannel === true) {
    throw new UsageError(
      'A workload and --flannel are two answers to the same question.',
      'Drop one of them.',
    );
  }
  const [first = '', second] = text.split('/', 2);
  const kind = second === undefined ? undefined : first.toLowerCase();
  const name = second ?? first;
  if (!NAME.test(name) || text.split('/').length > 2) {
    throw new UsageError(
      'That cannot be a workload.',
      'Name it like deployment/coredns, or coredns, and its namespace with -n.',
    );
  }
  return {
    name,
    ...(kind !== undefined && { kind }),
    ...(namespace !== undefined && { namespace }),
  };
}

/** @throws UsageError when no pod is of what was asked for */
function scopeOf(
  picture: OomPicture,
  wanted: WantedWorkload | undefined,
  { flannel, since }: OomFlags,
): OomScope {
  const from =
    since === undefined
      ? {}
      : { since: new Date(Date.parse(picture.readAt) - since).toISOString() };
  if (wanted === undefined) return { of: flannel === true ? 'flannel' : 'all', ...from };
  // Without the list of pods nobody knows what is theirs; the report says that it is missing.
  const pods = picture.pods.state === 'observed' ? picture.pods.value : [];
  const own = pods.filter((pod) => isOf(pod, wanted));
  if (own.length === 0 && picture.pods.state === 'observed') {
    throw new UsageError(
      `No pod is of ${wanted.name}${wanted.namespace === undefined ? '' : ` in ${wanted.namespace}`}.`,
      "List pods and their workloads with 'kubectl get pods -A'.",
    );
  }
  return { of: 'workload', podUids: new Set(own.map(({ uid }) => uid)), ...from };
}

function isOf(pod: OomPod, { kind, name, namespace }: WantedWorkload): boolean {
  if (namespace !== undefined && pod.namespace !== namespace) return false;
  if (kind === undefined || kind === 'pod') {
    if (pod.name === name) return true;
    if (kind === 'pod') return false;
  }
  return (
    pod.workload.name === name && (kind === undefined || pod.workload.kind.toLowerCase() === kind)
  );
}

function exitCodeOf({ kills, claims, unread }: OomReport): number {
  if (kills.length > 0) return EXIT.findings;
  const isOpen = claims.some(
    ({ id, verdict }) => id !== 'routes-lost' && verdict === 'no-evidence',
  );
  const isBlind = unread.some(({ what, nodes }) => nodes.length === 0 && what.includes('pods'));
  return isOpen || isBlind ? EXIT.notEnough : EXIT.healthy;
}
