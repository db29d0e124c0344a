// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import type { ApiClient } from '#sources/kubernetes/api-client.ts';
import type { ApiVerb } from '#sources/kubernetes/api-read.ts';
import { SourceError } from '#sources/source-error.ts';

/** One thing that the caller may or may not do. */
export interface AccessQuestion {
  readonly verb: ApiVerb;
  /** `''` for the core group. */
  readonly group: string;
  /** Plural, with subresource: `nodes`, `pods/exec`. */
  readonly resource: string;
  /** Absent: in all namespaces, or on objects that have none. */
  readonly namespace?: string;
  /** Absent: any name. */
  readonly name?: string;
}

const answerSchema = z.object({ status: z.object({ allowed: z.boolean() }) });

/**
 * Asks by a SelfSubjectAccessReview, which every signed-in user may create by default (the ClusterRole
 * `system:basic-user`). A denial of one authorizer and the silence of all are both no.
 *
 * @throws SourceError `forbidden` where even asking is not allowed
 */
export async function askAccess(
  client: ApiClient,
  question: AccessQuestion,
  signal: AbortSignal,
): Promise<boolean> {
  const { resource, ...attributes } = question;
  const [plural = '', subresource] = resource.split('/');
  const operation = `ask whether one may ${question.verb} ${resource}`;
  const resourceAttributes = {
    ...attributes,
    resource: plural,
    ...(subresource !== undefined && { subresource }),
  };
  const answer = answerSchema.safeParse(
    await client.review({ resourceAttributes }, { operation, signal }),
  );
  if (answer.success) return answer.data.status.allowed;
  const detail = 'it is no answer to an access review';
  throw new SourceError('not-json', { operation, target: 'selfsubjectaccessreviews', detail });
}
