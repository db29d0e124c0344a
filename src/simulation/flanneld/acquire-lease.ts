// SPDX-License-Identifier: Apache-2.0
import { containsAddress, formatPrefix, parsePrefix } from '#simulation/kernel/prefix.ts';
import type { KubernetesObject } from '#simulation/store.ts';
import type { ExternalInterface } from './external-interface.ts';
import type { FlannelHost } from './flannel-host.ts';
import type { NetConf } from './net-conf.ts';
import { formatVxlanData } from './peer-entries.ts';
import type { AnnotationKeys, SubnetLease } from './subnet-lease.ts';
import { podCIDRsOf, readLease } from './subnet-lease.ts';
import { wireguardKey } from './tunnel-link.ts';
import type { VtepMacs } from './vxlan-link.ts';

/**
 * Writes the node's annotations where they differ, and returns the node's own lease. Nothing else
 * ever writes them (flannel@v0.28.9:pkg/subnet/kube/kube.go, AcquireLease).
 */
export function acquireLease(
  host: FlannelHost,
  config: NetConf,
  external: ExternalInterface,
  macs: VtepMacs,
): { readonly lease: SubnetLease } | { readonly problem: string } {
  const { store, nodeName, leases } = host;
  const node = store.get('nodes', nodeName);
  if (node === undefined) {
    const cause = 'Error: context deadline exceeded';
    return { problem: `timeout contacting kube-api, failed to patch node "${nodeName}". ${cause}` };
  }
  const podCIDRs = podCIDRsOf(node);
  if (podCIDRs.length === 0) return { problem: `node "${nodeName}" pod cidr not assigned` };
  const outside = podCIDRs.find((text) => !isInside(text, config));
  if (outside !== undefined) {
    return {
      problem: `subnet "${config.network}" specified in the flannel net config doesn't contain "${outside}" PodCIDR of the "${nodeName}" node`,
    };
  }
  const wanted = ownAnnotations(leases.keys, { node, config, external, macs });
  const current = node.metadata.annotations ?? {};
  const changed = Object.entries(wanted).some(([key, value]) => current[key] !== value);
  const annotated: KubernetesObject = {
    ...node,
    metadata: { ...node.metadata, annotations: { ...current, ...wanted } },
  };
  if (changed) store.update('nodes', annotated);
  const reading = readLease(annotated, leases.keys, leases.enabled);
  if ('lease' in reading) return reading;
  return { problem: 'problem' in reading ? reading.problem : `node "${nodeName}" is not managed` };
}

/** The annotations that a node's flanneld wants to see on its Node. */
export function ownAnnotations(
  keys: AnnotationKeys,
  {
    node,
    config,
    external,
    macs,
  }: {
    node: KubernetesObject;
    config: NetConf;
    external: ExternalInterface;
    macs: VtepMacs;
  },
): Record<string, string> {
  const current = node.metadata.annotations ?? {};
  const { type, vni } = config.backend;
  const data = (mac: string | undefined, port: number): string => {
    if (type === 'wireguard') {
      return JSON.stringify({ PublicKey: wireguardKey(node.metadata.name), Port: port });
    }
    return mac === undefined ? 'null' : formatVxlanData(vni, mac);
  };
  const annotations: Record<string, string> = {
    [keys.backendType]: type,
    [keys.kubeSubnetManager]: 'true',
  };
  if (config.enableIPv4 !== false) {
    annotations[keys.backendData] = data(macs[4], 51_820);
    annotations[keys.publicIp] = current[keys.publicIpOverwrite] ?? external.address;
  }
  if (config.enableIPv6 && external.address6 !== undefined) {
    annotations[keys.backendV6Data] = data(macs[6], 51_821);
    annotations[keys.publicIpv6] = current[keys.publicIpv6Overwrite] ?? external.address6;
  }
  return annotations;
}

function isInside(podCIDR: string, { network, ipv6Network }: NetConf): boolean {
  const subnet = parsePrefix(podCIDR);
  if (subnet === undefined) return false;
  const outer = parsePrefix(subnet.family === 4 ? network : (ipv6Network ?? formatPrefix(subnet)));
  return (
    outer !== undefined && outer.length <= subnet.length && containsAddress(outer, subnet.value)
  );
}
