// SPDX-License-Identifier: Apache-2.0

import { judge } from '#engine/judge.ts';
import { CHECKS } from '#engine/registry.generated.ts';
import { selectChecks } from '#engine/select-checks.ts';
import type { Snapshot } from '#model/snapshot.ts';
import { suppressionWarnings } from '#render/suppressions.ts';
import { printableText } from '#render/terminal/printable-text.ts';
import type { Report } from '#report/report.ts';
import { isSourceError } from '#sources/source-error.ts';

import type { ConnectionFlags } from '../connection-flags.ts';
import { exitCodeOf, isFailure } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { terminalTraits } from '../terminal.ts';
import { type ReadingFlags, type ReadingRequest, readingRequest } from '../reading-flags.ts';
import { UsageError } from '../usage-error.ts';
import { TOOL_VERSION } from '../version/tool-version.ts';
import type { CheckFlags } from './check-flags.ts';
import {
  checkTexts,
  loadRenderer,
  loadWatchRenderer,
  type OutputFormat,
} from './output-formats.ts';
import { type Pace, REAL_PACE } from './pace.ts';
import { type Progress, progressLine } from './progress.ts';
import { loadSuppressions } from './load-suppressions.ts';
import type { PreparedCheck } from './round.ts';
import { runWait } from './run-wait.ts';
import { runWatch, WATCH_FORMATS } from './run-watch.ts';

/** What of a cluster to read, and how. */
export interface CollectRequest extends ReadingRequest {
  /** Names of the nodes whose kernel is read; absent means all. */
  readonly nodes?: readonly string[];
  readonly nodeTimeoutMs?: number;
  readonly concurrency?: number;
  /** How much is probed; absent: `light`. */
  readonly probe?: 'none' | 'light' | 'all';
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  /** Called with the debug pods that could not be removed, by namespace and name. */
  readonly onLeftover: (pods: readonly string[]) => void;
}

/** What a check needs of the outside. */
export interface CheckServices {
  /** Connects, reads and disconnects. Rejects with a SourceError when the cluster itself cannot be read. */
  readonly collect: (connection: ConnectionFlags, request: CollectRequest) => Promise<Snapshot>;
  /** Keeps a report that was written, of a part only or of all; absent: none is kept. Rejects never. */
  readonly keep?: (report: Report, narrowed: boolean) => Promise<void>;
}

/** Forms that say themselves which suppressions have expired or match nothing. */
const TELLS_SUPPRESSIONS: ReadonlySet<OutputFormat> = new Set([
  'table',
  'wide',
  'markdown',
  'html',
]);

/** Milliseconds between two checks, when nobody says it: each of them runs a command on every node. */
const INTERVAL_MS = { wait: 10_000, watch: 30_000 } as const;

/**
 * `selvage check`: reads the cluster, judges it, writes the report to standard output and returns the exit code; with
 * `--wait` and `--watch` again and again.
 *
 * @throws UsageError for ids and nodes that do not exist; what the services throw.
 */
export async function runCheck(
  flags: CheckFlags,
  io: Io,
  services: CheckServices,
  pace: Pace = REAL_PACE,
): Promise<number> {
  assertSensible(flags);
  const check = await prepare(flags, io, services);
  const { wait, watch, output, interval } = flags;
  if (watch === true) {
    return runWatch(check, { intervalMs: interval ?? INTERVAL_MS.watch, output }, io, pace);
  }
  if (wait !== undefined) {
    const times = { waitMs: wait, intervalMs: interval ?? INTERVAL_MS.wait };
    return runWait(check, times, io, pace);
  }
  const report = await check.read();
  await check.write(report);
  return check.exitCodeOf(report);
}

function assertSensible({ watch, wait, interval, output }: CheckFlags): void {
  if (interval !== undefined && watch !== true && wait === undefined) {
    throw new UsageError(
      'The flag --interval says how often to check, and this checks once.',
      'Add --watch or --wait, or drop it.',
    );
  }
  if (watch !== true || WATCH_FORMATS.some((format) => format === output)) return;
  throw new UsageError(
    `The form ${output} is one document, and --watch writes one report after another.`,
    `Use one of ${WATCH_FORMATS.join(', ')}.`,
  );
}

async function prepare(flags: CheckFlags, io: Io, services: CheckServices): Promise<PreparedCheck> {
  const { output, failOn, allowUnknown = false } = flags;
  const checks = chosenChecks(flags, io);
  const suppressions = await loadSuppressions(flags, io);
  const narrowed = [flags.node, flags.only, flags.skip].some((list) => list !== undefined);
  const render = await (flags.watch === true ? loadWatchRenderer : loadRenderer)(output);
  return {
    read: async () =>
      judge(await collectSnapshot(flags, io, services), {
        checks,
        toolVersion: TOOL_VERSION,
        ...(flags.node && { nodes: flags.node }),
        ...(suppressions && { suppressions }),
      }),
    write: async (report) => {
      const chunks = render(report, {
        ...terminalTraits(io, !flags.color),
        narrowed,
        checks: await checkTexts(checks, output, report.cluster.flannel?.backend),
      });
      for (const chunk of chunks) io.stdout.write(chunk);
      if (!TELLS_SUPPRESSIONS.has(output)) warnOfSuppressions(report, io);
      await services.keep?.(report, narrowed);
    },
    isFailure: (finding) => isFailure(finding, failOn),
    exitCodeOf: (report) => exitCodeOf(report, { failOn, allowUnknown, narrowed }),
  };
}

function warnOfSuppressions(report: Report, { stderr }: Io): void {
  for (const warning of suppressionWarnings(report)) {
    stderr.write(`warning: ${printableText(warning)}\n`);
  }
}

/** The flags that say what of a cluster to read. */
type CollectFlags = ConnectionFlags &
  ReadingFlags &
  Pick<CheckFlags, 'node' | 'nodeTimeout' | 'concurrency' | 'probe'>;

/**
 * Reads a cluster as the flags say, and shows how far it has come.
 *
 * @throws UsageError for nodes that do not exist; what the services throw.
 */
export async function collectSnapshot(
  flags: CollectFlags,
  io: Io,
  services: CheckServices,
): Promise<Snapshot> {
  const progress = progressLine(io, () => performance.now());
  const snapshot = await services
    .collect(flags, {
      ...requestOf(flags),
      signal: io.signal,
      onProgress: progress.show,
      onLeftover: tellLeftover(io),
    })
    .catch(rethrow)
    .finally(() => {
      progress.clear();
    });
  io.signal.throwIfAborted();
  return snapshot;
}

type Checks = typeof CHECKS;

function chosenChecks({ only, skip }: CheckFlags, { program }: Io): Checks {
  const selection = selectChecks(CHECKS, { ...(only && { only }), ...(skip && { skip }) });
  if ('unknownIds' in selection) {
    const [first] = selection.unknownIds;
    const meant = first?.nearest === undefined ? '' : ` Did you mean ${first.nearest}?`;
    throw new UsageError(
      `There is no check ${quoted(selection.unknownIds.map(({ id }) => id))}.${meant}`,
      `List the ids with '${program} explain'.`,
    );
  }
  if (selection.checks.length === 0) {
    throw new UsageError(
      'The flags --only and --skip leave no check to run.',
      'Drop one of them, or name fewer ids with --skip.',
    );
  }
  return selection.checks;
}

/** What the flags say of reading. */
export function requestOf(
  flags: ReadingFlags & Pick<CheckFlags, 'node' | 'nodeTimeout' | 'concurrency' | 'probe'>,
): ReadingRequest & Pick<CollectRequest, 'nodes' | 'nodeTimeoutMs' | 'concurrency' | 'probe'> {
  return {
    ...readingRequest(flags),
    ...(flags.node && { nodes: flags.node }),
    ...(flags.nodeTimeout !== undefined && { nodeTimeoutMs: flags.nodeTimeout }),
    ...(flags.concurrency !== undefined && { concurrency: flags.concurrency }),
    ...(flags.probe !== undefined && { probe: flags.probe }),
  };
}

/** Tells of debug pods that are still there: what was made must not stay behind in silence. */
export function tellLeftover({ stderr }: Io): CollectRequest['onLeftover'] {
  return (pods) => {
    const text = `Not removed: ${pods.join(', ')}. The next run with --allow-debug-pods removes them.`;
    stderr.write(`${printableText(text)}\n`);
  };
}

/** A node that does not exist is a mistake of the command line, not of the cluster. */
export function rethrow(error: unknown): never {
  if (!isSourceError(error, 'not-found') || error.operation !== 'select nodes') throw error;
  throw new UsageError(
    `The cluster has no ${error.target}.`,
    "List the names with 'kubectl get nodes'.",
  );
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(', ');
}
