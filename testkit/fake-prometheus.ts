// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One series that the server holds: a value at each time, in seconds. */
export interface HeldSeries {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Undefined: there is none at that time. */
  readonly value: (atSeconds: number) => number | string | undefined;
  /** Seconds between its last scrape and the instant that it is asked for; absent: 0. */
  readonly ageSeconds?: number;
}

/**
 * A server with Prometheus' query API on loopback. It knows selectors by their metric alone, and whether they mean the
 * root cgroup; a rate of a series is its value.
 */
export interface FakePrometheus {
  readonly url: string;
  /** Queries in the order of asking. */
  readonly queries: URLSearchParams[];
  /** Values of the header Authorization. */
  readonly tokens: (string | undefined)[];
  /** What answers instead; undefined: the series. */
  answer: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;
  readonly close: () => Promise<void>;
}

/** Starts a server that answers from series. */
export async function startFakePrometheus(held: readonly HeldSeries[]): Promise<FakePrometheus> {
  const queries: URLSearchParams[] = [];
  const tokens: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    queries.push(url.searchParams);
    tokens.push(request.headers.authorization);
    if (fake.answer !== undefined) {
      fake.answer(request, response);
      return;
    }
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify(answered(held, url)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const fake: FakePrometheus = {
    url: `http://127.0.0.1:${String(port)}`,
    queries,
    tokens,
    answer: undefined,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return fake;
}

function answered(held: readonly HeldSeries[], { pathname, searchParams }: URL): unknown {
  const query = searchParams.get('query') ?? '';
  const isOfRoot = query.includes('id="/"');
  const matching = held.filter(
    ({ metric, labels }) => query.includes(`${metric}{`) && (labels['id'] === '/') === isOfRoot,
  );
  if (pathname !== '/api/v1/query_range') {
    return success('vector', instant(matching, query, Number(searchParams.get('time'))));
  }
  const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(searchParams.get(name)));
  const result = matching.map(({ labels, value }) => {
    const values: (readonly [number, string])[] = [];
    for (let at = start ?? 0; at <= (end ?? 0); at += step ?? 60) {
      const held = value(at);
      if (held !== undefined) values.push([at, String(held)]);
    }
    return { metric: labels, values };
  });
  return success('matrix', result);
}

function instant(matching: readonly HeldSeries[], query: string, at: number): readonly unknown[] {
  if (query.startsWith('count(')) return [{ metric: {}, value: [at, String(matching.length)] }];
  return matching.flatMap(({ labels, value, ageSeconds = 0 }) => {
    const held = value(at);
    const told = query.includes('timestamp(') ? at - ageSeconds : held;
    return held === undefined ? [] : [{ metric: labels, value: [at, String(told)] }];
  });
}

function success(resultType: string, result: readonly unknown[]): unknown {
  return { status: 'success', data: { resultType, result } };
}
