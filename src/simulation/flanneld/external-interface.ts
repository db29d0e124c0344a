// SPDX-License-Identifier: Apache-2.0
import type { Kernel } from '#simulation/kernel/kernel.ts';
import type { Family, Prefix } from '#simulation/kernel/prefix.ts';
import { formatAddress, formatPrefix, prefixOf } from '#simulation/kernel/prefix.ts';
import type { NetConf } from './net-conf.ts';
import type { SubnetLease } from './subnet-lease.ts';

/** The interface that carries flannel's packets: that of the first default route. */
export interface ExternalInterface {
  readonly name: string;
  readonly address: string;
  /** With dual stack only. */
  readonly address6?: string;
  /** MTU in bytes. */
  readonly mtu: number;
  /** Networks on the interface, for direct routes. */
  readonly onLink: readonly Prefix[];
}

/** Finds it (flannel@v0.28.9:pkg/ipmatch/match.go); undefined without default route or address. */
export function findExternalInterface(
  kernel: Kernel,
  enableIPv6: boolean,
): ExternalInterface | undefined {
  const name = kernel.routes[4].group(prefixOf('0.0.0.0/0'))[0]?.dev;
  const link = kernel.findLink(name ?? '');
  const first = (family: Family): string | undefined =>
    link?.addresses.find((each) => each.family === family && each.scope === 'global')?.local;
  const address = first(4);
  const address6 = first(6);
  if (link === undefined || address === undefined) return undefined;
  if (enableIPv6 && address6 === undefined) return undefined;
  const onLink = link.addresses
    .filter(({ scope }) => scope === 'global')
    .map(({ local, prefixLength }) => prefixOf(`${local}/${String(prefixLength)}`));
  return {
    name: link.name,
    address,
    ...(enableIPv6 && address6 !== undefined ? { address6 } : {}),
    mtu: link.mtu,
    onLink,
  };
}

/** Bytes that a backend takes off the underlay's MTU, in both families. */
const OVERHEAD: Readonly<Record<string, number>> = { vxlan: 50, wireguard: 80, ipip: 20 };

/** MTU that pods get, in bytes; host-gw and ipip take no notice of the configured one. */
export function podMtu(config: NetConf, external: ExternalInterface): number {
  const { type, mtu } = config.backend;
  const configured = type === 'vxlan' || type === 'wireguard' ? mtu : undefined;
  return (configured ?? external.mtu) - (OVERHEAD[type] ?? 0);
}

/** Text of `/run/flannel/subnet.env` (flannel@v0.28.9:pkg/subnet/subnet.go, WriteSubnetFile). */
export function subnetEnv(config: NetConf, own: SubnetLease, external: ExternalInterface): string {
  const firstUsable = (family: Family): string => {
    const subnet = own.families[family]?.subnet;
    return subnet === undefined
      ? ''
      : `${formatAddress(family, subnet.value + 1n)}/${String(subnet.length)}`;
  };
  const lines =
    config.enableIPv4 === false
      ? []
      : [`FLANNEL_NETWORK=${config.network}`, `FLANNEL_SUBNET=${firstUsable(4)}`];
  if (config.enableIPv6) {
    lines.push(`FLANNEL_IPV6_NETWORK=${formatPrefix(prefixOf(config.ipv6Network ?? '::/0'))}`);
    lines.push(`FLANNEL_IPV6_SUBNET=${firstUsable(6)}`);
  }
  lines.push(`FLANNEL_MTU=${String(podMtu(config, external))}`, 'FLANNEL_IPMASQ=true');
  return `${lines.join('\n')}\n`;
}
