// SPDX-License-Identifier: Apache-2.0

import type { ApplyManifestStep } from '#model/plan.ts';
import type { AskedRemedy } from '#remedies/define-remedy.ts';
import { type Manifest, manifest, manifestStep, RBAC, rule } from '#remedies/manifest.ts';

/** What restarts unless `--image` says otherwise: kubectl of the Kubernetes project. */
export const KUBECTL_IMAGE = 'registry.k8s.io/kubectl:v1.34.1';

/** What to restart, when, and why. */
export interface ScheduledRestartOptions {
  /** The DaemonSet; its own strategy replaces one pod after another. */
  readonly namespace: string;
  readonly daemonSet: string;
  readonly image: string;
  /** Five fields of cron, by {@link scheduleRefusal}. */
  readonly schedule: string;
  /** Name of the tz database. */
  readonly timeZone: string;
  /** What proves the leak, line by line. */
  readonly evidence: readonly string[];
}

const NAME = 'selvage-scheduled-restart';
const LABELS = { 'app.kubernetes.io/name': NAME, 'app.kubernetes.io/managed-by': 'selvage' };
/** A rollout of hundreds of nodes, one after another, may take so long; then the Job counts as failed. */
const ROLLOUT_SECONDS = 4 * 3600;
/** A run that was missed for longer, with the control plane down, waits for the next. */
const LATE_SECONDS = 3600;
/** Nothing is waited for: the objects are all there is. */
const NO_WAIT_SECONDS = 1;

/** Creates a CronJob that restarts Flannel's pods, one node after another. */
export const remedy: AskedRemedy<ScheduledRestartOptions> = {
  id: 'scheduled-restart',
  title: 'Restart Flannel by a schedule',
  scope: 'asked',
  risk: 'cluster',
  disturbance:
    'Creating it disturbs nothing. Each time that it runs, every flannel pod is replaced, one node after another: entries stay in the kernel, but for a moment its node is without masquerade rules, and misses changes of other nodes until the pod is ready.',
  command: ['install', 'scheduled-restart'],
  steps: (options) =>
    manifests(options).map((each): ApplyManifestStep => {
      const step = manifestStep(each, NO_WAIT_SECONDS);
      return each.body.kind === 'CronJob' ? { ...step, notes: notesOf(options) } : step;
    }),
};

/** Objects in the order in which they need each other. */
function manifests(options: ScheduledRestartOptions): readonly Manifest[] {
  const { namespace, daemonSet } = options;
  const metadata = { name: NAME, namespace, labels: LABELS };
  const only = [daemonSet];
  return [
    manifest('/api/v1', 'ServiceAccount', metadata, {}),
    // `rollout restart` gets and patches; `rollout status` lists and watches by the field metadata.name, which counts
    // as the name of the object (kubernetes.io: RBAC, referring to resources).
    manifest(`/apis/${RBAC}/v1`, 'Role', metadata, {
      rules: [rule('apps', ['daemonsets'], ['get', 'list', 'patch', 'watch'], only)],
    }),
    manifest(`/apis/${RBAC}/v1`, 'RoleBinding', metadata, {
      roleRef: { apiGroup: RBAC, kind: 'Role', name: NAME },
      subjects: [{ kind: 'ServiceAccount', name: NAME, namespace }],
    }),
    manifest('/apis/batch/v1', 'CronJob', metadata, { spec: cronJob(options) }),
  ];
}

function cronJob(options: ScheduledRestartOptions): object {
  const { schedule, timeZone } = options;
  return {
    schedule,
    timeZone,
    concurrencyPolicy: 'Forbid',
    startingDeadlineSeconds: LATE_SECONDS,
    successfulJobsHistoryLimit: 1,
    failedJobsHistoryLimit: 3,
    jobTemplate: {
      metadata: { labels: LABELS },
      spec: {
        // A rollout that is not through is looked at by a person, and not begun anew.
        backoffLimit: 0,
        activeDeadlineSeconds: ROLLOUT_SECONDS,
        template: { metadata: { labels: LABELS }, spec: podSpec(options) },
      },
    },
  };
}

function podSpec({ namespace, daemonSet, image }: ScheduledRestartOptions): object {
  const target = [`daemonset/${daemonSet}`, `--namespace=${namespace}`];
  const container = (name: string, args: readonly string[]): object => ({
    name,
    image,
    imagePullPolicy: 'IfNotPresent',
    // Each container is one call of kubectl, so that the image needs no shell.
    command: ['kubectl'],
    args,
    resources: { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '128Mi' } },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
    },
  });
  return {
    serviceAccountName: NAME,
    restartPolicy: 'Never',
    nodeSelector: { 'kubernetes.io/os': 'linux' },
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 65_532,
      runAsGroup: 65_532,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    initContainers: [container('restart', ['rollout', 'restart', ...target])],
    containers: [
      container('wait', [
        'rollout',
        'status',
        ...target,
        `--timeout=${String(ROLLOUT_SECONDS - 60)}s`,
      ]),
    ],
  };
}

function notesOf(options: ScheduledRestartOptions): readonly string[] {
  const { evidence, schedule, timeZone, image } = options;
  return [
    ...evidence,
    'It is a stopgap: it hides the leak. What ends it is an update, or a fix, of what leaks.',
    `Schedule: ${schedule}, in ${timeZone}`,
    `Image: ${image}`,
  ];
}
