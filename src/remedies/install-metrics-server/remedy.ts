// SPDX-License-Identifier: Apache-2.0

import type { ApplyManifestStep } from '#model/plan.ts';
import type { AskedRemedy } from '#remedies/define-remedy.ts';
import { type Manifest, manifest, manifestStep, RBAC, rule } from '#remedies/manifest.ts';

/** What is installed unless `--image` says otherwise. */
export const METRICS_SERVER_IMAGE = 'registry.k8s.io/metrics-server/metrics-server:v0.9.0';

/** How metrics-server is installed. */
export interface MetricsServerOptions {
  readonly image: string;
  /** Takes any certificate from kubelets. */
  readonly kubeletInsecureTls: boolean;
  /** Longest wait for the first metric, seconds. */
  readonly waitSeconds: number;
}

/** What has to answer before it counts as installed. */
const SERVED = '/apis/metrics.k8s.io/v1beta1/nodes';

const NAME = 'metrics-server';
const NAMESPACE = 'kube-system';
const LABELS = { 'k8s-app': NAME };
/** The viewers', editors' and administrators' roles take it up. */
const AGGREGATED = {
  ...LABELS,
  [`${RBAC}/aggregate-to-admin`]: 'true',
  [`${RBAC}/aggregate-to-edit`]: 'true',
  [`${RBAC}/aggregate-to-view`]: 'true',
};
const SUBJECTS = [{ kind: 'ServiceAccount', name: NAME, namespace: NAMESPACE }];

/** Objects in the order in which they need each other, as metrics-server@v0.9.0's components.yaml has them. */
function manifests(options: MetricsServerOptions): readonly Manifest[] {
  const local = { namespace: NAMESPACE, labels: LABELS };
  return [
    manifest('/api/v1', 'ServiceAccount', { name: NAME, ...local }, {}),
    manifest(
      `/apis/${RBAC}/v1`,
      'ClusterRole',
      {
        name: 'system:aggregated-metrics-reader',
        labels: AGGREGATED,
      },
      { rules: [rule('metrics.k8s.io', ['pods', 'nodes'], ['get', 'list', 'watch'])] },
    ),
    manifest(
      `/apis/${RBAC}/v1`,
      'ClusterRole',
      {
        name: 'system:metrics-server',
        labels: LABELS,
      },
      {
        rules: [
          rule('', ['nodes/metrics'], ['get']),
          rule('', ['pods', 'nodes'], ['get', 'list', 'watch']),
        ],
      },
    ),
    manifest(
      `/apis/${RBAC}/v1`,
      'RoleBinding',
      {
        name: 'metrics-server-auth-reader',
        ...local,
      },
      bound('Role', 'extension-apiserver-authentication-reader'),
    ),
    manifest(
      `/apis/${RBAC}/v1`,
      'ClusterRoleBinding',
      {
        name: 'metrics-server:system:auth-delegator',
        labels: LABELS,
      },
      bound('ClusterRole', 'system:auth-delegator'),
    ),
    manifest(
      `/apis/${RBAC}/v1`,
      'ClusterRoleBinding',
      {
        name: 'system:metrics-server',
        labels: LABELS,
      },
      bound('ClusterRole', 'system:metrics-server'),
    ),
    ...servingObjects(options),
  ];
}

/** What serves, after all that it needs. */
function servingObjects(options: MetricsServerOptions): readonly Manifest[] {
  const local = { namespace: NAMESPACE, labels: LABELS };
  return [
    manifest(
      '/api/v1',
      'Service',
      { name: NAME, ...local },
      {
        spec: {
          selector: LABELS,
          ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 'https' }],
        },
      },
    ),
    manifest('/apis/apps/v1', 'Deployment', { name: NAME, ...local }, deployment(options)),
    manifest(
      '/apis/apiregistration.k8s.io/v1',
      'APIService',
      {
        name: 'v1beta1.metrics.k8s.io',
        labels: LABELS,
      },
      {
        spec: {
          group: 'metrics.k8s.io',
          groupPriorityMinimum: 100,
          insecureSkipTLSVerify: true,
          service: { name: NAME, namespace: NAMESPACE },
          version: 'v1beta1',
          versionPriority: 100,
        },
      },
    ),
  ];
}

function bound(kind: string, name: string): object {
  return { roleRef: { apiGroup: RBAC, kind, name }, subjects: SUBJECTS };
}

function deployment({ image, kubeletInsecureTls }: MetricsServerOptions): object {
  const probe = (path: string, delay: number): object => ({
    failureThreshold: 3,
    httpGet: { path, port: 'https', scheme: 'HTTPS' },
    initialDelaySeconds: delay,
    periodSeconds: 10,
  });
  const container = {
    name: NAME,
    image,
    imagePullPolicy: 'IfNotPresent',
    args: [
      '--cert-dir=/tmp',
      '--secure-port=10250',
      '--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname',
      '--kubelet-use-node-status-port',
      '--metric-resolution=15s',
      ...(kubeletInsecureTls ? ['--kubelet-insecure-tls'] : []),
    ],
    ports: [{ name: 'https', containerPort: 10250, protocol: 'TCP' }],
    resources: { requests: { cpu: '100m', memory: '200Mi' } },
    livenessProbe: probe('/livez', 0),
    readinessProbe: probe('/readyz', 20),
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      runAsUser: 1000,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    volumeMounts: [{ name: 'tmp-dir', mountPath: '/tmp' }],
  };
  return {
    spec: {
      selector: { matchLabels: LABELS },
      strategy: { rollingUpdate: { maxUnavailable: 0 } },
      template: {
        metadata: { labels: LABELS },
        spec: {
          containers: [container],
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          priorityClassName: 'system-cluster-critical',
          serviceAccountName: NAME,
          volumes: [{ name: 'tmp-dir', emptyDir: {} }],
        },
      },
    },
  };
}

/** Creates the objects of metrics-server; the last step waits for a metric. */
export const remedy: AskedRemedy<MetricsServerOptions> = {
  id: 'install-metrics-server',
  title: 'Install metrics-server',
  scope: 'asked',
  risk: 'none',
  disturbance: 'One pod is added, and the API metrics.k8s.io. No flow is disturbed.',
  command: ['install', 'metrics-server'],
  steps: (options) =>
    manifests(options).map(({ path, body }): ApplyManifestStep => {
      const step = manifestStep({ path, body }, options.waitSeconds);
      if (body.kind === 'APIService') return { ...step, serves: SERVED };
      return body.kind === 'Deployment' ? { ...step, notes: notesOf(options) } : step;
    }),
};

function notesOf({ image, kubeletInsecureTls }: MetricsServerOptions): readonly string[] {
  return [
    `Image: ${image}`,
    kubeletInsecureTls
      ? 'Kubelets are not verified (--kubelet-insecure-tls): whoever stands between can pretend to be one.'
      : 'Kubelets have to show certificates of the cluster CA. Where they sign their own, nothing is measured, and all is taken back: then approve their certificates, or give --kubelet-insecure-tls.',
  ];
}
