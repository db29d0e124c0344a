// SPDX-License-Identifier: Apache-2.0

import type { WorkloadRef } from '#model/resources.ts';

/**
 * A Job's name that a CronJob made ends in the minute it was due, in minutes since 1970, before Kubernetes 1.21 in
 * seconds (kubernetes@v1.34.4:pkg/controller/cronjob/utils.go, getJobName).
 */
const CRON_SUFFIX = /-\d{8,10}$/;

/** What of a pod tells its workload. */
export interface WorkloadTraces {
  readonly name: string;
  readonly node?: string | undefined;
  /** What controls it; absent: nobody. */
  readonly owner?: { readonly kind: string; readonly name: string } | undefined;
  /** Its label `pod-template-hash`. */
  readonly templateHash?: string | undefined;
}

/**
 * The workload that makes a pod, from what the pod itself says. A ReplicaSet whose name ends in the pod's template
 * hash is a Deployment's, for only its controller sets that label.
 */
export function workloadOf({ name, node, owner, templateHash }: WorkloadTraces): WorkloadRef {
  if (owner === undefined) return { kind: 'Pod', name };
  if (owner.kind === 'ReplicaSet' && templateHash !== undefined) {
    const end = `-${templateHash}`;
    return owner.name.endsWith(end)
      ? { kind: 'Deployment', name: owner.name.slice(0, -end.length) }
      : owner;
  }
  if (owner.kind === 'Job' && CRON_SUFFIX.test(owner.name)) {
    return { kind: 'CronJob', name: owner.name.replace(CRON_SUFFIX, '') };
  }
  if (owner.kind === 'Node') {
    const end = `-${node ?? owner.name}`;
    return { kind: 'Node', name: name.endsWith(end) ? name.slice(0, -end.length) : name };
  }
  return owner;
}
