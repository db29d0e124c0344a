// SPDX-License-Identifier: Apache-2.0

import type { NetConf } from '#model/cluster.ts';
import type { IpFamily } from '#model/kernel.ts';

/** Name of ipip's link (flannel@v0.28.9:pkg/backend/ipip/ipip.go, tunnelName). */
export const IPIP_LINK = 'flannel.ipip';

/**
 * Name of wireguard's link for a family. In the mode `separate`, the default, each family has its own; in the others
 * one carries both (flannel@v0.28.9:pkg/backend/wireguard/wireguard.go, RegisterNetwork).
 */
export function wireguardLinkName(netConf: Pick<NetConf, 'mode'>, family: IpFamily): string {
  return family === 6 && (netConf.mode ?? 'separate') === 'separate'
    ? 'flannel-wg-v6'
    : 'flannel-wg';
}
