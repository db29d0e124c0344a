// SPDX-License-Identifier: Apache-2.0

import { setTimeout as sleep } from 'node:timers/promises';
import { type AccessQuestion, askAccess } from '#sources/kubernetes/access-review.ts';
import { ApiClient, type ApiRequest } from '#sources/kubernetes/api-client.ts';
import { keepClient } from '#sources/kubernetes/client-of.ts';
import { findClusterTarget } from '#sources/kubernetes/cluster-target.ts';
import {
  type ConnectOptions,
  DEFAULT_REQUEST_TIMEOUT_MS,
} from '#sources/kubernetes/connect-options.ts';
import { Credentials } from '#sources/kubernetes/credentials.ts';
import { type ExecResult, execOverWebSocket } from '#sources/kubernetes/exec-websocket.ts';
import { listPaged } from '#sources/kubernetes/paged-list.ts';
import { whoAmI } from '#sources/kubernetes/who-am-i.ts';
import { SourceError, isSourceError } from '#sources/source-error.ts';

/** A command to run in a container. */
export interface ExecRequest {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly command: readonly string[];
  /** Milliseconds from the start of the connection to the command's end. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** The end of a container's log. */
export interface LogRequest {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** Of the run before the one that is there now. */
  readonly previous?: boolean;
  readonly tailLines: number;
  /** Asked of the server, and held against its answer. */
  readonly limitBytes: number;
  /** Milliseconds for the whole answer, beside the limit of every request. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** A cluster that can be talked to. Holds credentials: never print or serialise it. */
export interface KubernetesConnection {
  /** Name of the kubeconfig context, or `in-cluster`; empty when flags alone named the server. */
  readonly context: string;
  /** Host and port of the API server. */
  readonly server: string;
  /** Reads one object. @throws SourceError */
  readonly get: (request: ApiRequest) => Promise<unknown>;
  /** Reads one answer as text. @throws SourceError */
  readonly text: (request: ApiRequest) => Promise<string>;
  /** By how much the server's clock is ahead of ours, milliseconds; undefined before it told. */
  readonly clockAheadMs: () => number | undefined;
  /** Reads a list in pages, keeping what `project` returns of each item. @throws SourceError */
  readonly list: <T>(
    request: ApiRequest,
    project: (item: unknown) => T | undefined,
  ) => Promise<readonly T[]>;
  /** Runs a command in a container. @throws SourceError when it did not run */
  readonly exec: (request: ExecRequest) => Promise<ExecResult>;
  /** Reads the end of a log, each line with its time before it. @throws SourceError */
  readonly log: (request: LogRequest) => Promise<string>;
  /** Asks the API server whether the caller may do something. @throws SourceError */
  readonly mayI: (question: AccessQuestion, signal: AbortSignal) => Promise<boolean>;
  /** The name under which the API server knows the caller; undefined where it does not tell. @throws SourceError */
  readonly whoAmI: (signal: AbortSignal) => Promise<string | undefined>;
  /** Closes all connections. */
  readonly close: () => void;
}

/** Most bytes taken of each stream of an exec: at 1,000 nodes one node's output is about 450 kB. */
const MAX_EXEC_BYTES = 16 * 1024 * 1024;
const EXEC_RETRY_WAITS_MS: readonly number[] = [300, 900];

/**
 * Chooses the cluster and prepares the credentials. Sends no request to the cluster.
 *
 * @throws SourceError `no-kubeconfig`, `kubeconfig-not-found`, `invalid-kubeconfig`, `unknown-context`, `credential-plugin`
 */
export async function connect(options: ConnectOptions): Promise<KubernetesConnection> {
  const target = await findClusterTarget(options);
  const credentials = new Credentials(target, options.env);
  await credentials.identity();
  const timeoutMs = options.requestTimeoutMs ?? DEFAULT_REQUEST_TIMEOUT_MS;
  const client = new ApiClient(target.server, credentials, timeoutMs);
  const port = target.server.port || (target.server.protocol === 'https:' ? '443' : '80');
  const connection: KubernetesConnection = {
    context: target.contextName,
    server: `${target.server.hostname}:${port}`,
    get: (request) => client.get(request),
    text: (request) => client.text(request),
    clockAheadMs: () => client.clockAheadMs,
    list: (request, project) => listPaged(client, request, project),
    exec: (request) => runExec(client, credentials, request),
    log: (request) => readLog(client, request),
    mayI: (question, signal) => askAccess(client, question, signal),
    whoAmI: (signal) => whoAmI(client, signal),
    close: () => {
      credentials.close();
    },
  };
  keepClient(connection, client);
  return connection;
}

async function readLog(client: ApiClient, request: LogRequest): Promise<string> {
  const { namespace, pod, container, tailLines, limitBytes, timeoutMs } = request;
  const deadline = AbortSignal.timeout(timeoutMs);
  const target = `pod ${namespace}/${pod}`;
  const operation = `get pods/log of ${namespace}/${pod}`;
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/log`;
  const query = {
    container,
    timestamps: 'true',
    tailLines: String(tailLines),
    limitBytes: String(limitBytes),
    ...(request.previous === true && { previous: 'true' }),
  };
  const signal = AbortSignal.any([request.signal, deadline]);
  try {
    return await client.text({ path, query, operation, signal, maxBytes: limitBytes });
  } catch (error) {
    if (!deadline.aborted || request.signal.aborted) throw error;
    throw new SourceError('timed-out', { operation, target, cause: error });
  }
}

/** Repeats an exec that the server turned away, within its time limit. */
async function runExec(
  client: ApiClient,
  credentials: Credentials,
  request: ExecRequest,
): Promise<ExecResult> {
  const { namespace, pod, signal, timeoutMs } = request;
  const startedAt = performance.now();
  const url = execUrl(client, request);
  for (const waitMs of [...EXEC_RETRY_WAITS_MS, undefined]) {
    const leftMs = timeoutMs - (performance.now() - startedAt);
    try {
      return await execOverWebSocket({
        url,
        identity: await credentials.identity(),
        target: `pod ${namespace}/${pod}`,
        timeoutMs: leftMs,
        maxBytes: MAX_EXEC_BYTES,
        signal,
      });
    } catch (error) {
      const turnedAway = isSourceError(error, 'throttled');
      if (!turnedAway || waitMs === undefined || waitMs * 2 > leftMs) throw error;
      await sleep(waitMs * (0.5 + Math.random()), undefined, { signal }).catch(() => undefined);
    }
  }
  throw new Error('unreachable: the last attempt returns or throws');
}

function execUrl(client: ApiClient, request: ExecRequest): URL {
  const { namespace, pod, container, command } = request;
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/exec`;
  const url = client.url(path, { container, stdout: 'true', stderr: 'true' });
  for (const word of command) url.searchParams.append('command', word);
  return url;
}
