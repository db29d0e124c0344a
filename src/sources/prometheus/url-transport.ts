// SPDX-License-Identifier: Apache-2.0

import { readFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';

import { httpSend, type HttpResponse } from '#sources/kubernetes/http-request.ts';
import { saidError } from '#sources/prometheus/answer.ts';
import type { Transport, TransportRequest } from '#sources/prometheus/prometheus-server.ts';
import { isSourceError, SourceError } from '#sources/source-error.ts';

/** How to ask a server by its address. */
export interface UrlTransportOptions {
  /** `http` or `https`; its path is that of the server, without `/api/v1`. */
  readonly url: URL;
  /** File with a bearer token; read for each request, for tokens are renewed. */
  readonly tokenFile?: string;
  /** PEM file of the authority that signed the server's certificate; absent: those of the system. */
  readonly caFile?: string;
}

const TIMEOUT_MS = 30_000;

/** Asks a server by its address. */
export function urlTransport({ url, tokenFile, caFile }: UrlTransportOptions): Transport {
  return async (request) => {
    const ca = caFile === undefined ? undefined : await fileText(caFile, request.operation);
    const token = tokenFile === undefined ? '' : await fileText(tokenFile, request.operation);
    const agent = url.protocol === 'https:' ? new https.Agent({ ca }) : new http.Agent();
    const headers = token === '' ? {} : { Authorization: `Bearer ${token.trim()}` };
    return bodyOf(request, url, await send(request, url, { agent, headers }));
  };
}

async function send(
  { path, query, operation, signal, maxBytes }: TransportRequest,
  base: URL,
  identity: { readonly agent: http.Agent; readonly headers: Readonly<Record<string, string>> },
): Promise<HttpResponse> {
  const url = new URL(base);
  url.pathname = url.pathname.replace(/\/$/u, '') + path;
  url.search = new URLSearchParams(query).toString();
  try {
    return await httpSend({ url, identity, operation, timeoutMs: TIMEOUT_MS, maxBytes, signal });
  } catch (error) {
    if (!isSourceError(error, 'too-large', 'timed-out', 'unreachable', 'tls')) throw error;
    const detail = DETAILS[error.code] ?? error.code;
    throw new SourceError('query-failed', { operation, target: url.host, detail, cause: error });
  }
}

const DETAILS: Readonly<Partial<Record<string, string>>> = {
  'too-large': 'its answer is larger than 64 MiB',
  'timed-out': 'no whole answer within 30 s',
  unreachable: 'it cannot be reached',
  tls: 'its certificate is not trusted',
};

function bodyOf({ operation }: TransportRequest, { host }: URL, response: HttpResponse): unknown {
  const body = jsonOf(response.body.toString());
  if (response.status === 200 && body !== undefined) return body;
  const detail = saidError(body) ?? `HTTP status ${String(response.status)}, no JSON`;
  const code = response.status === 200 ? 'not-json' : 'query-failed';
  throw new SourceError(code, { operation, target: host, detail });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

async function fileText(file: string, operation: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new SourceError('file-unreadable', { operation, target: file, cause });
  }
}
