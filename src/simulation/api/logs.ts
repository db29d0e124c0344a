// SPDX-License-Identifier: Apache-2.0
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LogOptions } from '#simulation/workload-backend.ts';
import { badRequest, internalError } from './api-error.ts';
import { flag, wholeNumber, type Call } from './call.ts';
import { requireContainer, type PodContainer } from './pod-container.ts';

/** How often a followed log is read again. */
const FOLLOW_INTERVAL_MS = 100;

/**
 * Serves `pods/log` as plain text; with `follow` until the client leaves or the log cannot be read.
 *
 * @throws ApiError 400 when the container has no log, 500 when its node does not answer
 */
export async function serveLog(call: Call, response: ServerResponse): Promise<void> {
  const target = requireContainer(call);
  const { query } = call.request;
  const text = readLog(call, target, logOptions(query));
  response.writeHead(200, { 'Content-Type': 'text/plain' });
  const limit = wholeNumber(query, 'limitBytes');
  response.write(limit === undefined ? text : Buffer.from(text).subarray(0, limit));
  if (flag(query, 'follow')) await follow(call, target, response);
  response.end();
}

/** Reads the log that a call names, once. @throws ApiError */
export function readLog(call: Call, target: PodContainer, options: LogOptions): string {
  const { namespace, pod, container } = target;
  const log = call.cluster.log(namespace, pod, container, options);
  if (typeof log === 'string') return log;
  throw log.failure === 'node-unreachable' ? internalError(log.message) : badRequest(log.message);
}

/** The options that a log query asks for. */
export function logOptions(query: URLSearchParams): LogOptions {
  const tailLines = wholeNumber(query, 'tailLines');
  const sinceTime = query.get('sinceTime');
  return {
    ...(flag(query, 'previous') ? { previous: true } : {}),
    ...(tailLines === undefined ? {} : { tailLines }),
    ...(sinceTime === null ? {} : { sinceTime }),
    ...(flag(query, 'timestamps') ? { timestamps: true } : {}),
  };
}

async function follow(call: Call, target: PodContainer, response: ServerResponse): Promise<void> {
  const { previous, timestamps } = logOptions(call.request.query);
  const options = {
    ...(previous === undefined ? {} : { previous }),
    ...(timestamps === undefined ? {} : { timestamps }),
  };
  const { namespace, pod, container } = target;
  const read = (): string | undefined => {
    const log = call.cluster.log(namespace, pod, container, options);
    return typeof log === 'string' ? log : undefined;
  };
  let seen = read();
  while (seen !== undefined && !response.destroyed && !call.closing.aborted) {
    await sleep(FOLLOW_INTERVAL_MS);
    const now = read();
    if (now?.startsWith(seen) !== true) return;
    if (now.length > seen.length) response.write(now.slice(seen.length));
    seen = now;
  }
}
