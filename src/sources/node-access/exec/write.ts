// SPDX-License-Identifier: Apache-2.0

import type { KubernetesConnection } from '#sources/kubernetes/connection.ts';
import {
  type EntryPlace,
  MOVED,
  readCommand,
  REFUSED,
  writeCommand,
} from '#sources/node-access/exec/entry-script.ts';
import { readFileCommand, writeFileCommand } from '#sources/node-access/exec/file-script.ts';
import { plainText } from '#sources/plain-text.ts';
import { SourceError } from '#sources/source-error.ts';

/** A container in the network of a node. */
export interface NodeContainer {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/** What came of one write. */
export type EntryWrite =
  /** It was written; `text` is the entry now. */
  | { readonly outcome: 'written'; readonly text: string }
  /** It was not as expected and nothing was written; `text` is the entry now. */
  | { readonly outcome: 'moved'; readonly text: string }
  /** The kernel or its tool said no; `reason` is its word. */
  | { readonly outcome: 'refused'; readonly reason: string };

/** Longest time of one read or write of an entry, milliseconds. */
const TIMEOUT_MS = 10_000;

/** An entry's text as the kernel's tool prints it, without a last newline. @throws SourceError */
export async function readEntry(
  connection: KubernetesConnection,
  container: NodeContainer,
  place: EntryPlace,
  signal: AbortSignal,
): Promise<string> {
  const { stdout, stderr, exitCode } = await run(connection, container, readCommand(place), signal);
  if (exitCode === 0) return stdout;
  throw failed(`read ${place.table} ${place.key}`, container, stderr);
}

/** What to write, and onto what. */
export interface EntryChange {
  readonly place: EntryPlace;
  /** The entry's text as {@link readEntry} gave it; empty: there is none. */
  readonly expected: string;
  /** The command, of `ip` or `bridge`. */
  readonly argv: readonly string[];
}

/** Compares and writes an entry in one exec. @throws SourceError when it is not known what came of it */
export async function writeEntry(
  connection: KubernetesConnection,
  container: NodeContainer,
  { place, expected, argv }: EntryChange,
  signal: AbortSignal,
): Promise<EntryWrite> {
  const command = writeCommand(place, expected, argv);
  const { stdout, stderr, exitCode } = await run(connection, container, command, signal);
  if (exitCode === 0) return { outcome: 'written', text: stdout };
  if (exitCode === MOVED) return { outcome: 'moved', text: stdout };
  if (exitCode === REFUSED) return { outcome: 'refused', reason: plainText(stderr) };
  throw failed(`write ${place.table} ${place.key}`, container, stderr);
}

/** The text of subnet.env, without a last newline; empty when there is no such file. @throws SourceError */
export async function readSubnetFile(
  connection: KubernetesConnection,
  container: NodeContainer,
  signal: AbortSignal,
): Promise<string> {
  const ran = await run(connection, container, readFileCommand(), signal);
  if (ran.exitCode === 0) return ran.stdout;
  throw failed('read subnet.env', container, ran.stderr);
}

/** Compares and writes subnet.env in one exec; no line removes it. @throws SourceError when it is not known what came of it */
export async function writeSubnetFile(
  connection: KubernetesConnection,
  container: NodeContainer,
  { expected, lines }: { readonly expected: string; readonly lines: readonly string[] },
  signal: AbortSignal,
): Promise<EntryWrite> {
  const command = writeFileCommand(expected, lines);
  const { stdout, stderr, exitCode } = await run(connection, container, command, signal);
  if (exitCode === 0) return { outcome: 'written', text: stdout };
  if (exitCode === MOVED) return { outcome: 'moved', text: stdout };
  if (exitCode === REFUSED) return { outcome: 'refused', reason: plainText(stderr) };
  throw failed('write subnet.env', container, stderr);
}

interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

async function run(
  connection: KubernetesConnection,
  container: NodeContainer,
  command: readonly string[],
  signal: AbortSignal,
): Promise<Ran> {
  const { end, stdout, stderr } = await connection.exec({
    ...container,
    command,
    timeoutMs: TIMEOUT_MS,
    signal,
  });
  if (end.kind === 'truncated') {
    throw new SourceError(end.reason, { operation: 'exec', target: targetOf(container) });
  }
  const text = stdout.toString('utf8').replace(/\n$/, '');
  return { stdout: text, stderr: stderr.toString('utf8'), exitCode: end.exitCode };
}

function failed(operation: string, container: NodeContainer, detail: string): SourceError {
  return new SourceError('exec-failed', { operation, target: targetOf(container), detail });
}

function targetOf({ namespace, pod }: NodeContainer): string {
  return `pod ${namespace}/${pod}`;
}
