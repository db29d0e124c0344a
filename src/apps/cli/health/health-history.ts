// SPDX-License-Identifier: Apache-2.0

import { stateFile } from '#audit/state-file.ts';
import { weeklyMemory } from '#engine/health/weekly-memory.ts';
import { weeklyNodes } from '#engine/health/weekly-nodes.ts';
import type { HealthTrend } from '#engine/health/health-facts.ts';
import type { HistoryStore } from '#history/history-store.ts';
import type { MemorySeries } from '#model/memory-series.ts';
import type { FlannelDaemonSet } from '#model/cluster.ts';
import type { UsePicture } from '#model/resources.ts';
import type { Snapshot } from '#model/snapshot.ts';
import { printableText } from '#render/terminal/printable-text.ts';
import type { Report } from '#report/report.ts';

import type { Io } from '../io.ts';

const WEEKS = 8;
const WEEK_MS = 7 * 24 * 3_600_000;

/** Another run that writes takes milliseconds; nobody waits at a prompt for one that hangs. */
const WAIT_MS = 2000;

/** Adds the report and the measurements to the history. What cannot be kept is told, and no reason to fail. */
export async function keepLook(
  report: Report,
  picture: UsePicture,
  { env, stderr }: Io,
): Promise<void> {
  try {
    const { HistoryStore } = await import('#history/history-store.ts');
    const file = stateFile(env, report.cluster, 'history');
    const store = HistoryStore.open(file, { waitMs: WAIT_MS });
    try {
      store.addReport(report);
      store.addSamples(Date.parse(picture.readAt), picture);
    } finally {
      store.close();
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const text = `warning: What was seen is not kept. ${why} Leave it out with --no-history.`;
    stderr.write(`${printableText(text)}\n`);
  }
}

/** Flannel's memory of the last weeks out of the history, or why there is none to tell. */
export async function weeklyTrend(
  snapshot: Snapshot,
  cluster: Report['cluster'],
  { env, stderr }: Io,
): Promise<HealthTrend> {
  const { flannel } = snapshot.cluster;
  if (flannel.state === 'absent') return { why: 'where Flannel runs is not known' };
  if (flannel.value.kind === 'embedded') {
    return { why: 'Flannel runs inside another program and has no memory of its own' };
  }
  const untilMs = Date.parse(snapshot.finishedAt);
  try {
    const series = await flannelSeries(stateFile(env, cluster, 'history'), flannel.value, untilMs);
    return weeklyMemory(series, untilMs);
  } catch (error) {
    return unread(error, stderr);
  }
}

/** Memory of nodes of the last weeks out of the history, or why there is none to tell. */
export async function weeklyNodeTrend(
  { finishedAt }: Snapshot,
  cluster: Report['cluster'],
  { env, stderr }: Io,
): Promise<HealthTrend> {
  const untilMs = Date.parse(finishedAt);
  try {
    const nodes = await readKept(stateFile(env, cluster, 'history'), (store) =>
      store.nodes(untilMs - WEEKS * WEEK_MS, untilMs),
    );
    return weeklyNodes(nodes, untilMs);
  } catch (error) {
    return unread(error, stderr);
  }
}

function unread(error: unknown, stderr: Io['stderr']): HealthTrend {
  const why = error instanceof Error ? error.message : String(error);
  stderr.write(`warning: The history cannot be read. ${printableText(why)}\n`);
  return { why: 'the history cannot be read' };
}

function flannelSeries(
  file: string,
  { namespace, container }: FlannelDaemonSet,
  untilMs: number,
): Promise<readonly MemorySeries[]> {
  return readKept(file, (store) =>
    store.series({ namespace, container }, untilMs - WEEKS * WEEK_MS, untilMs),
  );
}

/** What is read of a history; nothing where there is none. */
async function readKept<T>(
  file: string,
  read: (store: HistoryStore) => readonly T[],
): Promise<readonly T[]> {
  const { HistoryStore: Store } = await import('#history/history-store.ts');
  const store = Store.openToRead(file);
  if (store === undefined) return [];
  try {
    return read(store);
  } finally {
    store.close();
  }
}
