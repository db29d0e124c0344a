// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage } from 'node:http';
import type { ServedCluster } from '#simulation/workload-backend.ts';
import { badRequest, type ErrorSubject } from './api-error.ts';
import type { Caller } from './authentication.ts';
import type { Fault } from './faults.ts';
import { isTrue, type RequestInfo } from './request-info.ts';

/** One authorised request for a resource. */
export interface Call {
  cluster: ServedCluster;
  caller: Caller;
  request: RequestInfo;
  incoming: IncomingMessage;
  /** Clock of the simulated cluster. */
  now: () => Date;
  /** Aborted when the server closes. */
  closing: AbortSignal;
  /** What goes wrong with this request; absent: nothing. */
  fault?: Fault;
}

/** A reply with a JSON body. */
export interface JsonReply {
  /** HTTP status code. */
  code: number;
  body: unknown;
}

/** What errors about this call name as their subject. */
export function subjectOf(call: Call): ErrorSubject {
  const { resource, name } = call.request;
  return {
    group: resource.group,
    resource: resource.plural,
    ...(name === undefined ? {} : { name }),
  };
}

/**
 * Tells whether the call only tries.
 *
 * @throws ApiError 400 for a `dryRun` that is not `All`
 */
export function isDryRun(call: Call): boolean {
  const values = call.request.query.getAll('dryRun').filter((value) => value !== '');
  if (values.some((value) => value !== 'All')) {
    throw badRequest(`dryRun: Unsupported value: "${values.join(',')}": supported values: "All"`);
  }
  return values.length > 0;
}

/** Reads a whole number from the query; undefined when absent or malformed. */
export function wholeNumber(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name) ?? '';
  return /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}

/** Reads a boolean from the query. */
export function flag(query: URLSearchParams, name: string): boolean {
  return isTrue(query.get(name));
}
