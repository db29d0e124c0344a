// SPDX-License-Identifier: Apache-2.0

import type { NetConf } from '#model/cluster.ts';
import type { IpFamily } from '#model/kernel.ts';

/**
 * Why a family's whole pod network is not known although the family is on: net-conf was derived from what the nodes
 * announce, and they do not announce it. Undefined when it is known, or the family is off.
 */
export function networkUnknown(netConf: NetConf, family: IpFamily): string | undefined {
  const isOn = family === 4 ? netConf.ipv4 : netConf.ipv6;
  const network = family === 4 ? netConf.network : netConf.ipv6Network;
  return netConf.announced === true && isOn && network === undefined
    ? 'Flannel runs inside k3s, and no server of it tells the pod network.'
    : undefined;
}

/** Why there is no IPv4 network to look for in packet rules, which are read for IPv4 only. */
export function noIpv4Network(netConf: NetConf): string {
  return networkUnknown(netConf, 4) ?? 'Only IPv4 rules are read, and net-conf has no IPv4.';
}
