// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';
import { ownerNotes, workloadOwners } from '#expected/workload-owners.ts';
import type { FlannelDaemonSet, ManagementTraces } from '#model/cluster.ts';

const RESOURCES = { requests: { memory: '1Gi' }, limits: { memory: '2Gi' } };
const NODE = { osImage: 'Debian GNU/Linux 13', kubeletVersion: 'v1.34.4' };

function flannel(traces: Partial<ManagementTraces>): FlannelDaemonSet {
  return {
    kind: 'daemonset',
    namespace: 'kube-system',
    name: 'kube-flannel',
    container: 'kube-flannel',
    image: 'flannel:v0.28.9',
    annotationPrefix: 'flannel.alpha.coreos.com',
    publicIpFlag: false,
    nodeSelector: {},
    tolerations: [],
    hasUnevaluatedAffinity: false,
    affinityOs: [],
    management: { labels: {}, annotations: {}, lastApplied: false, managers: [], ...traces },
  };
}

function owners(
  traces: Partial<ManagementTraces>,
  node: Partial<typeof NODE> = {},
): readonly { readonly name: string; readonly lines: string }[] {
  const found = workloadOwners({ flannel: flannel(traces), nodes: [{ ...NODE, ...node }] });
  return (found ?? []).map(({ name, lasting }) => ({ name, lines: lasting(RESOURCES).join('\n') }));
}

const HELM = {
  labels: { 'app.kubernetes.io/managed-by': 'Helm', 'helm.sh/chart': 'flannel-0.28.9' },
  annotations: { 'meta.helm.sh/release-name': 'flannel' },
};

describe('workloadOwners', () => {
  it.each<[string, Partial<ManagementTraces>, string, string]>([
    ['a release of Helm', HELM, 'Helm release flannel', 'flannel:\n  resources:\n    requests:'],
    [
      'Argo CD, by its annotation',
      { annotations: { 'argocd.argoproj.io/tracking-id': 'net:apps/DaemonSet:x/y' } },
      'Argo CD',
      'patches:',
    ],
    ['Argo CD, by its field manager', { managers: ['argocd-controller'] }, 'Argo CD', 'patches:'],
    [
      'a Kustomization of Flux',
      { labels: { 'kustomize.toolkit.fluxcd.io/name': 'net' } },
      'Flux (Kustomization)',
      'patches:',
    ],
    [
      'a HelmRelease of Flux',
      { labels: { 'helm.toolkit.fluxcd.io/name': 'net' } },
      'Flux (HelmRelease)',
      'postRenderers:',
    ],
    [
      'a HelmChart',
      { annotations: { 'objectset.rio.cattle.io/owner-name': 'canal' } },
      'HelmChart canal',
      'kind: HelmChartConfig\nmetadata:\n  name: canal',
    ],
    ['Talos, by its field manager', { managers: ['talos'] }, 'Talos', 'inlineManifests:'],
    ['an addon of kOps', { labels: { 'addon.kops.k8s.io/name': 'net' } }, 'an addon manager', ''],
    ['kubectl, by its copy', { lastApplied: true }, 'kubectl apply', 'patches:'],
    ['kubectl, by its field manager', { managers: ['kubectl'] }, 'kubectl apply', 'patches:'],
  ])('knows %s', (_name, traces, name, lines) => {
    const found = owners(traces);

    expect(found.map((owner) => owner.name)).toEqual([name]);
    expect(found[0]?.lines).toContain(lines);
    expect(found[0]?.lines).toContain('memory: 2Gi');
  });

  it('knows RKE2 by its nodes and the name of the release', () => {
    const annotations = { 'meta.helm.sh/release-name': 'rke2-canal' };

    const found = owners({ ...HELM, annotations }, { kubeletVersion: 'v1.34.1+rke2r1' });

    expect(found.map(({ name }) => name)).toEqual(['HelmChart rke2-canal']);
  });

  it('knows Talos by its nodes, and the tool that renders the chart before the chart', () => {
    const tracking = { 'argocd.argoproj.io/tracking-id': 'x' };

    const onTalos = owners({ lastApplied: true }, { osImage: 'Talos (v1.11.2)' });
    const both = owners({ ...HELM, annotations: { ...HELM.annotations, ...tracking } });

    expect(onTalos.map(({ name }) => name)).toEqual(['Talos']);
    expect(both.map(({ name }) => name)).toEqual(['Argo CD', 'Helm release flannel']);
  });

  it('does not copy a name of a release that Helm would not take', () => {
    const annotations = { 'meta.helm.sh/release-name': 'a\nkind: Evil' };

    const found = owners({ annotations });

    expect(found.map(({ name }) => name)).toEqual(['Helm release']);
  });
});

describe('ownerNotes', () => {
  it('says that it may come back where no owner is known, or none could be read', () => {
    const { management: _, ...unread } = flannel({});

    const none = ownerNotes({ flannel: flannel({}), nodes: [NODE] }, RESOURCES);
    const unknown = ownerNotes({ flannel: unread, nodes: [NODE] }, RESOURCES);

    expect(none.join(' ')).toMatch(/No owner .* may come back/);
    expect(unknown.join(' ')).toMatch(/could not be read.* may come back/);
  });

  it('names owner, trace, when it comes back, where it lasts and how', () => {
    const notes = ownerNotes({ flannel: flannel(HELM), nodes: [NODE] }, RESOURCES);

    expect(notes[0]).toBe(
      'Owner: Helm release flannel (annotation meta.helm.sh/release-name: flannel). The next helm upgrade may take the change back.',
    );
    expect(notes[1]).toBe('To make it last, in the values.yaml of flannel-0.28.9:');
    expect(notes.slice(2).every((line) => line.startsWith('  '))).toBe(true);
  });
});
