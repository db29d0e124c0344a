// SPDX-License-Identifier: Apache-2.0

import type { Snapshot } from '#model/snapshot.ts';
import { printableText } from '#render/terminal/printable-text.ts';
import { bundleManifest } from '#sources/bundle/manifest.ts';
import { assertFree, bundleBytes, saveBytes } from '#sources/bundle/save-bundle.ts';
import { isSourceError } from '#sources/source-error.ts';

import { type CheckServices, collectSnapshot } from '../check/run-check.ts';
import { EXIT } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { UsageError } from '../usage-error.ts';
import { TOOL_VERSION } from '../version/tool-version.ts';
import type { SnapshotFlags } from './snapshot-flags.ts';

/**
 * `selvage snapshot`: reads the cluster as `check` does, judges nothing, and writes what it read as a bundle. What
 * could not be read is in it as absent, with the reason; the summary on standard error counts such nodes.
 *
 * @returns 0 when the bundle is written
 * @throws UsageError for nodes that do not exist, a file that exists, or a terminal as standard output; what the
 *   services throw; SourceError `file-unwritable`
 */
export async function runSnapshot(
  flags: SnapshotFlags,
  io: Io,
  services: CheckServices,
): Promise<number> {
  if (flags.bundle !== undefined) {
    throw new UsageError(
      'A bundle is a snapshot already: it holds what was read then, and nothing can be added.',
      'Copy the file, or take a new snapshot of the cluster.',
    );
  }
  const toStdout = flags.file === '-';
  if (toStdout && io.stdout.isTTY === true) {
    throw new UsageError(
      'A bundle is compressed, and standard output is a terminal.',
      "Send it into a file or a program, or name a file with '-f'.",
    );
  }
  const isFree = toStdout || flags.file === undefined || flags.force === true;
  if (!isFree) await assertFree(flags.file).catch(asUsageError);
  const snapshot = await collectSnapshot(flags, io, services);
  const bytes = bundleBytes(snapshot, bundleManifest(TOOL_VERSION, new Date().toISOString()));
  if (toStdout) {
    for await (const chunk of bytes) io.stdout.write(chunk);
    return EXIT.healthy;
  }
  const file = flags.file ?? defaultName(snapshot);
  const size = await saveBytes(file, bytes, {
    force: flags.force ?? false,
    signal: io.signal,
  }).catch(asUsageError);
  io.stdout.write(`${printableText(file)}\n`);
  io.stderr.write(`${printableText(summary(snapshot, size))}\n`);
  return EXIT.healthy;
}

/** A file that exists is a mistake of the command line. */
function asUsageError(error: unknown): never {
  if (!isSourceError(error, 'file-exists')) throw error;
  throw new UsageError(`The file ${error.target} exists.`, error.hint);
}

/** `<context>-<time>.selvage.json.gz`; what of the context's name is unusual in names of files becomes a hyphen. */
function defaultName({ cluster, finishedAt }: Snapshot): string {
  const context = cluster.identity.state === 'observed' ? cluster.identity.value.context : '';
  const plain = context.replaceAll(/[^\w.-]+/gu, '-').replaceAll(/^[-.]+|-+$/gu, '');
  const time = finishedAt.replaceAll(/[-:]|\.\d+/gu, '');
  return `${plain === '' ? 'cluster' : plain.slice(0, 100)}-${time}.selvage.json.gz`;
}

function summary({ nodes }: Snapshot, size: number): string {
  const records = Object.values(nodes);
  const whole = records.filter((record) =>
    Object.values(record).every(({ state }) => state === 'observed'),
  );
  const kibibytes = Math.ceil(size / 1024);
  return (
    `${String(whole.length)} of ${String(records.length)} nodes are read as a whole; ${String(kibibytes)} KiB. ` +
    'The file holds names, addresses and versions of the cluster, and no credentials.'
  );
}
