// SPDX-License-Identifier: Apache-2.0

import { memoiseByIdentity } from '#expected/memoise.ts';
import type { FlannelWorkload, NodeObject } from '#model/cluster.ts';
import { definedFields } from '#model/defined-fields.ts';
import type { IpFamily } from '#model/kernel.ts';
import { formatAddress, parseAddress } from '#model/net/address.ts';
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
  /** The key without its prefix, e.g. `public-ip`. */
  readonly suffix: string;
  /** Family whose traffic needs the annotation; absent when both do. */
  readonly family?: IpFamily;
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
  /** For each family of which the node has a pod range, whether or not net-conf switches it on. */
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
  read<T>(
    suffix: string,
    parse: (text: string) => T | undefined,
    family?: IpFamily,
  ): T | undefined {
    const annotation = annotationKey(this.#prefix, suffix);
    const about = { annotation, suffix, ...(family === undefined ? {} : { family }) };
    const value = this.#node.flannelAnnotations[annotation];
    if (value === undefined) {
      this.problems.push({ ...about, problem: 'missing' });
      return undefined;
    }
    const parsed = parse(value);
    if (parsed === undefined) this.problems.push({ ...about, problem: 'unreadable', value });
    return parsed;
  }
}

function leaseOf(node: NodeObject, index: number, prefix: string): SubnetLease {
  const reader = new AnnotationReader(node, prefix);
  const announced = reader.read('kube-subnet-manager', (text) =>
    text === 'true' ? true : undefined,
  );
  const backendType = reader.read('backend-type', (text) => (text === '' ? undefined : text));
  // A node that lost its backend-type still shows its MAC: entries with it are not anybody's leftovers.
  const vxlan = backendType === undefined || backendType === 'vxlan';
  const cidrs = node.podCIDRs.map(parseCidr).filter((cidr) => cidr !== undefined);
  const cidr4 = cidrs.find((cidr) => cidr.family === 4);
  const cidr6 = cidrs.find((cidr) => cidr.family === 6);
  // A node without a pod range still announces itself: judge its IPv4 annotations.
  const own4 = cidr4 !== undefined || cidr6 === undefined ? announced4(reader, vxlan) : {};
  const own6 = cidr6 === undefined ? {} : announced6(reader, vxlan);
  return definedFields({
    node: node.name,
    index,
    announced: announced === true,
    backendType,
    vni: own4.data?.vni ?? own6.data?.vni,
    v4: cidr4 && familyOf(cidr4, own4),
    v6: cidr6 && familyOf(cidr6, own6),
    problems: reader.problems,
  });
}

/** What a node announces for one family. */
interface Announced {
  readonly data?: VxlanData | undefined;
  readonly publicIp?: string | undefined;
}

function announced4(reader: AnnotationReader, vxlan: boolean): Announced {
  return {
    data: vxlan ? reader.read('backend-data', parseVxlanData, 4) : undefined,
    publicIp: reader.read('public-ip', (text) => parseIp(text, 4), 4),
  };
}

function announced6(reader: AnnotationReader, vxlan: boolean): Announced {
  return {
    data: vxlan ? reader.read('backend-v6-data', parseVxlanData, 6) : undefined,
    publicIp: reader.read('public-ipv6', (text) => parseIp(text, 6), 6),
  };
}

function familyOf(cidr: Cidr, { data, publicIp }: Announced): LeaseFamily {
  return definedFields({
    family: cidr.family,
    cidr,
    podCidr: formatCidr(cidr),
    network: networkAddress(cidr),
    publicIp,
    vtepMac: data?.vtepMac,
  });
}

function parseIp(text: string, family: IpFamily): string | undefined {
  const address = parseAddress(text);
  return address?.family === family ? formatAddress(address) : undefined;
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
