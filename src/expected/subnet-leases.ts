// SPDX-License-Identifier: Apache-2.0

import { memoiseByIdentity } from '#expected/memoise.ts';
import type { FlannelWorkload, NodeObject } from '#model/cluster.ts';
import type { IpFamily } from '#model/kernel.ts';
import { parseAddress } from '#model/net/address.ts';
import { type Cidr, formatCidr, networkAddress, parseCidr } from '#model/net/cidr.ts';
import { parseMac } from '#model/net/mac.ts';

/** One address family of a node's lease. Absent fields are missing or unreadable on the Node object. */
export interface LeaseFamily {
  readonly family: IpFamily;
  readonly cidr: Cidr;
  /** Canonical text of the pod range, e.g. `10.244.3.0/24`. */
  readonly podCidr: string;
  /** First address of the range: next hop and neighbour address on the peers. */
  readonly network: string;
  readonly publicIp?: string;
  /** vxlan only. */
  readonly vtepMac?: string;
}

/** Something that keeps peers from using a node's lease. */
export interface LeaseProblem {
  /** Full annotation key. */
  readonly annotation: string;
  readonly problem: 'missing' | 'unreadable';
  /** The annotation's text, as far as the snapshot holds it; absent when missing. */
  readonly value?: string;
}

/** A node's subnet lease, as flannel carries it in annotations (flannel@v0.28.9:pkg/subnet/kube/kube.go, nodeToLease). */
export interface SubnetLease {
  readonly node: string;
  /** Position in the `nodes` fact, for evidence. */
  readonly index: number;
  /** `kube-subnet-manager` is `true`: without it every flanneld ignores the node. */
  readonly announced: boolean;
  /** `backend-type`; absent when the annotation is missing or empty. */
  readonly backendType?: string;
  /** VNI of `backend-data`; absent when that is unreadable. */
  readonly vni?: number;
  readonly v4?: LeaseFamily;
  readonly v6?: LeaseFamily;
  readonly problems: readonly LeaseProblem[];
}

/** The full annotation key for a suffix such as `public-ip` (flannel@v0.28.9:pkg/subnet/kube/annotations.go, newAnnotations). */
export function annotationKey(prefix: string, suffix: string): string {
  if (!prefix.includes('/')) return `${prefix}/${suffix}`;
  return prefix.endsWith('/') || prefix.endsWith('-')
    ? `${prefix}${suffix}`
    : `${prefix}-${suffix}`;
}

/** Every node's lease, in the order of `nodes`. Memoised by the identity of both facts. */
export const subnetLeases: (
  nodes: readonly NodeObject[],
  flannel: FlannelWorkload,
) => readonly SubnetLease[] = memoiseByIdentity((nodes, flannel) =>
  nodes.map((node, index) => leaseOf(node, index, flannel.annotationPrefix)),
);

const leasesByNode = memoiseByIdentity(
  (nodes: readonly NodeObject[], flannel: FlannelWorkload): ReadonlyMap<string, SubnetLease> =>
    new Map(subnetLeases(nodes, flannel).map((lease) => [lease.node, lease])),
);

/** The lease of one node; undefined when no such node is in `nodes`. */
export function leaseOfNode(
  nodes: readonly NodeObject[],
  flannel: FlannelWorkload,
  node: string,
): SubnetLease | undefined {
  return leasesByNode(nodes, flannel).get(node);
}

class AnnotationReader {
  readonly problems: LeaseProblem[] = [];
  readonly #node: NodeObject;
  readonly #prefix: string;

  constructor(node: NodeObject, prefix: string) {
    this.#node = node;
    this.#prefix = prefix;
  }

  /** The value `parse` makes of an annotation; what is missing or unreadable becomes a problem. */
  read<T>(suffix: string, parse: (text: string) => T | undefined): T | undefined {
    const annotation = annotationKey(this.#prefix, suffix);
    const value = this.#node.flannelAnnotations[annotation];
    if (value === undefined) {
      this.problems.push({ annotation, problem: 'missing' });
      return undefined;
    }
    const parsed = parse(value);
    if (parsed === undefined) this.problems.push({ annotation, problem: 'unreadable', value });
    return parsed;
  }
}

function leaseOf(node: NodeObject, index: number, prefix: string): SubnetLease {
  const reader = new AnnotationReader(node, prefix);
  const announced = reader.read('kube-subnet-manager', (text) =>
    text === 'true' ? true : undefined,
  );
  const backendType = node.flannelAnnotations[annotationKey(prefix, 'backend-type')];
  if (backendType === undefined) reader.read('backend-type', String);
  const vxlan = backendType === 'vxlan';
  const cidrs = node.podCIDRs.map(parseCidr).filter((cidr) => cidr !== undefined);
  const cidr4 = cidrs.find((cidr) => cidr.family === 4);
  const cidr6 = cidrs.find((cidr) => cidr.family === 6);
  // A node without a pod range still announces itself: judge its IPv4 annotations.
  const reads4 = cidr4 !== undefined || cidr6 === undefined;
  const data4 = vxlan && reads4 ? reader.read('backend-data', parseVxlanData) : undefined;
  const ip4 = reads4 ? reader.read('public-ip', (text) => parseIp(text, 4)) : undefined;
  const v6 = cidr6 === undefined ? undefined : ipv6Of(node, prefix, cidr6);
  const v4 = cidr4 === undefined ? undefined : familyOf(cidr4, ip4, data4?.vtepMac);
  return {
    node: node.name,
    index,
    announced: announced === true,
    ...(backendType === undefined || backendType === '' ? {} : { backendType }),
    ...(data4 === undefined ? {} : { vni: data4.vni }),
    ...(v4 === undefined ? {} : { v4 }),
    ...(v6 === undefined ? {} : { v6 }),
    problems: reader.problems,
  };
}

/** IPv6 annotations are absent on every cluster that has IPv6 off: their absence is no problem here. */
function ipv6Of(node: NodeObject, prefix: string, cidr: Cidr): LeaseFamily {
  const data = node.flannelAnnotations[annotationKey(prefix, 'backend-v6-data')];
  const ip = node.flannelAnnotations[annotationKey(prefix, 'public-ipv6')];
  return familyOf(
    cidr,
    ip === undefined ? undefined : parseIp(ip, 6),
    data === undefined ? undefined : parseVxlanData(data)?.vtepMac,
  );
}

function familyOf(cidr: Cidr, publicIp?: string, vtepMac?: string): LeaseFamily {
  return {
    family: cidr.family,
    cidr,
    podCidr: formatCidr(cidr),
    network: networkAddress(cidr),
    ...(publicIp === undefined ? {} : { publicIp }),
    ...(vtepMac === undefined ? {} : { vtepMac }),
  };
}

function parseIp(text: string, family: IpFamily): string | undefined {
  return parseAddress(text)?.family === family ? text : undefined;
}

interface VxlanData {
  readonly vni: number;
  readonly vtepMac: string;
}

/** `{"VNI":1,"VtepMAC":"8e:47:…"}`; older flannel left VNI out, which Go reads as 0. */
function parseVxlanData(text: string): VxlanData | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { VNI: vni = 0, VtepMAC: mac } = value as { VNI?: unknown; VtepMAC?: unknown };
  const vtepMac = typeof mac === 'string' ? parseMac(mac) : undefined;
  return typeof vni === 'number' && Number.isInteger(vni) && vtepMac !== undefined
    ? { vni, vtepMac }
    : undefined;
}
