// SPDX-License-Identifier: Apache-2.0
import { ApiError } from './api-error.ts';
import { subjectOf, type Call } from './call.ts';
import { isJsonObject } from './patch/json-value.ts';
import type { KubernetesObject } from '#simulation/store.ts';

const LEVEL = 'pod-security.kubernetes.io/enforce';

/**
 * Refuses what the namespace's Pod Security level forbids, as far as host namespaces go.
 *
 * @throws ApiError 403, worded as kubernetes@v1.34.4:staging/src/k8s.io/pod-security-admission/admission/admission.go
 */
export function admitPod(call: Call, pod: KubernetesObject): void {
  const { resource, namespace = '' } = call.request;
  if (resource.plural !== 'pods' || resource.group !== '') return;
  const level = call.cluster.store.get('namespaces', namespace)?.metadata.labels?.[LEVEL];
  const spec = isJsonObject(pod['spec']) ? pod['spec'] : {};
  if (level === undefined || level === 'privileged' || spec['hostNetwork'] !== true) return;
  const subject = { ...subjectOf(call), name: pod.metadata.name };
  const reason = `violates PodSecurity "${level}:latest": host namespaces (hostNetwork=true)`;
  throw new ApiError(403, 'Forbidden', `pods "${subject.name}" is forbidden: ${reason}`, {
    name: subject.name,
    kind: 'pods',
  });
}
