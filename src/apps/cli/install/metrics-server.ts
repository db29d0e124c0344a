// SPDX-License-Identifier: Apache-2.0

import type { ApplyManifestStep } from '#model/plan.ts';

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

const NAME = 'metrics-server';
const NAMESPACE = 'kube-system';
const LABELS = { 'k8s-app': NAME };
const RBAC = 'rbac.authorization.k8s.io';
/** The viewers', editors' and administrators' roles take it up. */
const AGGREGATED = {
  ...LABELS,
  [`${RBAC}/aggregate-to-admin`]: 'true',
  [`${RBAC}/aggregate-to-edit`]: 'true',
  [`${RBAC}/aggregate-to-view`]: 'true',
};
const SUBJECTS = [{ kind: 'ServiceAccount', name: NAME, namespace: NAMESPACE }];

interface Manifest {
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Objects in the order in which they need each other, as metrics-server@v0.9.0's components.yaml has them. */
function manifests(options: MetricsServerOptions): readonly Manifest[] {
  const local = { namespace: NAMESPACE, labels: LABELS };
  return [
    at('/api/v1', 'ServiceAccount', { name: NAME, ...local }, {}),
    at(
      `/apis/${RBAC}/v1`,
      'ClusterRole',
      {
        name: 'system:aggregated-metrics-reader',
        labels: AGGREGATED,
      },
      { rules: [rule('metrics.k8s.io', ['pods', 'nodes'], ['get', 'list', 'watch'])] },
    ),
    at(
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
    at(
      `/apis/${RBAC}/v1`,
      'RoleBinding',
      {
        name: 'metrics-server-auth-reader',
        ...local,
      },
      bound('Role', 'extension-apiserver-authentication-reader'),
    ),
    at(
      `/apis/${RBAC}/v1`,
      'ClusterRoleBinding',
      {
        name: 'metrics-server:system:auth-delegator',
        labels: LABELS,
      },
      bound('ClusterRole', 'system:auth-delegator'),
    ),
    at(
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
    at(
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
    at('/apis/apps/v1', 'Deployment', { name: NAME, ...local }, deployment(options)),
    at(
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

function rule(group: string, resources: readonly string[], verbs: readonly string[]): object {
  return { apiGroups: [group], resources, verbs };
}

function bound(kind: string, name: string): object {
  return { roleRef: { apiGroup: RBAC, kind, name }, subjects: SUBJECTS };
}

function at(
  root: string,
  kind: string,
  metadata: { readonly name: string; readonly namespace?: string; readonly labels?: object },
  rest: object,
): Manifest {
  const plural = `${kind.toLowerCase()}s`;
  const { name, namespace } = metadata;
  const folder = namespace === undefined ? root : `${root}/namespaces/${namespace}`;
  const apiVersion = root.replace(/^\/apis?\//, '');
  return { path: `${folder}/${plural}/${name}`, body: { apiVersion, kind, metadata, ...rest } };
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

/** The steps that install metrics-server; the last one waits for a metric. */
export function metricsServerSteps(options: MetricsServerOptions): readonly ApplyManifestStep[] {
  return manifests(options).map(({ path, body }): ApplyManifestStep => {
    const { kind, metadata } = body as { kind: string; metadata: { name: string } };
    const object = `${kind} ${metadata.name}`;
    return {
      kind: 'apply-manifest',
      object,
      title: `create ${object}`,
      path,
      manifest: body,
      present: true,
      waitSeconds: options.waitSeconds,
      ...(kind === 'APIService' && { serves: '/apis/metrics.k8s.io/v1beta1/nodes' }),
      ...(kind === 'Deployment' && { notes: notesOf(options) }),
    };
  });
}

function notesOf({ image, kubeletInsecureTls }: MetricsServerOptions): readonly string[] {
  return [
    `Image: ${image}`,
    kubeletInsecureTls
      ? 'Kubelets are not verified (--kubelet-insecure-tls): whoever stands between can pretend to be one.'
      : 'Kubelets have to show certificates of the cluster CA. Where they sign their own, nothing is measured, and all is taken back: then approve their certificates, or give --kubelet-insecure-tls.',
  ];
}
