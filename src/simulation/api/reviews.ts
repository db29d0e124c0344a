// SPDX-License-Identifier: Apache-2.0
import { badRequest } from './api-error.ts';
import { allows, type AccessAttempt, type PolicyRule } from './authorization.ts';
import type { Call, JsonReply } from './call.ts';
import { isJsonObject, type JsonObject } from './patch/json-value.ts';
import { groupVersionOf } from './resource-catalogue.ts';
import { decodeReviewSpec } from './review-protobuf.ts';

/**
 * Serves `create` of SelfSubjectAccessReview, SelfSubjectRulesReview and SelfSubjectReview.
 *
 * @param body parsed JSON, or the bytes of a protobuf message, which is what kubectl sends
 * @throws ApiError 400
 */
export function createReview(call: Call, body: unknown): JsonReply {
  const { resource } = call.request;
  const spec = Buffer.isBuffer(body) ? decodeReviewSpec(body) : specOf(body);
  const review = {
    kind: resource.kind,
    apiVersion: groupVersionOf(resource),
    metadata: { creationTimestamp: null },
    ...(resource.kind === 'SelfSubjectReview' ? {} : { spec }),
    status: statusOf(call, spec),
  };
  return { code: 201, body: review };
}

function specOf(body: unknown): JsonObject {
  return isJsonObject(body) && isJsonObject(body['spec']) ? body['spec'] : {};
}

function statusOf(call: Call, spec: JsonObject): JsonObject {
  switch (call.request.resource.kind) {
    case 'SelfSubjectAccessReview':
      return accessStatus(call, spec);
    case 'SelfSubjectRulesReview':
      return rulesStatus(call);
    default: {
      const { name, uid, groups } = call.caller;
      return { userInfo: { username: name, ...(uid === undefined ? {} : { uid }), groups } };
    }
  }
}

function accessStatus(call: Call, spec: JsonObject): JsonObject {
  const attributes = spec['resourceAttributes'];
  if (isJsonObject(attributes)) {
    const allowed = allows(call.caller, attemptOf(attributes));
    return allowed ? { allowed, reason: 'RBAC: allowed by the simulation' } : { allowed };
  }
  if (!isJsonObject(spec['nonResourceAttributes'])) {
    throw badRequest(
      'spec.resourceAttributes: Required value: exactly one of nonResourceAttributes or resourceAttributes must be specified',
    );
  }
  return { allowed: call.caller.groups.includes('system:authenticated') };
}

function attemptOf(attributes: JsonObject): AccessAttempt {
  const text = (field: string): string => {
    const value = attributes[field];
    return typeof value === 'string' ? value : '';
  };
  const optional = (field: 'subresource' | 'namespace' | 'name'): Partial<AccessAttempt> =>
    text(field) === '' ? {} : { [field]: text(field) };
  return {
    verb: text('verb'),
    group: text('group'),
    resource: text('resource'),
    ...optional('subresource'),
    ...optional('namespace'),
    ...optional('name'),
  };
}

const EVERYTHING: PolicyRule = { verbs: ['*'], apiGroups: ['*'], resources: ['*'] };

function rulesStatus(call: Call): JsonObject {
  const { groups, rules } = call.caller;
  const held = groups.includes('system:masters') ? [EVERYTHING, ...rules] : rules;
  return {
    resourceRules: held.map((rule) => ({
      verbs: rule.verbs,
      apiGroups: rule.apiGroups ?? [''],
      resources: rule.resources,
      ...(rule.resourceNames === undefined ? {} : { resourceNames: rule.resourceNames }),
    })),
    nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/api', '/apis', '/version'] }],
    incomplete: false,
  };
}
