// SPDX-License-Identifier: Apache-2.0

import { readTop } from '#engine/read-top.ts';
import type { TopKind, TopReport } from '#resources/top/top-report.ts';

import { connectOptions } from '../check/live-services.ts';
import { type Pace, REAL_PACE } from '../check/pace.ts';
import { EXIT } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { prometheusOf } from '../prometheus-flags.ts';
import { terminalTraits } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import type { TopFlags } from './top-flags.ts';
import { watchTop } from './watch-top.ts';

const INTERVAL_MS = 15_000;
/** A label of RFC 1123. */
const NAMESPACE = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/u;

/**
 * `selvage top`: lists who uses how much, once or again and again.
 *
 * @throws UsageError for flags that contradict each other; SourceError when the cluster cannot be read
 */
export async function runTop(
  kind: TopKind,
  flags: TopFlags,
  io: Io,
  pace: Pace = REAL_PACE,
): Promise<number> {
  assertSensible(kind, flags);
  const read = (): Promise<TopReport> => readOnce(kind, flags, io);
  if (flags.watch === true) {
    return watchTop(read, { intervalMs: flags.interval ?? INTERVAL_MS, flags }, io, pace);
  }
  const report = await read();
  for await (const chunk of chunksOf(report, flags, io)) io.stdout.write(chunk);
  return exitCodeOf(report);
}

function readOnce(kind: TopKind, flags: TopFlags, io: Io): Promise<TopReport> {
  const { flannelNamespace, flannelSelector } = flags;
  return readTop(
    { ...connectOptions(flags), env: io.env },
    {
      kind,
      order: flags.sort,
      threshold: flags.threshold,
      top: flags.top,
      namespace: flags.namespace,
      from: flags.from,
      prometheus: prometheusOf(flags),
      withCgroups: kind === 'flannel' || flags.peak === true,
      flannel: {
        ...(flannelNamespace !== undefined && { namespace: flannelNamespace }),
        ...(flannelSelector !== undefined && { selector: flannelSelector }),
      },
      signal: io.signal,
    },
  );
}

function assertSensible(kind: TopKind, flags: TopFlags): void {
  const { interval, watch, output, peak, namespace } = flags;
  if (namespace !== undefined && !NAMESPACE.test(namespace)) {
    throw new UsageError(
      'What --namespace says cannot be the name of a namespace.',
      "See 'kubectl get namespaces'.",
    );
  }
  if (interval !== undefined && watch !== true) {
    throw new UsageError(
      'The flag --interval says how often to read, and this reads once.',
      'Add --watch, or drop it.',
    );
  }
  if (watch === true && output === 'yaml') {
    throw new UsageError(
      'The form yaml is one document, and --watch writes one after another.',
      'Use one of table, wide, json.',
    );
  }
  if (peak === true && (kind === 'nodes' || kind === 'pods')) {
    throw new UsageError(
      `A peak is one of a container, and this lists ${kind}.`,
      'Use top containers --peak, or top flannel.',
    );
  }
}

async function* chunksOf(
  report: TopReport,
  { output, color }: TopFlags,
  io: Io,
): AsyncGenerator<string, void> {
  switch (output) {
    case 'json':
      yield* (await import('#render/json/render-report.ts')).renderJson(report);
      return;
    case 'yaml':
      yield (await import('#render/access/render-yaml.ts')).renderYaml([report]);
      return;
    case 'table':
    case 'wide': {
      const { renderTop } = await import('#render/top/render-top.ts');
      const traits = terminalTraits(io, !color);
      yield* renderTop(report, { ...traits, narrowed: false, wide: output === 'wide' });
    }
  }
}

/** 3 when what was asked for is not known: a list without use is no answer. */
function exitCodeOf({ usage, unknown, kind }: TopReport): number {
  const isBlind = unknown.some((each) =>
    each.startsWith(kind === 'nodes' ? 'Nodes could not' : 'Pods could not'),
  );
  return usage.origin === undefined || isBlind ? EXIT.notEnough : EXIT.healthy;
}
