// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import type { Backend, ClusterOptions, NodeOptions } from '#simulation/cluster/cluster-options.ts';
import { cluster, macMini } from '#simulation/cluster/presets.ts';
import { checkSimulated, type SimulatedRun } from './simulated-run.ts';

/** Two racks: nodes of one share a segment, and a router joins the two. */
const TWO_SEGMENTS: readonly NodeOptions[] = [1, 2, 3, 4].map((number) => ({
  name: `node${String(number)}`,
  address: `10.20.${String(number % 2)}.${String(10 + number)}`,
  prefixLength: 24,
  podCIDR: `10.244.${String(number)}.0/24`,
}));

/** Clusters of every backend. */
const ANY_BACKEND: Readonly<Record<string, ClusterOptions>> = {
  '1 node': { nodes: 1 },
  '2 nodes': { nodes: 2 },
  '3 nodes': { nodes: 3 },
  '50 nodes': { nodes: 50 },
  'jumbo frames': { mtu: 9000 },
  'an annotation prefix of its own': { annotationPrefix: 'net.example.com/flannel' },
  'the layout of Talos': { layout: 'talos' },
};

const WITH_IPV6: Readonly<Record<string, ClusterOptions>> = {
  'both address families': { dualStack: true },
  'both address families and jumbo frames': { dualStack: true, mtu: 9000 },
  'IPv6 only': { ipv6Only: true },
};

const DIRECT: Readonly<Record<string, ClusterOptions>> = {
  'DirectRouting on one segment': { directRouting: true },
  'DirectRouting over two segments': { directRouting: true, nodes: TWO_SEGMENTS },
  'two segments without DirectRouting': { nodes: TWO_SEGMENTS },
};

const CLUSTERS: Readonly<Record<Backend, Readonly<Record<string, ClusterOptions>>>> = {
  vxlan: {
    ...ANY_BACKEND,
    ...WITH_IPV6,
    ...DIRECT,
    'a custom VNI': { vni: 4096 },
    'a custom port': { port: 4790 },
    'DirectRouting and IPv6 only': { directRouting: true, ipv6Only: true },
    '200 nodes': { nodes: 200 },
  },
  'host-gw': { ...ANY_BACKEND, ...WITH_IPV6 },
  wireguard: {
    ...ANY_BACKEND,
    ...WITH_IPV6,
    'one link for both families': { dualStack: true, wireguardMode: 'auto' },
    'two segments': { nodes: TWO_SEGMENTS },
  },
  ipip: { ...ANY_BACKEND, ...DIRECT },
};

/** Why checks of vxlan's own entries do not apply, by backend. */
const NO_VXLAN: Readonly<Record<Backend, readonly string[]>> = {
  vxlan: [],
  'host-gw': ['The backend is host-gw, not vxlan.', 'The backend is host-gw, which makes no link.'],
  wireguard: [
    'The backend is wireguard, whose paths are not probed.',
    'The backend is wireguard, not vxlan. Its peers, keys and handshakes cannot be read, so no pair of nodes is judged whole.',
    'With the backend wireguard the public IP alone does not say where packets go.',
    'With wireguard, flannel has one route for all nodes and none per peer.',
  ],
  ipip: ['The backend is ipip, not vxlan.', 'The backend is ipip, whose paths are not probed.'],
};

/** As flannel's own manifest has it. */
const NO_CNI_DIRECTORY = 'The container that was read does not have /etc/cni/net.d.';
const NO_IPV4 = 'Only IPv4 rules are read, and net-conf has no IPv4.';

/** The simulated nodes run kube-proxy as the lab's do, outside of pods: there is nothing to judge. */
function skipReasons({ report }: SimulatedRun): readonly string[] {
  const reasons = report.verdicts.flatMap(({ check, verdict, reason }) =>
    verdict === 'skip' && check !== 'kube-proxy-unhealthy' ? [reason ?? ''] : [],
  );
  return [...new Set(reasons)].sort();
}

function unknownReasons({ report }: SimulatedRun): readonly string[] {
  return report.verdicts.flatMap(({ verdict, reason, check, subject }) =>
    verdict === 'unknown' ? [`${check} ${subject}: ${reason ?? ''}`] : [],
  );
}

const MATRIX = Object.entries(CLUSTERS).flatMap(([backend, clusters]) =>
  Object.entries(clusters).map(
    ([name, options]): readonly [string, ClusterOptions & { readonly backend: Backend }] => [
      `${backend}, ${name}`,
      { ...options, backend: backend as Backend },
    ],
  ),
);

describe('a healthy simulated cluster', () => {
  it.each(MATRIX)('with %s has no finding, and skips what does not apply', async (_, options) => {
    const simulated = cluster(options);

    const run = await checkSimulated(simulated);

    const { backend, ipv6Only = false } = options;
    const pairs = simulated.nodeNames.length * (simulated.nodeNames.length - 1);
    // Of wireguard nothing but links and routes can be read: its pairs are never called whole.
    const hidden = backend === 'wireguard' ? pairs : 0;
    expect(run.findings).toEqual([]);
    expect(run.report.pairs).toEqual({ checked: pairs - hidden, broken: 0, unknown: hidden });
    expect(unknownReasons(run)).toEqual([]);
    expect(skipReasons(run)).toEqual(
      [
        NO_CNI_DIRECTORY,
        ...NO_VXLAN[backend],
        ...(ipv6Only ? [NO_IPV4] : []),
        ...(ipv6Only && backend === 'vxlan'
          ? ['The kernel has a reverse path filter for IPv4 only.']
          : []),
      ].sort(),
    );
  });

  it('like the one of the runbook has no finding', async () => {
    const { report, findings } = await checkSimulated(macMini());

    expect(findings).toEqual([]);
    expect(report.pairs).toEqual({ checked: 6, broken: 0, unknown: 0 });
  });
});
