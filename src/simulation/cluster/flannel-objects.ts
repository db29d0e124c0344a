// SPDX-License-Identifier: Apache-2.0
import { formatNetConf } from '#simulation/flanneld/net-conf.ts';
import type { KubernetesObject } from '#simulation/store.ts';
import type { Blueprint } from './blueprint.ts';
import type { LayoutNames } from './layouts.ts';

/** CNI configuration of the manifests, the same in all layouts. */
const CNI_CONF = {
  name: 'cbr0',
  cniVersion: '1.0.0',
  plugins: [
    { type: 'flannel', delegate: { hairpinMode: true, isDefaultGateway: true } },
    { type: 'portmap', capabilities: { portMappings: true } },
  ],
};

/** The ConfigMap that flanneld reads at its start. */
export function flannelConfigMap({ names, netConf }: Blueprint): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: names.configMap,
      namespace: names.namespace,
      labels: { ...names.labels },
    },
    data: {
      'cni-conf.json': `${JSON.stringify(CNI_CONF, undefined, 2)}\n`,
      'net-conf.json': formatNetConf(netConf),
    },
  };
}

/** Pod template's spec of the DaemonSet. */
export function flannelPodSpec(blueprint: Blueprint): Record<string, unknown> {
  const { names, flannelVersion, memoryLimit, annotationPrefix } = blueprint;
  const image = names.image(flannelVersion);
  const mounts = [
    { name: 'run', mountPath: '/run/flannel' },
    { name: 'flannel-cfg', mountPath: '/etc/kube-flannel/' },
  ];
  const prefixArgs =
    annotationPrefix === 'flannel.alpha.coreos.com'
      ? []
      : [`--kube-annotation-prefix=${annotationPrefix}`];
  return {
    hostNetwork: true,
    ...affinityOf(names),
    priorityClassName: 'system-node-critical',
    serviceAccountName: 'flannel',
    tolerations: names.toleratedEffects.map((effect) => ({ effect, operator: 'Exists' })),
    initContainers: names.initContainers.map((name) => ({ name, image })),
    containers: [
      ...names.companions.map((companion) => ({
        ...companion,
        securityContext: { privileged: true },
      })),
      {
        name: 'kube-flannel',
        image,
        command: ['/opt/bin/flanneld'],
        args: ['--ip-masq', '--kube-subnet-mgr', ...flagArguments(names), ...prefixArgs],
        resources: {
          requests: { cpu: '100m', memory: memoryLimit ?? '50Mi' },
          ...(memoryLimit === undefined ? {} : { limits: { memory: memoryLimit } }),
        },
        securityContext: names.privileged
          ? { privileged: true }
          : { privileged: false, capabilities: { add: ['NET_ADMIN', 'NET_RAW'] } },
        env: [
          { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
          { name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
          { name: 'EVENT_QUEUE_DEPTH', value: '5000' },
          ...Object.entries(names.environment).map(([name, value]) => ({ name, value })),
        ],
        volumeMounts: mounts,
      },
    ],
    volumes: [
      { name: 'run', hostPath: { path: '/run/flannel' } },
      { name: 'cni', hostPath: { path: '/etc/cni/net.d' } },
      { name: 'flannel-cfg', configMap: { name: names.configMap } },
    ],
  };
}

function flagArguments({ flags }: LayoutNames): string[] {
  return [
    ...(flags.forwardRules ? [] : ['--iptables-forward-rules=false']),
    ...(flags.blackholeRoute ? ['--ip-blackhole-route'] : []),
  ];
}

function affinityOf({ affinity }: LayoutNames): Record<string, unknown> {
  const matchExpressions = Object.entries(affinity).map(([key, value]) => ({
    key,
    operator: 'In',
    values: [value],
  }));
  const terms = { nodeSelectorTerms: [{ matchExpressions }] };
  return {
    affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } },
  };
}

/** The DaemonSet with all of its pods running. */
export function flannelDaemonSet(blueprint: Blueprint): KubernetesObject {
  const { names, nodes } = blueprint;
  const count = nodes.length;
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: {
      name: names.daemonSet,
      namespace: names.namespace,
      labels: { ...names.labels },
    },
    spec: {
      selector: { matchLabels: { ...names.podLabels } },
      template: { metadata: { labels: { ...names.podLabels } }, spec: flannelPodSpec(blueprint) },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
      revisionHistoryLimit: 10,
    },
    status: {
      currentNumberScheduled: count,
      desiredNumberScheduled: count,
      numberAvailable: count,
      numberMisscheduled: 0,
      numberReady: count,
      observedGeneration: 1,
      updatedNumberScheduled: count,
    },
  };
}
