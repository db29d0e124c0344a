// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { ApiError, internalError, TooManyRequests, UnknownPath, type Status } from './api-error.ts';
import type { JsonReply } from './call.ts';
import type { Fault } from './faults.ts';

const gzipAsync = promisify(gzip);

/** kubernetes@v1.34.4:staging/src/k8s.io/apiserver/pkg/endpoints/handlers/responsewriters/writers.go (defaultGzipThresholdBytes). */
const GZIP_THRESHOLD_BYTES = 128 * 1024;

/** Sends a JSON body, compressed when it is large and the client accepts gzip, or spoilt by a fault. */
export async function sendJson(
  incoming: IncomingMessage,
  response: ServerResponse,
  reply: JsonReply,
  fault?: Fault,
): Promise<void> {
  const whole = Buffer.from(JSON.stringify(reply.body));
  const body = fault?.kind === 'half-json' ? whole.subarray(0, whole.length >> 1) : whole;
  response.statusCode = reply.code;
  response.setHeader('Content-Type', 'application/json');
  response.setHeader('Cache-Control', 'no-cache, private');
  if (fault?.kind === 'cut') {
    cut(response, whole, fault.afterBytes);
    return;
  }
  if (body.length < GZIP_THRESHOLD_BYTES || !acceptsGzip(incoming)) {
    response.setHeader('Content-Length', body.length);
    response.end(body);
    return;
  }
  response.setHeader('Content-Encoding', 'gzip');
  response.setHeader('Vary', 'Accept-Encoding');
  response.end(await gzipAsync(body, { level: 1 }));
}

/** Sends the Status of an error; what is not an ApiError becomes a 500. */
export async function sendError(
  incoming: IncomingMessage,
  response: ServerResponse,
  error: unknown,
): Promise<void> {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  if (error instanceof UnknownPath) {
    response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' });
    response.end(`${error.message}\n`);
    return;
  }
  if (error instanceof TooManyRequests) {
    response.writeHead(429, {
      'Content-Type': 'text/plain; charset=utf-8',
      'Retry-After': error.retryAfterSeconds,
    });
    response.end(`${error.message}\n`);
    return;
  }
  const status = statusOf(error);
  const retryAfter = status.details?.retryAfterSeconds;
  if (retryAfter !== undefined) response.setHeader('Retry-After', retryAfter);
  await sendJson(incoming, response, { code: status.code ?? 500, body: status });
}

/** The Status that tells a client about an error. */
export function statusOf(error: unknown): Status {
  if (error instanceof ApiError) return error.status;
  return internalError(error instanceof Error ? error.message : String(error)).status;
}

function acceptsGzip(incoming: IncomingMessage): boolean {
  return /(?:^|[\s,])gzip(?:$|[\s,;])/.test(incoming.headers['accept-encoding'] ?? '');
}

function cut(response: ServerResponse, body: Buffer, afterBytes: number): void {
  response.setHeader('Content-Length', body.length);
  response.write(body.subarray(0, afterBytes), () => {
    response.destroy();
  });
}
