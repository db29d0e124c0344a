// SPDX-License-Identifier: Apache-2.0

import type { WorkloadRef } from '#model/resources.ts';

/** Letters and digits of names that Kubernetes makes up (kubernetes@v1.34:staging/src/k8s.io/apimachinery/pkg/util/rand). */
const RANDOM = '[bcdfghjklmnpqrstvwxz2456789]';
const DEPLOYMENT = new RegExp(`^(.+)-${RANDOM}{8,10}-${RANDOM}{5}$`, 'u');
const DAEMON_SET = new RegExp(`^(.+)-${RANDOM}{5}$`, 'u');
const STATEFUL_SET = /^(.+)-\d{1,5}$/u;

/**
 * The workload that made a pod, from the pod's name alone: for pods that are gone, of which measurements are all that
 * is left. A pod of a Job looks like one of a DaemonSet.
 */
export function workloadByName(pod: string): WorkloadRef {
  const forms = [
    ['Deployment', DEPLOYMENT],
    ['DaemonSet', DAEMON_SET],
    ['StatefulSet', STATEFUL_SET],
  ] as const;
  for (const [kind, form] of forms) {
    const name = form.exec(pod)?.[1];
    if (name !== undefined) return { kind, name };
  }
  return { kind: 'Pod', name: pod };
}
