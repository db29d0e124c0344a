// SPDX-License-Identifier: Apache-2.0

import { setTimeout as sleep } from 'node:timers/promises';
import { retryAfterMs, statusError } from '#sources/kubernetes/api-status.ts';
import type { Credentials } from '#sources/kubernetes/credentials.ts';
import { type HttpMethod, type HttpResponse, httpSend } from '#sources/kubernetes/http-request.ts';
import { SourceError, isSourceError } from '#sources/source-error.ts';

/** One read of the API. */
export interface ApiRequest {
  /** Absolute path on the server, without query: `/api/v1/nodes`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Verb and resource, for errors: `list nodes`. */
  readonly operation: string;
  readonly signal: AbortSignal;
  /** Most bytes taken of the answer; absent: 256 MiB. */
  readonly maxBytes?: number;
}

const MAX_BODY_BYTES = 256 * 1024 * 1024;
const MAX_RETRIES = 3;
const MAX_RETRY_WAIT_MS = 5000;
/** 429 and 503 are the API's word for "later"; the others come from proxies before it. */
const RETRIED_STATUS: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** One change of an object. */
export interface ApiChange extends ApiRequest {
  readonly method: Exclude<HttpMethod, 'GET'>;
  /** Sent as JSON; absent: nothing. */
  readonly body?: object;
  /** Absent: `application/json`. */
  readonly contentType?: string;
}

/** A request as it is sent. */
interface SentRequest extends ApiRequest {
  readonly body?: string;
  readonly method?: HttpMethod;
  readonly contentType?: string;
}

/** The API server's own word that it did not even look at the request. */
const UNPROCESSED_STATUS: ReadonlySet<number> = new Set([429]);

function retried({ method }: SentRequest): ReadonlySet<number> {
  return method === undefined ? RETRIED_STATUS : UNPROCESSED_STATUS;
}

const REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

/** Reads JSON from the API server. */
export class ApiClient {
  readonly #base: URL;
  readonly #credentials: Credentials;
  readonly #timeoutMs: number;
  #clockAheadMs: number | undefined;

  constructor(base: URL, credentials: Credentials, timeoutMs: number) {
    this.#base = base;
    this.#credentials = credentials;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * By how much the server's clock was ahead of ours at its last answer, milliseconds, to about a second; undefined
   * when no answer told the time.
   */
  get clockAheadMs(): number | undefined {
    return this.#clockAheadMs;
  }

  /** The URL of a path below the server's own (which has one behind Rancher and other gateways). */
  url(path: string, query: Readonly<Record<string, string>> = {}): URL {
    const url = new URL(this.#base);
    url.pathname = url.pathname.replace(/\/$/, '') + path;
    url.search = new URLSearchParams(query).toString();
    return url;
  }

  /**
   * Reads one answer as JSON. Repeats it a few times while the server asks to wait, once when the server does not
   * accept credentials that can be renewed, and once when a kept connection turns out to be closed.
   *
   * @throws SourceError
   */
  async get(request: ApiRequest): Promise<unknown> {
    return this.#json(request, await this.#call(request));
  }

  /** Reads one answer as text, in the same way. @throws SourceError */
  async text(request: ApiRequest): Promise<string> {
    return (await this.#call(request)).body.toString();
  }

  /**
   * Changes an object. Unlike a read it is repeated only when the server turned it away unprocessed: whether a
   * change took effect before a connection broke is for the caller to find out.
   *
   * @throws SourceError
   */
  async change({ body, ...request }: ApiChange): Promise<unknown> {
    const sent = { ...request, ...(body !== undefined && { body: JSON.stringify(body) }) };
    return this.#json(sent, await this.#call(sent));
  }

  /**
   * Asks what the caller may do. The server answers it and keeps nothing.
   *
   * @param spec of a SelfSubjectAccessReview
   * @throws SourceError
   */
  async review(spec: object, request: Omit<ApiRequest, 'path'>): Promise<unknown> {
    const review = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec,
    };
    const sent = { ...request, path: REVIEWS, body: JSON.stringify(review) };
    return this.#json(sent, await this.#call(sent));
  }

  async #call(request: SentRequest): Promise<HttpResponse> {
    let renewed = false;
    for (let attempt = 0; ; attempt += 1) {
      const response = await this.#send(request);
      if (response.status >= 200 && response.status < 300) return response;
      if (response.status === 401 && this.#credentials.renewable && !renewed) {
        renewed = true;
        this.#credentials.renew();
        continue;
      }
      if (retried(request).has(response.status) && attempt < MAX_RETRIES) {
        await this.#wait(request, response, attempt);
        continue;
      }
      throw await this.#sharpened(statusError(request.operation, this.#base.host, response));
    }
  }

  async #send(request: SentRequest): Promise<HttpResponse> {
    const url = this.url(request.path, request.query);
    const { operation, signal, body, method, contentType, maxBytes = MAX_BODY_BYTES } = request;
    const send = async (): Promise<HttpResponse> =>
      httpSend({
        url,
        body,
        method,
        contentType,
        operation,
        signal,
        identity: await this.#credentials.identity(),
        timeoutMs: this.#timeoutMs,
        maxBytes,
      });
    const sentAtMs = Date.now();
    try {
      const response = await send();
      this.#keepClock(response.headers.date, sentAtMs);
      return response;
    } catch (error) {
      if (method !== undefined || !isSourceError(error, 'unreachable') || !wasReset(error)) {
        throw isSourceError(error) ? await this.#sharpened(error) : error;
      }
      return send();
    }
  }

  #keepClock(date: string | undefined, sentAtMs: number): void {
    const atMs = Date.parse(date ?? '');
    // The header has whole seconds, cut: half a second is the mean of what is missing.
    if (!Number.isNaN(atMs)) this.#clockAheadMs = atMs + 500 - (sentAtMs + Date.now()) / 2;
  }

  async #wait(request: ApiRequest, response: HttpResponse, attempt: number): Promise<void> {
    const asked = retryAfterMs(response.headers['retry-after'], MAX_RETRY_WAIT_MS);
    const backOff = 200 * 2 ** attempt * (0.5 + Math.random());
    try {
      await sleep(asked ?? backOff, undefined, { signal: request.signal });
    } catch (cause) {
      throw new SourceError('cancelled', {
        operation: request.operation,
        target: this.#base.host,
        cause,
      });
    }
  }

  #json(request: ApiRequest, response: HttpResponse): unknown {
    const text = response.body.toString();
    try {
      return JSON.parse(text) as unknown;
    } catch {
      // An object without its end was cut by something that closed the connection in an orderly way.
      const cut = /^\s*\{/.test(text) && !/\}\s*$/.test(text.slice(-100));
      throw new SourceError(cut ? 'cut-off' : 'not-json', {
        operation: request.operation,
        target: this.#base.host,
      });
    }
  }

  /** Says "expired" where that is known: servers and TLS libraries call it something vaguer. */
  async #sharpened(error: SourceError): Promise<SourceError> {
    if (!isSourceError(error, 'unauthorized', 'tls')) return error;
    const end = await this.#credentials.expiredAt();
    if (end === undefined) return error;
    return new SourceError('expired-credentials', {
      operation: error.operation,
      target: error.target,
      detail: `since ${end.toISOString()}`,
      cause: error,
    });
  }
}

function wasReset(error: SourceError): boolean {
  const cause = error.cause;
  if (typeof cause !== 'object' || cause === null || !('code' in cause)) return false;
  return cause.code === 'ECONNRESET' || cause.code === 'EPIPE';
}
