// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import type { ClusterOptions } from '#simulation/cluster/cluster-options.ts';
import { cluster } from '#simulation/cluster/presets.ts';
import { checkSimulated, type SimulatedRun } from './simulated-run.ts';

/** The simulation has none of its pods. */
const NO_CNI_DIRECTORY = 'The container that was read does not have /etc/cni/net.d.';
const NO_KUBE_PROXY =
  'No pod in kube-system has the label k8s-app=kube-proxy: it runs in another way, or another program does its work.';

interface Layout {
  readonly options: ClusterOptions;
  readonly daemonSet: string;
  readonly configMap: string;
  /** How a node was read, without the suffix of the pod's name. */
  readonly origin: RegExp;
  /** Why checks do not apply; absent: all apply. */
  readonly skips?: readonly string[];
}

const LAYOUTS: Readonly<Record<string, Layout>> = {
  'kubeadm of today': {
    options: { layout: 'official' },
    daemonSet: 'kube-flannel/kube-flannel-ds',
    configMap: 'configmap kube-flannel/kube-flannel-cfg',
    origin: /^exec kube-flannel\/kube-flannel-ds-[a-z0-9]+$/u,
  },
  'kubeadm of 2020': {
    options: { layout: 'per-architecture' },
    daemonSet: 'kube-system/kube-flannel-ds-amd64',
    configMap: 'configmap kube-system/kube-flannel-cfg',
    origin: /^exec kube-system\/kube-flannel-ds-amd64-[a-z0-9]+$/u,
  },
  Canal: {
    options: { layout: 'canal' },
    daemonSet: 'kube-system/canal',
    configMap: 'configmap kube-system/canal-config',
    origin: /^exec kube-system\/canal-[a-z0-9]+$/u,
  },
  'Canal with both address families': {
    options: { layout: 'canal', dualStack: true },
    daemonSet: 'kube-system/canal',
    configMap: 'configmap kube-system/canal-config',
    origin: /^exec kube-system\/canal-[a-z0-9]+$/u,
  },
  RKE2: {
    options: { layout: 'rke2' },
    daemonSet: 'kube-system/rke2-canal',
    configMap: 'configmap kube-system/rke2-canal-config',
    origin: /^exec kube-system\/(rke2-canal-[a-z0-9]+) -c calico-node, exec kube-system\/\1$/u,
  },
  'RKE2 with host-gw': {
    options: { layout: 'rke2', backend: 'host-gw' },
    skips: [
      'The backend is host-gw, not vxlan.',
      'The backend is host-gw, which makes no link.',
      // Canal has no bridge, so no node has an address that only the overlay leads to.
      'No large packet was sent, or nothing is known of any of them.',
      'No ping through the overlay was sent, or nothing is known of any of them.',
    ],
    daemonSet: 'kube-system/rke2-canal',
    configMap: 'configmap kube-system/rke2-canal-config',
    origin: /^exec kube-system\/(rke2-canal-[a-z0-9]+) -c calico-node, exec kube-system\/\1$/u,
  },
};

function reasonsOf({ report }: SimulatedRun, wanted: 'skip' | 'unknown'): readonly string[] {
  const reasons = report.verdicts.flatMap(({ verdict, reason }) =>
    verdict === wanted ? [reason ?? ''] : [],
  );
  return [...new Set(reasons)].sort();
}

function placeOf({ snapshot }: SimulatedRun): string | undefined {
  const { flannel } = snapshot.cluster;
  if (flannel.state === 'absent' || flannel.value.kind === 'embedded') return undefined;
  return `${flannel.value.namespace}/${flannel.value.name}`;
}

describe('a healthy cluster in the layout of', () => {
  it.each(Object.entries(LAYOUTS))(
    '%s has no finding, and nothing is unknown',
    async (_name, { options, daemonSet, configMap, origin, skips = [] }) => {
      const run = await checkSimulated(cluster(options));

      const { netConf } = run.snapshot.cluster;
      const links = run.snapshot.nodes['node2']?.links;
      expect(run.findings).toEqual([]);
      expect(reasonsOf(run, 'unknown')).toEqual([]);
      expect(run.report.pairs).toEqual({ checked: 6, broken: 0, unknown: 0 });
      expect(placeOf(run)).toBe(daemonSet);
      expect(netConf).toMatchObject({ state: 'observed', origin: configMap });
      expect(links).toMatchObject({ state: 'observed', origin: expect.stringMatching(origin) });
      expect(reasonsOf(run, 'skip')).toEqual([NO_CNI_DIRECTORY, NO_KUBE_PROXY, ...skips].sort());
    },
  );
});

/** Checks that need neither flannel's pods, nor its configuration, nor what a kernel holds. */
const JUDGED_ON_K3S = [
  'api-access-limited',
  'backend-mixed',
  'coredns-on-one-node',
  'coredns-unavailable',
  'kube-proxy-unhealthy',
  'node-not-ready',
  'node-pressure',
  'pod-cidr-duplicate',
  'pod-ip-outside-pod-cidr',
];

const NO_PODS = 'Flannel does not run in pods of this cluster.';
const NO_WAY =
  'Flannel runs inside k3s: there is no flannel pod to run commands in, so the kernels of the nodes are unknown. With --allow-debug-pods they are read by short-lived pods.';
const NO_LOG = 'Flannel is embedded in another program: its log is in no pod.';
const NO_NET_CONF = 'Flannel runs inside k3s, and node1 does not tell by which arguments.';

describe('a fault in the layout of', () => {
  it.each(['per-architecture', 'canal', 'rke2'] as const)(
    '%s is found as everywhere',
    async (layout) => {
      const simulated = cluster({ layout });
      simulated.fault('routes-flush', 'node2');
      simulated.fault('fdb-del', 'node3', 'node1');

      const { findings } = await checkSimulated(simulated);

      expect(findings).toEqual([
        'fdb-entry-missing node3 -> node1 critical',
        'route-missing node2 -> node1 critical',
        'route-missing node2 -> node3 critical',
      ]);
    },
  );
});

describe('a healthy cluster of k3s', () => {
  it('has no finding, and says what cannot be read and why', async () => {
    const { report, findings, snapshot } = await checkSimulated(cluster({ layout: 'k3s' }));

    const judged = report.verdicts.filter(({ verdict }) => verdict !== 'unknown');
    const unknown = report.verdicts.filter(({ verdict }) => verdict === 'unknown');
    const { flannel, flannelPods, netConf } = snapshot.cluster;
    const absent = { state: 'absent', reason: 'unsupported' };
    expect(findings).toEqual([]);
    expect(report.pairs).toEqual({ checked: 0, broken: 0, unknown: 6 });
    expect(flannel).toMatchObject({
      value: { kind: 'embedded', annotationPrefix: 'flannel.alpha.coreos.com' },
    });
    expect(flannelPods).toEqual({ ...absent, detail: NO_PODS });
    expect(netConf).toEqual({ ...absent, detail: NO_NET_CONF });
    expect(snapshot.nodes['node2']?.links).toEqual({ ...absent, detail: NO_WAY });
    expect([...new Set(judged.map(({ check }) => check))].sort()).toEqual(JUDGED_ON_K3S);
    expect(
      [
        ...new Set(
          unknown.map(({ reason }) => reason?.replace(/^\w+: |\. netConfDrift: .*(?=\.)/gu, '')),
        ),
      ].sort(),
    ).toEqual([NO_PODS, NO_NET_CONF, NO_WAY, NO_LOG].sort());
  });
});
