// SPDX-License-Identifier: Apache-2.0
import type { IncomingHttpHeaders } from 'node:http';
import { ApiError, unauthorized } from './api-error.ts';
import { allows, type PolicyRule } from './authorization.ts';

/** Someone who may call the server. */
export interface SimulatedUser {
  name: string;
  /** Bearer token. */
  token: string;
  /** Besides `system:authenticated`; `system:masters` may do everything. */
  groups?: readonly string[];
  /** What the user may do; absent: nothing beyond discovery and self reviews. */
  rules?: readonly PolicyRule[];
}

/** The one on whose behalf a request runs. */
export interface Caller {
  name: string;
  uid?: string;
  groups: readonly string[];
  rules: readonly PolicyRule[];
}

const ANONYMOUS: Caller = {
  name: 'system:anonymous',
  groups: ['system:unauthenticated'],
  rules: [],
};

/**
 * Finds out who calls, impersonation included.
 *
 * @throws ApiError 401 for a token of nobody, 403 for an impersonation that is not allowed
 */
export function authenticate(
  headers: IncomingHttpHeaders,
  users: readonly SimulatedUser[],
): Caller {
  const authorization = headers.authorization;
  const caller = authorization === undefined ? ANONYMOUS : bearer(authorization, users);
  const asUser = headers['impersonate-user'];
  return typeof asUser === 'string' ? impersonate(caller, asUser, headers, users) : caller;
}

function bearer(authorization: string, users: readonly SimulatedUser[]): Caller {
  const token = /^Bearer (\S+)$/i.exec(authorization)?.[1];
  const user = users.find((known) => known.token === token);
  if (user === undefined) throw unauthorized();
  return callerOf(user);
}

function callerOf(user: SimulatedUser): Caller {
  return {
    name: user.name,
    groups: [...(user.groups ?? []), 'system:authenticated'],
    rules: user.rules ?? [],
  };
}

function impersonate(
  caller: Caller,
  asUser: string,
  headers: IncomingHttpHeaders,
  users: readonly SimulatedUser[],
): Caller {
  requireImpersonation(caller, 'users', asUser);
  // Node joins repeated headers of unknown names with a comma and a space.
  const asGroups = [headers['impersonate-group'] ?? []].flat().flatMap((text) => text.split(', '));
  for (const group of asGroups) requireImpersonation(caller, 'groups', group);
  const uid = headers['impersonate-uid'];
  const known = users.find((user) => user.name === asUser);
  return {
    name: asUser,
    groups: [...asGroups, 'system:authenticated'],
    rules: known?.rules ?? [],
    ...(typeof uid === 'string' ? { uid } : {}),
  };
}

function requireImpersonation(caller: Caller, resource: string, name: string): void {
  if (allows(caller, { verb: 'impersonate', group: '', resource, name })) return;
  throw new ApiError(
    403,
    'Forbidden',
    `${resource} "${name}" is forbidden: User "${caller.name}" cannot impersonate resource "${resource}" in API group "" at the cluster scope`,
    { name, kind: resource },
  );
}
