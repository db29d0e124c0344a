// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServedCluster } from '#simulation/workload-backend.ts';
import { ApiError, expired, qualified, TooManyRequests, UnknownPath } from './api-error.ts';
import { authenticate, type Caller, type SimulatedUser } from './authentication.ts';
import { authorize } from './authorization.ts';
import type { CallCounter } from './call-counter.ts';
import type { Call } from './call.ts';
import type { Fault, FaultPlan, FaultTarget } from './faults.ts';
import { nodeOfCall } from './pod-container.ts';
import { parseRequestInfo, type RequestInfo } from './request-info.ts';

/** How slow the simulated server is; may be changed while it runs. */
export interface Latency {
  /** Before each reply, in ms. */
  requestMs: number;
  /** Between the start of an exec and its output, in ms; may differ by node. */
  execMs: number | ((node: string) => number);
}

/** What the gate decides with. */
export interface GateOptions {
  cluster: ServedCluster;
  users: readonly SimulatedUser[];
  calls: CallCounter;
  faults: FaultPlan;
  latency: Latency;
  now: () => Date;
  closing: AbortSignal;
  /** API groups that do not exist here. */
  hiddenGroups: readonly string[];
  /** True when a WebSocket exec needs `create` besides `get`, as from Kubernetes 1.35 on. */
  execNeedsCreate: boolean;
}

/** A request that may go on: for a resource, or for a path without one. */
export type Admission =
  | { kind: 'resource'; call: Call }
  | { kind: 'path'; pathname: string; caller: Caller; fault?: Fault };

/**
 * Lets a request through: counts it, finds out who calls, waits, applies the faults that refuse
 * it, and asks for permission, in the order of the API server's filters.
 *
 * @throws ApiError, UnknownPath or TooManyRequests when it may not go on
 */
export async function admit(incoming: IncomingMessage, gate: GateOptions): Promise<Admission> {
  const url = new URL(incoming.url ?? '/', 'https://127.0.0.1');
  const request = parseRequestInfo(incoming.method ?? 'GET', url);
  if (request !== undefined && gate.hiddenGroups.includes(request.resource.group)) {
    throw new UnknownPath();
  }
  if (request === undefined) return admitPath(incoming, url.pathname, gate);
  const { verb, resource, subresource } = request;
  const target = targetOf(request);
  gate.calls.add(
    verb,
    subresource === undefined ? target.resource : `${target.resource}/${subresource}`,
  );
  const caller = authenticate(incoming.headers, gate.users);
  const { cluster, now, closing } = gate;
  const call: Call = { cluster, caller, request, incoming, now, closing };
  const fault = await suffer(gate, { ...target, node: nodeOfCall(call) });
  authorize(caller, request);
  if (resource.plural === 'pods' && subresource === 'exec' && gate.execNeedsCreate) {
    authorize(caller, request, 'create');
  }
  return { kind: 'resource', call: fault === undefined ? call : { ...call, fault } };
}

function targetOf(request: RequestInfo): FaultTarget & { resource: string } {
  const { verb, resource, subresource, namespace, name } = request;
  return {
    verb,
    resource: qualified({ group: resource.group, resource: resource.plural }),
    ...(subresource === undefined ? {} : { subresource }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
  };
}

/** Paths that tell nothing secret. kubernetes@v1.34.4:plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go */
const PUBLIC_PATHS = new Set(['/healthz', '/livez', '/readyz', '/version']);

async function admitPath(
  incoming: IncomingMessage,
  pathname: string,
  gate: GateOptions,
): Promise<Admission> {
  const verb = (incoming.method ?? 'GET').toLowerCase();
  gate.calls.add(verb, pathname);
  const caller = authenticate(incoming.headers, gate.users);
  const fault = await suffer(gate, { verb, resource: pathname });
  if (!PUBLIC_PATHS.has(pathname) && !caller.groups.includes('system:authenticated')) {
    throw new ApiError(
      403,
      'Forbidden',
      `forbidden: User "${caller.name}" cannot ${verb} path "${pathname}"`,
      {},
    );
  }
  return { kind: 'path', pathname, caller, ...(fault === undefined ? {} : { fault }) };
}

async function suffer(gate: GateOptions, target: FaultTarget): Promise<Fault | undefined> {
  const { requestMs } = gate.latency;
  if (requestMs > 0) await sleep(requestMs, undefined, { ref: false });
  const fault = gate.faults.take(target);
  switch (fault?.kind) {
    case 'too-many-requests':
      throw new TooManyRequests(fault.retryAfterSeconds);
    case 'server-error':
      throw serverError(fault.code);
    case 'expired':
      throw expired(
        'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.',
      );
    default:
      return fault;
  }
}

function serverError(code: 500 | 502 | 503 | 504): ApiError {
  const known = {
    500: ['InternalError', 'Internal error occurred: etcdserver: request timed out'],
    502: ['InternalError', 'bad gateway'],
    503: ['ServiceUnavailable', 'the server is currently unable to handle the request'],
    504: ['Timeout', 'Timeout: request did not complete within requested timeout'],
  } as const;
  const [reason, message] = known[code];
  return new ApiError(code, reason, message);
}
