// SPDX-License-Identifier: Apache-2.0

import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import type { ConnectOptions } from '#sources/kubernetes/connect-options.ts';
import {
  type ClusterEntry,
  type ContextEntry,
  type ExecEntry,
  type KubeconfigFile,
  type UserEntry,
  kubeconfigSchema,
} from '#sources/kubernetes/kubeconfig-schema.ts';
import { nonEmpty } from '#sources/plain-text.ts';
import { SourceError } from '#sources/source-error.ts';

/** Several kubeconfig files as one. Paths within are absolute. */
export interface Kubeconfig {
  readonly currentContext?: string;
  readonly clusters: ReadonlyMap<string, ClusterEntry>;
  readonly users: ReadonlyMap<string, UserEntry>;
  readonly contexts: ReadonlyMap<string, ContextEntry>;
}

/** A kubeconfig file's content and where it lay. */
export interface LoadedKubeconfig {
  readonly directory: string;
  readonly file: KubeconfigFile;
}

/**
 * Reads the kubeconfig as kubectl does: the named file alone; else every file of KUBECONFIG, where missing ones are
 * skipped; else `~/.kube/config`. Undefined when there is none.
 *
 * client-node 2.0.1 merges by itself, but fails on a missing file and on a name that two files define
 * (KubeConfig.loadFromDefault, addCluster), where kubectl takes the first.
 *
 * @throws SourceError `kubeconfig-not-found` when the named file is missing; `invalid-kubeconfig`
 */
export async function loadKubeconfig(options: ConnectOptions): Promise<Kubeconfig | undefined> {
  const env = options.env ?? process.env;
  if (options.kubeconfig !== undefined && options.kubeconfig !== '') {
    const loaded = await loadFile(options.kubeconfig);
    if (loaded === undefined) {
      throw new SourceError('kubeconfig-not-found', {
        operation: 'read kubeconfig',
        target: options.kubeconfig,
      });
    }
    return mergeKubeconfigs([loaded]);
  }
  const list = (env['KUBECONFIG'] ?? '').split(path.delimiter).filter((file) => file !== '');
  const files = list.length > 0 ? list : [path.join(env['HOME'] ?? homedir(), '.kube', 'config')];
  const loaded = await Promise.all(files.map(loadFile));
  const present = loaded.filter((file) => file !== undefined);
  return present.length === 0 ? undefined : mergeKubeconfigs(present);
}

/**
 * Merges files: for each name, and for the current context, the first file that has it wins. Relative paths are
 * taken from the directory of their own file.
 */
export function mergeKubeconfigs(files: readonly LoadedKubeconfig[]): Kubeconfig {
  const currentContext = files
    .map(({ file }) => nonEmpty(file['current-context']))
    .find((context) => context !== undefined);
  return {
    ...(currentContext !== undefined && { currentContext }),
    clusters: firstOfEach(files, ({ file, directory }) =>
      (file.clusters ?? []).map(({ name, cluster }) => [
        name,
        absoluteCluster(cluster ?? {}, directory),
      ]),
    ),
    users: firstOfEach(files, ({ file, directory }) =>
      (file.users ?? []).map(({ name, user }) => [name, absoluteUser(user ?? {}, directory)]),
    ),
    contexts: firstOfEach(files, ({ file }) =>
      (file.contexts ?? []).map(({ name, context }) => [name, context ?? {}]),
    ),
  };
}

function firstOfEach<T>(
  files: readonly LoadedKubeconfig[],
  entriesOf: (file: LoadedKubeconfig) => readonly (readonly [string, T])[],
): ReadonlyMap<string, T> {
  // A map keeps the last of several equal keys.
  return new Map(files.flatMap((file) => entriesOf(file)).reverse());
}

async function loadFile(file: string): Promise<LoadedKubeconfig | undefined> {
  const absolute = path.resolve(file);
  let content: string;
  try {
    content = await readFile(absolute, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw invalid(absolute, 'the file cannot be read', cause);
  }
  let document: unknown;
  try {
    document = parse(content, { schema: 'core', logLevel: 'error' });
  } catch {
    // The parser's message quotes the file, which holds credentials.
    throw invalid(absolute, 'the file is not YAML');
  }
  const result = kubeconfigSchema.safeParse(document ?? {});
  if (!result.success) {
    const where = result.error.issues[0]?.path.map(String).join('.') ?? '';
    throw invalid(absolute, where === '' ? 'the file is no kubeconfig' : `${where} is not valid`);
  }
  return { directory: path.dirname(absolute), file: result.data };
}

function invalid(file: string, detail: string, cause?: unknown): SourceError {
  return new SourceError('invalid-kubeconfig', {
    operation: 'read kubeconfig',
    target: file,
    detail,
    cause,
  });
}

function absolutePath(file: string | null | undefined, directory: string): string | undefined {
  return file ? path.resolve(directory, file) : undefined;
}

function absoluteCluster(cluster: ClusterEntry, directory: string): ClusterEntry {
  return {
    ...cluster,
    'certificate-authority': absolutePath(cluster['certificate-authority'], directory),
  };
}

function absoluteUser(user: UserEntry, directory: string): UserEntry {
  return {
    ...user,
    'client-certificate': absolutePath(user['client-certificate'], directory),
    'client-key': absolutePath(user['client-key'], directory),
    tokenFile: absolutePath(user.tokenFile, directory),
    exec: user.exec ? absoluteExec(user.exec, directory) : undefined,
  };
}

/** A command with a separator is a path from the file's directory; without, it is looked up in PATH, as by client-go. */
function absoluteExec(exec: ExecEntry, directory: string): ExecEntry {
  const isPath = exec.command.includes('/') || exec.command.includes(path.sep);
  return isPath ? { ...exec, command: path.resolve(directory, exec.command) } : exec;
}
