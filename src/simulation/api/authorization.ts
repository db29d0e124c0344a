// SPDX-License-Identifier: Apache-2.0
import { ApiError } from './api-error.ts';
import type { RequestInfo } from './request-info.ts';

/** What somebody may do; the fields of an RBAC PolicyRule, plus the namespaces it holds in. */
export interface PolicyRule {
  verbs: readonly string[];
  /** Absent: the core group only. `*`: all. */
  apiGroups?: readonly string[];
  /** `pods`, `pods/exec`, `*`. Subresources are not part of their resource. */
  resources: readonly string[];
  /** Absent: any name. A named rule does not allow list, watch or create without a name. */
  resourceNames?: readonly string[];
  /** Absent: as by a ClusterRoleBinding. */
  namespaces?: readonly string[];
}

/** One thing that somebody wants to do. */
export interface AccessAttempt {
  verb: string;
  group: string;
  resource: string;
  subresource?: string;
  namespace?: string;
  name?: string;
}

/** Tells whether a caller's groups or rules allow an attempt. */
export function allows(
  caller: { groups: readonly string[]; rules: readonly PolicyRule[] },
  attempt: AccessAttempt,
): boolean {
  if (caller.groups.includes('system:masters')) return true;
  if (isSelfReview(attempt) && caller.groups.includes('system:authenticated')) return true;
  return caller.rules.some((rule) => ruleAllows(rule, attempt));
}

/**
 * Lets a request through or not.
 *
 * @throws ApiError 403, worded as kubernetes@v1.34.4:staging/src/k8s.io/apiserver/pkg/endpoints/handlers/responsewriters/errors.go
 */
export function authorize(
  caller: { name: string; groups: readonly string[]; rules: readonly PolicyRule[] },
  request: RequestInfo,
  verb: string = request.verb,
): void {
  const { resource, subresource, namespace, name } = request;
  const attempt: AccessAttempt = {
    verb,
    group: resource.group,
    resource: resource.plural,
    ...(subresource === undefined ? {} : { subresource }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
  };
  if (allows(caller, attempt)) return;
  throw forbidden(caller.name, attempt);
}

function forbidden(user: string, attempt: AccessAttempt): ApiError {
  const { verb, group, resource, subresource, namespace, name } = attempt;
  const qualified = group === '' ? resource : `${resource}.${group}`;
  const subject = name === undefined ? qualified : `${qualified} "${name}"`;
  const whole = subresource === undefined ? resource : `${resource}/${subresource}`;
  const scope =
    namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  return new ApiError(
    403,
    'Forbidden',
    `${subject} is forbidden: User "${user}" cannot ${verb} resource "${whole}" in API group "${group}" ${scope}`,
    {
      ...(name === undefined ? {} : { name }),
      ...(group === '' ? {} : { group }),
      kind: resource,
    },
  );
}

function isSelfReview(attempt: AccessAttempt): boolean {
  return attempt.verb === 'create' && attempt.resource.startsWith('selfsubject');
}

function ruleAllows(rule: PolicyRule, attempt: AccessAttempt): boolean {
  return (
    includes(rule.verbs, attempt.verb) &&
    includes(rule.apiGroups ?? [''], attempt.group) &&
    coversResource(rule.resources, attempt) &&
    covers(rule.resourceNames, attempt.name) &&
    covers(rule.namespaces, attempt.namespace)
  );
}

function coversResource(resources: readonly string[], attempt: AccessAttempt): boolean {
  const { resource, subresource } = attempt;
  if (subresource === undefined) return includes(resources, resource);
  return (
    includes(resources, `${resource}/${subresource}`) || resources.includes(`*/${subresource}`)
  );
}

function covers(wanted: readonly string[] | undefined, value: string | undefined): boolean {
  return wanted === undefined || (value !== undefined && wanted.includes(value));
}

function includes(wanted: readonly string[], value: string): boolean {
  return wanted.includes('*') || wanted.includes(value);
}
