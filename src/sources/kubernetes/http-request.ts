// SPDX-License-Identifier: Apache-2.0

import http from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { RequestIdentity } from '#sources/kubernetes/credentials.ts';
import { secondsText } from '#sources/kubernetes/seconds-text.ts';
import { SourceError, type SourceErrorCode } from '#sources/source-error.ts';

/** One GET, or with a body one POST unless `method` says otherwise. */
export interface HttpRequest {
  readonly url: URL;
  /** JSON to send; absent: none. */
  readonly body?: string | undefined;
  /** Absent: GET without a body, POST with one. */
  readonly method?: HttpMethod | undefined;
  /** Of the body; absent: `application/json`. */
  readonly contentType?: string | undefined;
  readonly identity: RequestIdentity;
  /** For errors: `list nodes`. */
  readonly operation: string;
  /** Until the last byte of the body; also ends connections whose other side is silent. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/** Methods that the API server is called with. */
export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A whole answer of any status. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

/**
 * Sends a request and reads the whole answer. Redirects are not followed: credentials go to the chosen server only.
 *
 * @throws SourceError `unreachable`, `tls`, `timed-out`, `cancelled`, `cut-off`, `too-large`, `invalid-kubeconfig`
 */
export async function httpSend(request: HttpRequest): Promise<HttpResponse> {
  const deadline = AbortSignal.timeout(request.timeoutMs);
  const signal = AbortSignal.any([request.signal, deadline]);
  let answered = false;
  try {
    const message = await responseOf(request, signal);
    answered = true;
    const body = await bodyOf(message, request.maxBytes, signal);
    return { status: message.statusCode ?? 0, headers: message.headers, body };
  } catch (cause) {
    const context = { operation: request.operation, target: request.url.host, cause };
    if (cause instanceof TooLarge) throw new SourceError('too-large', context);
    if (request.signal.aborted) throw new SourceError('cancelled', context);
    if (deadline.aborted) {
      const detail = `no whole answer within ${secondsText(request.timeoutMs)}`;
      throw new SourceError('timed-out', { ...context, detail });
    }
    if (answered) throw new SourceError('cut-off', context);
    throw transportError(request.operation, request.url.host, cause);
  }
}

class TooLarge extends Error {}

function responseOf(request: HttpRequest, signal: AbortSignal): Promise<http.IncomingMessage> {
  const { url, identity, body, contentType = 'application/json' } = request;
  const send = url.protocol === 'https:' ? https.request : http.request;
  return new Promise((resolve, reject) => {
    const outgoing = send(url, {
      agent: identity.agent,
      method: request.method ?? (body === undefined ? 'GET' : 'POST'),
      signal,
      headers: {
        Accept: 'application/json',
        'Accept-Encoding': 'gzip',
        'User-Agent': 'selvage',
        // Node sends no length of its own with a DELETE, and then its body is taken for the next request.
        ...(body !== undefined && {
          'Content-Type': contentType,
          'Content-Length': Buffer.byteLength(body),
        }),
        ...identity.headers,
      },
    });
    outgoing.on('response', resolve);
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

async function bodyOf(
  message: http.IncomingMessage,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Buffer> {
  const zipped = message.headers['content-encoding'] === 'gzip';
  const stream: Readable = zipped ? unzipped(message) : message;
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of stream) {
      signal.throwIfAborted();
      if (!Buffer.isBuffer(chunk)) continue;
      size += chunk.length;
      if (size > maxBytes) throw new TooLarge();
      chunks.push(chunk);
    }
  } finally {
    // After a whole body this is nothing; otherwise the connection must not be used again.
    if (!message.complete) message.destroy();
  }
  return Buffer.concat(chunks);
}

function unzipped(message: http.IncomingMessage): Readable {
  const gunzip = createGunzip();
  // A plain pipe does not pass on that the connection broke.
  message.on('error', (error) => gunzip.destroy(error));
  message.on('aborted', () => gunzip.destroy(new Error('aborted')));
  return message.pipe(gunzip);
}

const CERTIFICATE_CODES =
  /^(?:CERT_|ERR_TLS_|ERR_SSL_|EPROTO|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA)/;

/** Tells apart why no answer came, by the system's or TLS library's code. */
export function transportError(operation: string, target: string, cause: unknown): SourceError {
  if (cause instanceof SourceError) return cause;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const context = { operation, target, cause };
  if (code.startsWith('ERR_OSSL_')) {
    const detail = 'a certificate or key is no valid PEM';
    return new SourceError('invalid-kubeconfig', { ...context, detail });
  }
  if (code === 'ERR_INVALID_CHAR') {
    const detail = 'a credential holds characters that no header may have';
    return new SourceError('invalid-kubeconfig', { ...context, detail });
  }
  const kind: SourceErrorCode = CERTIFICATE_CODES.test(code)
    ? 'tls'
    : code.startsWith('HPE_')
      ? 'bad-request'
      : 'unreachable';
  return new SourceError(kind, { ...context, detail: code });
}
