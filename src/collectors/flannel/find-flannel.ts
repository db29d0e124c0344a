// SPDX-License-Identifier: Apache-2.0

import type { FlannelDaemonSet, PodObject } from '#model/cluster.ts';
import { explicitAnnotationPrefix } from '#collectors/flannel/annotation-prefix.ts';
import {
  flannelFlag,
  imageVersion,
  isFlannelContainer,
} from '#collectors/flannel/flannel-container.ts';
import type { DaemonSet } from '#sources/kubernetes/objects/daemon-set.ts';
import type { PodWithTemplate } from '#sources/kubernetes/objects/pod.ts';
import type { ContainerSpec, PodTemplate } from '#sources/kubernetes/objects/pod-template.ts';
import { nonEmpty } from '#sources/plain-text.ts';

/** A workload that runs flanneld. */
export interface FlannelDiscovery {
  /** Without an annotation prefix when no flag names one: the nodes then tell. */
  readonly workload: Omit<FlannelDaemonSet, 'annotationPrefix'>;
  readonly annotationPrefix?: string;
  /** Labels of its pods, one set per DaemonSet. */
  readonly podSelectors: readonly Readonly<Record<string, string>>[];
  /** The pods, when the search itself has read them. */
  readonly pods?: readonly PodObject[];
}

/** Whether only containers that are flanneld count, or a pod was named by somebody who knows. */
export type Recognition = 'flanneld only' | 'whatever it is';

interface Candidate {
  readonly set: DaemonSet;
  readonly container: ContainerSpec;
}

/**
 * Flannel among DaemonSets, found by a container that is flanneld. Several of one namespace count as one workload
 * (one per architecture, as the official manifests of 2018 to 2020 had them); that with the most pods names it. A
 * tenant may run something that looks like it: that of a system namespace, and in the network of its nodes, comes
 * first. Windows ones are left out: there is no kernel to read the same way.
 */
export function flannelOfSets(
  sets: readonly DaemonSet[],
  recognition: Recognition = 'flanneld only',
): FlannelDiscovery | undefined {
  const candidates = sets
    .flatMap((set): Candidate[] => {
      const container = flannelContainer(set.template, recognition);
      if (container === undefined || isForWindows(set.template)) return [];
      return isOfNodes(set, recognition) ? [{ set, container }] : [];
    })
    .sort(
      ({ set: a }, { set: b }) =>
        standingOf(b) - standingOf(a) || b.desired - a.desired || (a.name < b.name ? -1 : 1),
    );
  const [main] = candidates;
  if (main === undefined) return undefined;
  const together = candidates.filter(({ set }) => set.namespace === main.set.namespace);
  const templates = together.map(({ set }) => set.template);
  return discovery({
    namespace: main.set.namespace,
    name: main.set.name,
    container: main.container,
    template: main.set.template,
    scheduling: {
      nodeSelector: commonEntries(templates.map((template) => template.nodeSelector)),
      tolerations: main.set.template.tolerations,
      ...affinityOf(templates),
    },
    podSelectors: together.map(({ set }) => set.podLabels),
    set: main.set,
  });
}

/** Flannel among pods, for users who may not list DaemonSets. Scheduling is then not known. */
export function flannelOfPods(
  pods: readonly PodWithTemplate[],
  recognition: Recognition = 'flanneld only',
): FlannelDiscovery | undefined {
  const flannel = pods
    .filter(({ template }) => flannelContainer(template, recognition) && !isForWindows(template))
    .filter((each) => isOfNodes(placed(each), recognition))
    .sort((a, b) => standingOf(placed(b)) - standingOf(placed(a)));
  const [first] = flannel;
  const container = first && flannelContainer(first.template, recognition);
  if (first === undefined || container === undefined) return undefined;
  const { namespace } = first.pod;
  return {
    ...discovery({
      namespace,
      name: first.daemonSet ?? first.pod.name,
      container,
      template: first.template,
      scheduling: {
        nodeSelector: {},
        tolerations: [],
        affinityOs: [],
        hasUnevaluatedAffinity: false,
      },
      podSelectors: [],
    }),
    pods: flannel.map(({ pod }) => pod).filter((pod) => pod.namespace === namespace),
  };
}

/** Where the manifests of flannel and of distributions put it. Who is a tenant may not make anything there. */
const SYSTEM_NAMESPACES: ReadonlySet<string> = new Set(['kube-flannel', 'kube-system']);

/**
 * How much speaks for a workload that runs flanneld being the cluster's own, 0 to 3: what it is named proves nothing.
 * Its namespace counts most; flannel in a pod's own network reaches no node.
 */
function standingOf({ namespace, template }: Pick<DaemonSet, 'namespace' | 'template'>): number {
  return (SYSTEM_NAMESPACES.has(namespace) ? 2 : 0) + (template.hostNetwork ? 1 : 0);
}

/** Flannel in a network of its own is none, where nobody named it: a tenant may call a container as flannel's. */
function isOfNodes(
  workload: Pick<DaemonSet, 'namespace' | 'template'>,
  recognition: Recognition,
): boolean {
  return recognition === 'whatever it is' || standingOf(workload) > 0;
}

function placed({ pod, template }: PodWithTemplate): Pick<DaemonSet, 'namespace' | 'template'> {
  return { namespace: pod.namespace, template };
}

type Scheduling = Pick<
  FlannelDaemonSet,
  'nodeSelector' | 'tolerations' | 'affinityOs' | 'hasUnevaluatedAffinity'
>;

interface DiscoveryParts {
  readonly namespace: string;
  readonly name: string;
  readonly container: ContainerSpec;
  readonly template: PodTemplate;
  readonly scheduling: Scheduling;
  readonly podSelectors: readonly Readonly<Record<string, string>>[];
  /** The DaemonSet itself; absent when only its pods could be read. */
  readonly set?: DaemonSet;
}

function discovery(parts: DiscoveryParts): FlannelDiscovery {
  const { namespace, name, container, template, scheduling, podSelectors, set } = parts;
  const version = imageVersion(container.image);
  const configMap = netConfMap(container, template);
  const prefix = explicitAnnotationPrefix(container);
  return {
    workload: {
      kind: 'daemonset',
      namespace,
      name,
      container: container.name,
      image: container.image,
      ...(version !== undefined && { version }),
      publicIpFlag: ['public-ip', 'public-ipv6'].some(
        (flag) => flannelFlag(container, flag) !== undefined,
      ),
      ...scheduling,
      ...(configMap !== undefined && { configMap }),
      ...(set !== undefined && {
        resources: container.resources ?? { requests: {}, limits: {} },
        updateStrategy: set.updateStrategy,
        management: set.management,
      }),
    },
    ...(prefix !== undefined && { annotationPrefix: prefix }),
    podSelectors,
  };
}

function flannelContainer(
  template: PodTemplate,
  recognition: Recognition,
): ContainerSpec | undefined {
  const found = template.containers.filter(isFlannelContainer);
  const main = found.find(({ name }) => name === 'kube-flannel') ?? found[0];
  return main ?? (recognition === 'whatever it is' ? template.containers[0] : undefined);
}

const OS_LABELS: ReadonlySet<string> = new Set(['kubernetes.io/os', 'beta.kubernetes.io/os']);

function isForWindows(template: PodTemplate): boolean {
  const selected = [...OS_LABELS].some((label) => template.nodeSelector[label] === 'windows');
  const { affinityOs } = affinityOf([template]);
  return selected || (affinityOs.length > 0 && affinityOs.every((os) => os === 'windows'));
}

function commonEntries(
  maps: readonly Readonly<Record<string, string>>[],
): Readonly<Record<string, string>> {
  const [first = {}, ...rest] = maps;
  return Object.fromEntries(
    Object.entries(first).filter(([key, value]) => rest.every((map) => map[key] === value)),
  );
}

/** The one form that is evaluated: every term is `kubernetes.io/os In [...]` and nothing else. */
function affinityOf(
  templates: readonly PodTemplate[],
): Pick<Scheduling, 'affinityOs' | 'hasUnevaluatedAffinity'> {
  const expressions = templates.flatMap((template) => template.affinityTerms).flat();
  const [os, other] = [
    expressions.filter(({ key, operator }) => OS_LABELS.has(key) && operator === 'In'),
    expressions.filter(({ key, operator }) => !(OS_LABELS.has(key) && operator === 'In')),
  ];
  return {
    affinityOs: [...new Set(os.flatMap(({ values }) => values))],
    hasUnevaluatedAffinity:
      other.length > 0 || templates.some((template) => template.hasOtherAffinity),
  };
}

const DEFAULT_NET_CONF = '/etc/kube-flannel/net-conf.json';

/** The ConfigMap mounted where flanneld looks for net-conf.json (`--net-config-path`). */
function netConfMap(container: ContainerSpec, template: PodTemplate): string | undefined {
  const file = nonEmpty(flannelFlag(container, 'net-config-path')) ?? DEFAULT_NET_CONF;
  const mount = container.mounts.find(({ path }) => {
    const directory = path.endsWith('/') ? path : `${path}/`;
    return file === path || file.startsWith(directory);
  });
  return mount && template.configMapVolumes.get(mount.volume);
}
