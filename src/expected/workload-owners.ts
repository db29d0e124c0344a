// SPDX-License-Identifier: Apache-2.0

import type {
  ContainerResources,
  DnsDeployment,
  FlannelDaemonSet,
  NodeObject,
} from '#model/cluster.ts';

/** Something that writes a DaemonSet and may write it again. */
export interface WorkloadOwner {
  /** Who: `Helm release flannel`, `Talos (upgrade-k8s)`. */
  readonly name: string;
  /** Which trace shows it. */
  readonly evidence: string;
  /** When a change by somebody else is overwritten, one sentence. */
  readonly comesBack: string;
  /** Where the lasting change belongs, one phrase: `in the chart's values.yaml`. */
  readonly where: string;
  /** The lasting change in the owner's language, line by line. */
  readonly lasting: (resources: ContainerResources) => readonly string[];
}

/** An object that tools write: flannel's DaemonSet, or the Deployment of the cluster's DNS. */
type OwnedObject = Pick<FlannelDaemonSet, 'namespace' | 'name' | 'container' | 'management'>;

/** What the owners are told by. */
export interface OwnedWorkload {
  readonly flannel: OwnedObject;
  readonly nodes: readonly Pick<NodeObject, 'osImage' | 'kubeletVersion'>[];
}

type Detect = (workload: OwnedWorkload) => WorkloadOwner | undefined;

/**
 * Who owns flannel's DaemonSet, the one that overwrites first at the head. Empty when no trace is known; undefined
 * when the traces could not be read.
 */
export function workloadOwners(workload: OwnedWorkload): readonly WorkloadOwner[] | undefined {
  if (workload.flannel.management === undefined) return undefined;
  const found = DETECTORS.flatMap((detect) => detect(workload) ?? []);
  // A chart that another tool renders or installs is changed there; kubectl's copy is left by many of them.
  return found.length > 1 ? found.filter(({ name }) => name !== KUBECTL) : found;
}

const KUBECTL = 'kubectl apply';

const argo: Detect = ({ flannel }) => {
  const evidence = traceOf(flannel, /^argocd\.argoproj\.io\//) ?? managerOf(flannel, /^argocd-/);
  if (evidence === undefined) return undefined;
  return {
    name: 'Argo CD',
    evidence,
    comesBack:
      'With self-heal Argo CD takes the change back within seconds, else at its next sync.',
    where: 'as a kustomize patch in the repository that Argo CD syncs',
    lasting: (resources) => kustomizePatch(flannel, resources),
  };
};

const flux: Detect = ({ flannel }) => {
  const helm =
    traceOf(flannel, /^helm\.toolkit\.fluxcd\.io\//) ?? managerOf(flannel, /^helm-controller$/);
  if (helm !== undefined) {
    return {
      name: 'Flux (HelmRelease)',
      evidence: helm,
      comesBack: 'Flux takes the change back at the next upgrade, or at once with drift detection.',
      where: 'under spec.postRenderers of the HelmRelease',
      lasting: (resources) => [
        'postRenderers:',
        '  - kustomize:',
        '      patches:',
        '        - patch: |',
        ...patchLines(flannel, resources).map((line) => `            ${line}`),
      ],
    };
  }
  const kustomize =
    traceOf(flannel, /^kustomize\.toolkit\.fluxcd\.io\//) ??
    managerOf(flannel, /^kustomize-controller$/);
  if (kustomize === undefined) return undefined;
  return {
    name: 'Flux (Kustomization)',
    evidence: kustomize,
    comesBack: 'Flux takes the change back at its next reconciliation, usually within 10 minutes.',
    where: 'as a kustomize patch in the repository that Flux reads',
    lasting: (resources) => kustomizePatch(flannel, resources),
  };
};

/** k3s and RKE2 install charts by HelmChart objects; HelmChartConfig changes the values of one of theirs. */
const helmChart: Detect = ({ flannel, nodes }) => {
  const release = releaseOf(flannel);
  const trace = traceOf(flannel, /^(?:objectset\.rio|helm)\.cattle\.io\//);
  const distribution = nodes.find(({ kubeletVersion }) => /\+(?:k3s|rke2)/.test(kubeletVersion));
  const isTheirs = distribution !== undefined && release?.startsWith('rke2-') === true;
  if (trace === undefined && !isTheirs) return undefined;
  const chart = release ?? flannel.management?.annotations['objectset.rio.cattle.io/owner-name'];
  return {
    name: `HelmChart ${chart ?? 'of k3s or RKE2'}`,
    evidence: trace ?? `release ${release ?? ''} on ${distribution?.kubeletVersion ?? ''}`,
    comesBack: 'The helm controller takes the change back when the server starts or is upgraded.',
    where: 'as a HelmChartConfig of the same name',
    lasting: (resources) => [
      'apiVersion: helm.cattle.io/v1',
      'kind: HelmChartConfig',
      'metadata:',
      `  name: ${chart ?? 'NAME-OF-THE-HELMCHART'}`,
      '  namespace: kube-system',
      'spec:',
      '  valuesContent: |-',
      '    flannel:',
      ...resourceLines(resources).map((line) => `      ${line}`),
    ],
  };
};

const helm: Detect = (workload) => {
  const { flannel } = workload;
  if (helmChart(workload) !== undefined) return undefined;
  const release = releaseOf(flannel);
  const evidence =
    traceOf(flannel, /^meta\.helm\.sh\/release-name$/) ?? managerOf(flannel, /^helm$/i);
  if (evidence === undefined) return undefined;
  const chart = flannel.management?.labels['helm.sh/chart'];
  return {
    name: `Helm release ${release ?? ''}`.trim(),
    evidence,
    comesBack: 'The next helm upgrade may take the change back.',
    where: `in the values.yaml of ${chart ?? 'the chart'}`,
    lasting: (resources) => ['flannel:', ...resourceLines(resources).map((line) => `  ${line}`)],
  };
};

const TALOS_NAMES: ReadonlySet<string> = new Set(['kube-flannel', 'coredns']);

/** Talos applies its manifests with its own field manager; upgrade-k8s writes them again (siderolabs/talos#10923). */
const talos: Detect = ({ flannel, nodes }) => {
  const isTalos = nodes.length > 0 && nodes.every(({ osImage }) => /^Talos\b/i.test(osImage));
  const evidence =
    managerOf(flannel, /^talos/i) ??
    (isTalos && flannel.namespace === 'kube-system' && TALOS_NAMES.has(flannel.name)
      ? `kube-system/${flannel.name} on nodes that run Talos`
      : undefined);
  if (evidence === undefined) return undefined;
  return {
    name: 'Talos',
    evidence,
    comesBack: 'talosctl upgrade-k8s writes its manifests anew and takes the change back.',
    where: "in the machine configuration of the control plane, in place of Talos' own manifest",
    lasting: (resources) => [
      '# Talos has no setting for this: its own Flannel is turned off, and yours takes its place.',
      'cluster:',
      '  network:',
      '    cni:',
      '      name: none',
      '  inlineManifests:',
      '    - name: flannel',
      '      contents: |',
      '        # the whole manifest of Flannel as it runs now, with this in its DaemonSet:',
      ...patchLines(flannel, resources).map((line) => `        ${line}`),
    ],
  };
};

const kops: Detect = ({ flannel }) => {
  const evidence = traceOf(flannel, /^(?:addon\.kops|addonmanager\.kubernetes)\.?/);
  if (evidence === undefined) return undefined;
  return {
    name: 'an addon manager',
    evidence,
    comesBack: 'The addon manager takes the change back when it applies its manifests again.',
    where: 'in the manifest that the addon manager applies',
    lasting: (resources) => patchLines(flannel, resources),
  };
};

const kubectl: Detect = ({ flannel }) => {
  const evidence =
    flannel.management?.lastApplied === true
      ? 'annotation kubectl.kubernetes.io/last-applied-configuration'
      : managerOf(flannel, /^kubectl(?:-client-side-apply)?$/);
  if (evidence === undefined) return undefined;
  return {
    name: KUBECTL,
    evidence,
    comesBack:
      'The next kubectl apply of the manifest takes back what the manifest sets, and leaves the rest.',
    where: 'as a kustomize patch of the manifest',
    lasting: (resources) => kustomizePatch(flannel, resources),
  };
};

const DETECTORS: readonly Detect[] = [argo, flux, helmChart, helm, talos, kops, kubectl];

function traceOf({ management }: OwnedObject, key: RegExp): string | undefined {
  const { labels = {}, annotations = {} } = management ?? {};
  const label = Object.entries(labels).find(([name]) => key.test(name));
  if (label !== undefined) return `label ${label[0]}=${label[1]}`;
  const annotation = Object.entries(annotations).find(([name]) => key.test(name));
  return annotation === undefined ? undefined : `annotation ${annotation[0]}: ${annotation[1]}`;
}

function managerOf({ management }: OwnedObject, name: RegExp): string | undefined {
  const manager = management?.managers.find((each) => name.test(each));
  return manager === undefined ? undefined : `field manager ${manager}`;
}

/** Name of the Helm release, as Helm spells names: nothing else goes into text to copy. */
function releaseOf({ management }: OwnedObject): string | undefined {
  const name = management?.annotations['meta.helm.sh/release-name'];
  return name !== undefined && /^[a-z0-9][-.a-z0-9]{0,52}$/.test(name) ? name : undefined;
}

/** `resources:` as YAML. */
function resourceLines({ requests, limits }: ContainerResources): readonly string[] {
  const part = (name: string, values: Readonly<Record<string, string>>): readonly string[] => {
    const entries = Object.entries(values);
    return entries.length === 0
      ? [`  ${name}: null`]
      : [`  ${name}:`, ...entries.map(([key, value]) => `    ${key}: ${value}`)];
  };
  return ['resources:', ...part('requests', requests), ...part('limits', limits)];
}

function patchLines(flannel: OwnedObject, resources: ContainerResources): readonly string[] {
  return [
    'apiVersion: apps/v1',
    'kind: DaemonSet',
    'metadata:',
    `  name: ${flannel.name}`,
    `  namespace: ${flannel.namespace}`,
    'spec:',
    '  template:',
    '    spec:',
    '      containers:',
    `        - name: ${flannel.container}`,
    ...resourceLines(resources).map((line) => `          ${line}`),
  ];
}

function kustomizePatch(flannel: OwnedObject, resources: ContainerResources): readonly string[] {
  return [
    'patches:',
    '  - patch: |',
    ...patchLines(flannel, resources).map((line) => `      ${line}`),
  ];
}

/** What a person is told of a DaemonSet's owners before it is changed, line by line. */
export function ownerNotes(
  workload: OwnedWorkload,
  resources: ContainerResources,
): readonly string[] {
  const { namespace, name } = workload.flannel;
  const owners = workloadOwners(workload);
  if (owners === undefined) {
    return [
      `Who owns the DaemonSet ${namespace}/${name} could not be read: the change may come back.`,
    ];
  }
  if (owners.length === 0) {
    return [
      `No owner of the DaemonSet ${namespace}/${name} is known by its traces. If some tool writes it, the change may come back.`,
    ];
  }
  return owners.flatMap((owner) => [
    `Owner: ${owner.name} (${owner.evidence}). ${owner.comesBack}`,
    `To make it last, ${owner.where}:`,
    ...owner.lasting(resources).map((line) => `  ${line}`),
  ]);
}

/** Who owns the Deployment of the cluster's DNS and may take a change of it back, one line each. */
export function dnsOwnerNotes(
  { namespace, name, management }: Pick<DnsDeployment, 'namespace' | 'name' | 'management'>,
  nodes: OwnedWorkload['nodes'],
): readonly string[] {
  const flannel = { namespace, name, container: name, management };
  const owners = workloadOwners({ flannel, nodes }) ?? [];
  return owners.map((owner) => `Owner: ${owner.name} (${owner.evidence}). ${owner.comesBack}`);
}
