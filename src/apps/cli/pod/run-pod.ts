// SPDX-License-Identifier: Apache-2.0

import { structuredText } from '#render/structured/structured-text.ts';
import { renderPod } from '#render/pod/render-pod.ts';
import { judgePod } from '#resources/pod/judge-pod.ts';
import type { PodReport } from '#resources/pod/pod-report.ts';
import { isSourceError } from '#sources/source-error.ts';

import { connectOptions } from '../check/live-services.ts';
import { requestOf, tellLeftover } from '../check/run-check.ts';
import type { ConnectionFlags } from '../connection-flags.ts';
import { EXIT } from '../exit-code.ts';
import type { Io } from '../io.ts';
import type { ReadingFlags } from '../reading-flags.ts';
import { terminalTraits } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import { TOOL_VERSION } from '../version/tool-version.ts';

/** What `selvage pod` was asked for. */
export interface PodFlags extends ConnectionFlags, ReadingFlags {
  readonly output: 'table' | 'json' | 'yaml';
  readonly logLines?: number;
  /** Milliseconds. */
  readonly nodeTimeout?: number;
  readonly color: boolean;
}

const DEFAULT_LOG_LINES = 20;

/**
 * `selvage pod`: all that is known of one pod, and of its node.
 *
 * @throws UsageError for a pod that does not exist; SourceError when it cannot be read
 */
export async function runPod(text: string, flags: PodFlags, io: Io): Promise<number> {
  const pod = parsePod(text, flags);
  const { readPod } = await import('#engine/pod/read-pod.ts');
  const { podNode } = await import('#engine/pod/pod-node.ts');
  const question = {
    ...requestOf(flags),
    ...pod,
    logLines: flags.logLines ?? DEFAULT_LOG_LINES,
    onLeftover: tellLeftover(io),
    signal: io.signal,
    toolVersion: TOOL_VERSION,
  };
  const answer = await readPod({ ...connectOptions(flags), env: io.env }, question).catch(
    (error: unknown) => noSuchPod(error, pod),
  );
  const { picture, report } = answer;
  const name = picture.pod.node;
  const node = report === undefined || name === undefined ? undefined : podNode(report, name);
  const judged = judgePod(picture, node);
  io.stdout.write(textOf(judged, flags, io));
  return exitCodeOf(judged);
}

interface PodName {
  readonly namespace: string;
  readonly name: string;
}

const NAME = /^[a-z0-9](?:[-.a-z0-9]{0,251}[a-z0-9])?$/u;

function parsePod(text: string, { namespace }: PodFlags): PodName {
  const parts = text.split('/');
  const [first = '', second] = parts;
  if (second !== undefined && namespace !== undefined && namespace !== first) {
    throw new UsageError(
      'Two namespaces are named.',
      'Write namespace/name, or the name alone with -n.',
    );
  }
  const pod =
    second === undefined
      ? { namespace: namespace ?? 'default', name: first }
      : { namespace: first, name: second };
  if (parts.length > 2 || !NAME.test(pod.name) || !NAME.test(pod.namespace)) {
    throw new UsageError(
      'That cannot be the name of a pod.',
      'Write namespace/name, or the name alone with -n.',
    );
  }
  return pod;
}

function noSuchPod(error: unknown, { namespace, name }: PodName): never {
  if (!isSourceError(error, 'not-found') || error.operation !== 'get pods') throw error;
  throw new UsageError(
    `There is no pod ${name} in ${namespace}.`,
    `List them with 'kubectl get pods -n ${namespace}'.`,
  );
}

function textOf(report: PodReport, { output, color }: PodFlags, io: Io): string {
  switch (output) {
    case 'json':
    case 'yaml':
      return structuredText(output, report);
    case 'table':
      return renderPod(report, { ...terminalTraits(io, !color), narrowed: false });
  }
}

function exitCodeOf({ problems, node, pod }: PodReport): number {
  const verdicts = node?.verdicts ?? [];
  const isBroken = verdicts.some(
    ({ verdict, severity, preview }) =>
      verdict === 'fail' && severity !== 'info' && preview !== true,
  );
  if (problems.length > 0 || isBroken) return EXIT.findings;
  const isUnknown = verdicts.some(({ verdict }) => verdict === 'unknown');
  return isUnknown || (node === undefined && pod.node !== undefined)
    ? EXIT.notEnough
    : EXIT.healthy;
}
