// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import type { ApiClient } from '#sources/kubernetes/api-client.ts';

const REVIEWS = '/apis/authentication.k8s.io/v1/selfsubjectreviews';

const reviewSchema = z.object({
  status: z.object({ userInfo: z.object({ username: z.string() }) }),
});

/**
 * The name under which the API server knows the caller, by a SelfSubjectReview (Kubernetes 1.28), which every
 * signed-in user may create by default; undefined where the server does not know it or answers something else.
 *
 * @throws SourceError
 */
export async function whoAmI(client: ApiClient, signal: AbortSignal): Promise<string | undefined> {
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  const answer = await client.change({
    method: 'POST',
    path: REVIEWS,
    body,
    operation: 'ask who one is',
    signal,
  });
  const review = reviewSchema.safeParse(answer);
  return review.success ? review.data.status.userInfo.username : undefined;
}
