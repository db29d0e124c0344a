// SPDX-License-Identifier: Apache-2.0

/** Longest life of a debug pod, seconds: its own process, the kubelet and the deadline for others all hold it. */
export const DEBUG_POD_LIFE_SECONDS = 600;
/** Name of the only container. */
export const DEBUG_CONTAINER = 'selvage';
/** Label that every debug pod carries, with {@link MANAGED_BY}. */
export const RUN_LABEL = 'selvage.dev/run';
/** Label of all that Selvage makes. */
export const MANAGED_BY = 'app.kubernetes.io/managed-by';
/** When anybody may remove the pod, RFC 3339. */
export const DEADLINE_ANNOTATION = 'selvage.dev/deadline';
/** Which process made it, see `run-owner.ts`. */
export const OWNER_ANNOTATION = 'selvage.dev/owner';

/** What tells one debug pod from another. */
export interface DebugPod {
  readonly namespace: string;
  readonly name: string;
  readonly node: string;
  readonly image: string;
  /** `Never` for an image that the node is known to have. */
  readonly pullPolicy: 'Never' | 'IfNotPresent';
  readonly run: string;
  readonly owner: string;
  readonly deadlineAt: Date;
  /** The only capabilities that it gets, without `CAP_`; its process is root then. Absent: none, and it is not. */
  readonly capabilities?: readonly DebugCapability[];
}

/** `SYSLOG`: reading the kernel log, where the kernel keeps that from everybody else. */
export type DebugCapability = 'SYSLOG';

/**
 * A pod that can read the host's network and do nothing else: no capability but those asked for, no token, no mount, no
 * other namespace of the host, a read-only root, no root user unless a capability needs it. `nodeName` passes by the
 * scheduler, so it runs on cordoned nodes as well.
 */
export function debugPodManifest(pod: DebugPod): object {
  const life = String(DEBUG_POD_LIFE_SECONDS);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: pod.name,
      namespace: pod.namespace,
      labels: { [MANAGED_BY]: 'selvage', [RUN_LABEL]: pod.run },
      annotations: {
        [DEADLINE_ANNOTATION]: pod.deadlineAt.toISOString(),
        [OWNER_ANNOTATION]: pod.owner,
      },
    },
    spec: {
      nodeName: pod.node,
      hostNetwork: true,
      restartPolicy: 'Never',
      activeDeadlineSeconds: DEBUG_POD_LIFE_SECONDS,
      terminationGracePeriodSeconds: 1,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      dnsPolicy: 'Default',
      tolerations: [{ operator: 'Exists' }],
      securityContext: {
        ...userOf(pod),
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [
        {
          name: DEBUG_CONTAINER,
          image: pod.image,
          imagePullPolicy: pod.pullPolicy,
          command: ['sh', '-c', `trap 'exit 0' TERM INT; sleep ${life} & wait`],
          resources: {
            requests: { cpu: '10m', memory: '16Mi' },
            limits: { cpu: '500m', memory: '64Mi' },
          },
          securityContext: {
            allowPrivilegeEscalation: false,
            privileged: false,
            readOnlyRootFilesystem: true,
            capabilities: {
              drop: ['ALL'],
              ...(pod.capabilities !== undefined && { add: pod.capabilities }),
            },
          },
        },
      ],
    },
  };
}

/** A capability that is added to a container is in effect for root alone. */
function userOf({ capabilities }: DebugPod): object {
  return capabilities === undefined
    ? { runAsNonRoot: true, runAsUser: 65534, runAsGroup: 65534 }
    : { runAsUser: 0, runAsGroup: 0 };
}
