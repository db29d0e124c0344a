// SPDX-License-Identifier: Apache-2.0

import type { HttpResponse } from '#sources/kubernetes/http-request.ts';
import { SourceError, type SourceErrorCode } from '#sources/source-error.ts';

/** The error for an answer that is not 2xx. */
export function statusError(
  operation: string,
  target: string,
  response: Pick<HttpResponse, 'status' | 'body'>,
): SourceError {
  const said = statusMessage(response.body);
  return new SourceError(statusCode(response.status), {
    operation,
    target,
    detail: said ?? `HTTP status ${String(response.status)}`,
  });
}

const CODES: ReadonlyMap<number, SourceErrorCode> = new Map([
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [404, 'not-found'],
  [409, 'conflict'],
  [410, 'gone'],
  [413, 'too-large'],
  [429, 'throttled'],
]);

function statusCode(status: number): SourceErrorCode {
  return CODES.get(status) ?? (status >= 500 ? 'server-error' : 'bad-request');
}

/**
 * The message of a `v1.Status`; undefined when the body is something else. A proxy's HTML is nothing to show.
 */
export function statusMessage(body: Buffer): string | undefined {
  if (body.length > 1_000_000) return undefined;
  try {
    const status: unknown = JSON.parse(body.toString());
    const says = typeof status === 'object' && status !== null && 'message' in status;
    return says && typeof status.message === 'string' ? status.message : undefined;
  } catch {
    return undefined;
  }
}

/** What Retry-After asks for, milliseconds, at most `maxMs`; undefined when it is absent or a date. */
export function retryAfterMs(header: string | undefined, maxMs: number): number | undefined {
  if (header === undefined || !/^\d{1,9}$/.test(header.trim())) return undefined;
  return Math.min(Number(header) * 1000, maxMs);
}
