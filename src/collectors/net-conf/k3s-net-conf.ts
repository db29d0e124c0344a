// SPDX-License-Identifier: Apache-2.0

import type { NetConf, NodeObject } from '#model/cluster.ts';
import type { IpFamily } from '#model/kernel.ts';
import { cidrIncludes, formatCidr, parseCidr } from '#model/net/cidr.ts';
import { FactAbsence } from '#collectors/fact-absence.ts';
import { DEFAULT_ANNOTATION_PREFIX } from '#collectors/flannel/annotation-prefix.ts';
import type { K3sFlags } from '#sources/kubernetes/objects/k3s-flags.ts';
import type { ProjectedNode } from '#sources/kubernetes/objects/node.ts';

/** Whether k3s is the node's kubelet: its version ends like `v1.33.5+k3s1`. */
export function isK3sNode({ kubeletVersion }: NodeObject): boolean {
  return /\+k3s\d*$/u.test(kubeletVersion);
}

/** What k3s takes without `--cluster-cidr`, by the families of its nodes' addresses. */
const DEFAULT_NETWORKS: Readonly<Record<IpFamily, string>> = {
  4: '10.42.0.0/16',
  6: 'fd00:42::/56',
};

/**
 * net-conf.json as k3s writes it for its own flannel at each start (k3s@05f0cdf:pkg/agent/flannel/setup.go,
 * createFlannelConf): the file is on the hosts and in no object. Backend and VNI are what most nodes announce, the
 * families those of most nodes' pod ranges. The rest is constant in k3s: it names neither port nor MTU, and switches
 * nothing on. The network is what the servers' arguments name, or else k3s's
 * default; absent when no server tells, or most ranges lie outside.
 *
 * @throws FactAbsence when a node has a file of the administrator's, does not tell, or the nodes disagree
 */
export function k3sNetConf(nodes: readonly ProjectedNode[]): NetConf {
  const running = nodes.filter(({ node }) => node.os === 'linux' && typeOf(node) !== undefined);
  assertWrittenByK3s(running);
  const servers = nodes.flatMap(({ k3sFlags }) => (k3sFlags?.isServer === true ? k3sFlags : []));
  if (servers.some(({ flannelBackend }) => flannelBackend === 'none')) {
    throw new FactAbsence('unsupported', 'k3s runs without its flannel (--flannel-backend none).');
  }
  const objects = running.map(({ node }) => node);
  const backendType = majority(objects.map((node) => typeOf(node)));
  if (backendType === undefined) {
    throw new FactAbsence('failed', 'No backend of flannel is announced by most nodes of k3s.');
  }
  const families = familiesOf(objects);
  if (families.length === 0) {
    throw new FactAbsence('failed', 'Most nodes of k3s have no pod range.');
  }
  const networks = networksOf(families, objects, servers);
  if ((backendType === 'host-gw' || backendType === 'wireguard') && networks.size === 0) {
    throw new FactAbsence(
      'unsupported',
      'The arguments of no server of k3s tell the pod network, and without it its routes are not known.',
    );
  }
  const [network, ipv6Network] = [networks.get(4), networks.get(6)];
  const mode = backendType === 'wireguard' ? wireguardMode(servers) : undefined;
  return Object.freeze({
    ...(network !== undefined && { network }),
    ...(ipv6Network !== undefined && { ipv6Network }),
    ipv4: families.includes(4),
    ipv6: families.includes(6),
    nftables: false,
    backendType,
    vni: backendType === 'vxlan' ? vniOf(objects) : 1,
    directRouting: false,
    learning: false,
    gbp: false,
    ...(mode !== undefined && { mode }),
    announced: true,
  });
}

function assertWrittenByK3s(running: readonly ProjectedNode[]): void {
  for (const { node, k3sFlags } of running) {
    if (k3sFlags === undefined) {
      throw new FactAbsence(
        'unsupported',
        `Flannel runs inside k3s, and ${node.name} does not tell by which arguments.`,
      );
    }
    if (k3sFlags.hasFlannelConf) {
      throw new FactAbsence(
        'unsupported',
        `Flannel runs inside k3s, and ${node.name} has a file of its own for it (--flannel-conf), which no API shows.`,
      );
    }
  }
}

function typeOf(node: NodeObject): string | undefined {
  return node.flannelAnnotations[`${DEFAULT_ANNOTATION_PREFIX}/backend-type`];
}

function vniOf(nodes: readonly NodeObject[]): number {
  const vni = majority(nodes.map(announcedVni));
  if (vni === undefined) {
    throw new FactAbsence('failed', 'No VNI is announced by most nodes of k3s.');
  }
  return vni;
}

function announcedVni({ flannelAnnotations }: NodeObject): number | undefined {
  for (const name of ['backend-data', 'backend-v6-data']) {
    try {
      const data: unknown = JSON.parse(
        flannelAnnotations[`${DEFAULT_ANNOTATION_PREFIX}/${name}`] ?? '',
      );
      const vni = typeof data === 'object' && data !== null && 'VNI' in data ? data.VNI : undefined;
      if (typeof vni === 'number' && Number.isInteger(vni) && vni > 0) return vni;
    } catch {
      // No word on it: what is wrong with an annotation is for checks to say.
    }
  }
  return undefined;
}

/** Older k3s took it as an option of the backend, e.g. `wireguard-native=Mode=auto`. */
function wireguardMode(servers: readonly K3sFlags[]): string | undefined {
  const [mode] = servers.flatMap(
    ({ flannelBackend = '' }) => /[=,]Mode=(\w+)/u.exec(flannelBackend)?.[1] ?? [],
  );
  return mode;
}

/** Families of which most nodes have a pod range. */
function familiesOf(nodes: readonly NodeObject[]): readonly IpFamily[] {
  return ([4, 6] as const).filter(
    (family) => 2 * nodes.filter((node) => rangesOf(node, family).length > 0).length > nodes.length,
  );
}

type Range = NonNullable<ReturnType<typeof parseCidr>>;

function rangesOf({ podCIDRs }: NodeObject, family: IpFamily): readonly Range[] {
  return podCIDRs.flatMap((text) => {
    const cidr = parseCidr(text);
    return cidr?.family === family ? [cidr] : [];
  });
}

/** The networks of all families; empty when one of them is not known. */
function networksOf(
  families: readonly IpFamily[],
  nodes: readonly NodeObject[],
  servers: readonly K3sFlags[],
): ReadonlyMap<IpFamily, string> {
  const named = new Set(servers.map(({ clusterCidrs }) => clusterCidrs.join(',')));
  const [text] = named;
  if (text === undefined || named.size > 1) return new Map();
  const texts = text === '' ? Object.values(DEFAULT_NETWORKS) : text.split(',');
  const cidrs = texts.flatMap((each) => parseCidr(each) ?? []);
  const networks = families.flatMap((each): [IpFamily, string][] => {
    const network = cidrs.find((cidr) => cidr.family === each);
    return network !== undefined && holdsMost(network, nodes) ? [[each, formatCidr(network)]] : [];
  });
  return networks.length === families.length ? new Map(networks) : new Map();
}

function holdsMost(network: Range, nodes: readonly NodeObject[]): boolean {
  const ranges = nodes.flatMap((node) => rangesOf(node, network.family));
  return 2 * ranges.filter((range) => cidrIncludes(network, range)).length > ranges.length;
}

/** What more than half of the votes name; who has no opinion counts. */
function majority<T>(votes: readonly (T | undefined)[]): T | undefined {
  const counts = new Map<T, number>();
  for (const vote of votes) {
    if (vote === undefined) continue;
    const count = (counts.get(vote) ?? 0) + 1;
    if (2 * count > votes.length) return vote;
    counts.set(vote, count);
  }
  return undefined;
}
