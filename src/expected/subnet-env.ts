// SPDX-License-Identifier: Apache-2.0

import { enabledFamilies, type PlanInputs } from '#expected/peer-plan.ts';
import { podCidrOf } from '#expected/pod-cidrs.ts';
import {
  expectedTunnelMtu,
  externalLink,
  type LinkFacts,
  lowerLinkOf,
} from '#expected/tunnel-mtu.ts';
import { presentVxlanLinks, VXLAN_OVERHEAD_BYTES } from '#expected/vxlan-link.ts';
import type { NetConf, NodeObject } from '#model/cluster.ts';
import type { SubnetEnv } from '#model/kernel.ts';
import { firstUsable, formatCidr, parseCidr } from '#model/net/cidr.ts';

/** Where flannel leaves the node's subnet for its CNI plugin (flannel@v0.28.9:main.go, --subnet-file). */
export const SUBNET_ENV_PATH = '/run/flannel/subnet.env';

/** One line of the file that can be told beforehand, and what the file has. */
export interface SubnetEnvLine {
  /** E.g. `FLANNEL_SUBNET`. */
  readonly key: string;
  readonly expected: string;
  /** Absent when the file lacks the line. */
  readonly observed?: string;
}

/**
 * The lines whose value follows from the node's pod range, net-conf and the link below flannel's, in the file's
 * order (flannel@v0.28.9:pkg/subnet/subnet.go, WriteSubnetFile). What cannot be told is left out.
 *
 * @param mtu what `expectedPodMtu` gives
 */
export function subnetEnvLines(
  subnetEnv: SubnetEnv,
  node: NodeObject,
  netConf: NetConf,
  mtu: number | undefined,
): readonly SubnetEnvLine[] {
  const families = enabledFamilies(netConf);
  return [
    ...(families.includes(4)
      ? [
          line('FLANNEL_NETWORK', range(netConf.network), range(subnetEnv.network)),
          line('FLANNEL_SUBNET', ownAddress(node, 4), subnetEnv.subnet),
        ]
      : []),
    ...(families.includes(6)
      ? [
          line('FLANNEL_IPV6_NETWORK', range(netConf.ipv6Network), range(subnetEnv.ipv6Network)),
          line('FLANNEL_IPV6_SUBNET', ownAddress(node, 6), subnetEnv.ipv6Subnet),
        ]
      : []),
    line('FLANNEL_MTU', mtu?.toString(), subnetEnv.mtu?.toString()),
  ].flat();
}

function line(
  key: string,
  expected: string | undefined,
  observed: string | undefined,
): readonly SubnetEnvLine[] {
  if (expected === undefined) return [];
  return [{ key, expected, ...(observed === undefined ? {} : { observed }) }];
}

/** A range in its canonical text; what is no range stays as it is. */
function range(text: string | undefined): string | undefined {
  const cidr = text === undefined ? undefined : parseCidr(text);
  return cidr === undefined ? text : formatCidr(cidr);
}

function ownAddress(node: NodeObject, family: 4 | 6): string | undefined {
  const cidr = podCidrOf(node, family);
  return cidr === undefined ? undefined : firstUsable(cidr);
}

/**
 * MTU of the node's pods, bytes; undefined when it cannot be told. With vxlan it is `Backend.MTU` or the MTU of the
 * link below, less 50 bytes for IPv6 too: not the MTU that flannel's own link has now, which the kernel may have
 * lowered and anybody may have changed. With host-gw it is that of the link with the announced public IP, whatever
 * `Backend.MTU` says (flannel@v0.28.9:pkg/backend/hostgw/hostgw.go, RegisterNetwork).
 */
export function expectedPodMtu(
  cluster: PlanInputs,
  node: string,
  facts: LinkFacts,
): number | undefined {
  const { netConf } = cluster;
  if (netConf.backendType === 'vxlan') return vxlanPodMtu(cluster, node, facts);
  if (netConf.backendType !== 'host-gw') return expectedTunnelMtu(cluster, node, facts);
  return externalLink(cluster, node, facts)?.link.mtu;
}

function vxlanPodMtu(cluster: PlanInputs, node: string, facts: LinkFacts): number | undefined {
  const { netConf } = cluster;
  const [lower] = presentVxlanLinks(netConf, facts.links).flatMap(
    ({ link }) => lowerLinkOf(cluster, node, facts, link) ?? [],
  );
  const outer = netConf.mtu ?? lower?.link.mtu;
  return outer === undefined ? undefined : outer - VXLAN_OVERHEAD_BYTES;
}
