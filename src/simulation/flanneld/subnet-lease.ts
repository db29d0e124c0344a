// SPDX-License-Identifier: Apache-2.0
import { familyOf, parsePrefix } from '#simulation/kernel/prefix.ts';
import type { Family, Prefix } from '#simulation/kernel/prefix.ts';
import type { KubernetesObject } from '#simulation/store.ts';

/** Full annotation keys (flannel@v0.28.9:pkg/subnet/kube/annotations.go, newAnnotations). */
export interface AnnotationKeys {
  readonly kubeSubnetManager: string;
  readonly backendType: string;
  readonly backendData: string;
  readonly backendV6Data: string;
  readonly publicIp: string;
  readonly publicIpv6: string;
  readonly publicIpOverwrite: string;
  readonly publicIpv6Overwrite: string;
}

/** Keys for a prefix: a slash is added to one without, a dash to one that goes on after its slash. */
export function annotationKeys(prefix: string): AnnotationKeys {
  let head = prefix;
  if (!prefix.includes('/')) head = `${prefix}/`;
  else if (!/[/-]$/.test(prefix)) head = `${prefix}-`;
  return {
    kubeSubnetManager: `${head}kube-subnet-manager`,
    backendType: `${head}backend-type`,
    backendData: `${head}backend-data`,
    backendV6Data: `${head}backend-v6-data`,
    publicIp: `${head}public-ip`,
    publicIpv6: `${head}public-ipv6`,
    publicIpOverwrite: `${head}public-ip-overwrite`,
    publicIpv6Overwrite: `${head}public-ipv6-overwrite`,
  };
}

/** One family of a subnet lease. */
export interface FamilyLease {
  readonly subnet: Prefix;
  readonly publicIp: string;
  /** Text of the annotation; empty when it is absent. */
  readonly backendData: string;
}

/** What a node's annotations tell the other nodes. */
export interface SubnetLease {
  readonly node: string;
  /** Empty when the annotation is absent. */
  readonly backendType: string;
  readonly families: Readonly<Partial<Record<Family, FamilyLease>>>;
}

/** A lease; or why the node gives none; or that the node is not flannel's. */
export type LeaseReading =
  { readonly lease: SubnetLease } | { readonly problem: string } | { readonly managed: false };

/** Reads a node as peers do (flannel@v0.28.9:pkg/subnet/kube/kube.go, nodeToLease). */
export function readLease(
  node: KubernetesObject,
  keys: AnnotationKeys,
  enabled: readonly Family[],
): LeaseReading {
  const annotations = node.metadata.annotations ?? {};
  if (annotations[keys.kubeSubnetManager] !== 'true') return { managed: false };
  const podCIDRs = podCIDRsOf(node);
  const families: Partial<Record<Family, FamilyLease>> = {};
  for (const family of enabled) {
    const publicIp = annotations[family === 4 ? keys.publicIp : keys.publicIpv6] ?? '';
    if (familyOf(publicIp) !== family) return { problem: `Invalid IP address '${publicIp}'` };
    if (podCIDRs.length === 0) return { problem: 'invalid CIDR address: ' };
    const subnet = podCIDRs
      .map((text) => parsePrefix(text))
      .find((prefix) => prefix?.family === family);
    if (subnet === undefined) {
      return { problem: `missing IPv${String(family)} address on n.Spec.PodCIDRs` };
    }
    const backendData = annotations[family === 4 ? keys.backendData : keys.backendV6Data] ?? '';
    families[family] = { subnet, publicIp, backendData };
  }
  const backendType = annotations[keys.backendType] ?? '';
  return { lease: { node: node.metadata.name, backendType, families } };
}

/** podCIDRs of a node, IPv4 and IPv6; empty while none is assigned. */
export function podCIDRsOf(node: KubernetesObject): readonly string[] {
  const spec = node['spec'] as { podCIDR?: string; podCIDRs?: string[] } | undefined;
  if (spec?.podCIDRs !== undefined && spec.podCIDRs.length > 0) return spec.podCIDRs;
  return spec?.podCIDR === undefined || spec.podCIDR === '' ? [] : [spec.podCIDR];
}

/** Identity of a lease is its subnets alone (flannel@v0.28.9:pkg/lease/lease.go, sameSubnet). */
export function sameSubnet(a: SubnetLease, b: SubnetLease): boolean {
  return ([4, 6] as const).every((family) => {
    const [first, second] = [a.families[family]?.subnet, b.families[family]?.subnet];
    return first?.value === second?.value && first?.length === second?.length;
  });
}

/**
 * Whether running peers take notice of an update. With both families enabled only a change of both
 * counts (flannel@v0.28.9:pkg/subnet/kube/kube.go, handleUpdateLeaseEvent).
 */
export function isRelevantUpdate(
  before: KubernetesObject,
  after: KubernetesObject,
  keys: AnnotationKeys,
  enabled: readonly Family[],
): boolean {
  const unchanged = (key: string): boolean =>
    before.metadata.annotations?.[key] === after.metadata.annotations?.[key];
  return enabled.every(
    (family) =>
      !unchanged(family === 4 ? keys.backendData : keys.backendV6Data) ||
      !unchanged(keys.backendType) ||
      !unchanged(family === 4 ? keys.publicIp : keys.publicIpv6),
  );
}
