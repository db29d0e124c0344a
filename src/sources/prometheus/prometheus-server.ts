// SPDX-License-Identifier: Apache-2.0

import { parseAnswer, type QueryAnswer } from '#sources/prometheus/answer.ts';
import { SourceError } from '#sources/source-error.ts';

/** Sends one GET to a server and returns the JSON of its answer. @throws SourceError */
export type Transport = (request: TransportRequest) => Promise<unknown>;

/** One request of the query API. */
export interface TransportRequest {
  /** Below the server's own: `/api/v1/query`. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly operation: string;
  readonly signal: AbortSignal;
  readonly maxBytes: number;
}

/** What of time a range query covers. */
export interface QueryRange {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
}

/** A server that speaks Prometheus' query API. */
export interface PrometheusServer {
  /** Which: `https://prometheus.example`, `Service monitoring/prometheus-operated`. */
  readonly through: string;
  /** Values at an instant. @throws SourceError */
  readonly instant: (query: string, atMs: number, signal: AbortSignal) => Promise<QueryAnswer>;
  /** Values over a time. @throws SourceError */
  readonly range: (query: string, range: QueryRange, signal: AbortSignal) => Promise<QueryAnswer>;
}

/** Most bytes taken of an answer: some 2 million points. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
/** The server gives up a query after it: nobody waits for the answer any longer. */
const SERVER_TIMEOUT = '25s';

/** The query API over some way to send requests. */
export function prometheusServer(through: string, send: Transport): PrometheusServer {
  const ask = async (
    path: string,
    query: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<QueryAnswer> => {
    const operation = `query ${through}`;
    const body = await send({
      path,
      query: { ...query, timeout: SERVER_TIMEOUT },
      operation,
      signal,
      maxBytes: MAX_ANSWER_BYTES,
    });
    const answer = parseAnswer(body);
    if (answer !== undefined) return answer;
    const detail = 'no answer of the query API of Prometheus';
    throw new SourceError('query-failed', { operation, target: path, detail });
  };
  return {
    through,
    instant: (query, atMs, signal) => ask('/api/v1/query', { query, time: seconds(atMs) }, signal),
    range: (query, { fromMs, toMs, stepMs }, signal) =>
      ask(
        '/api/v1/query_range',
        { query, start: seconds(fromMs), end: seconds(toMs), step: seconds(stepMs) },
        signal,
      ),
  };
}

function seconds(ms: number): string {
  return String(Math.round(ms) / 1000);
}
