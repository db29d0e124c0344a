// SPDX-License-Identifier: Apache-2.0

import type { NatRules, PacketRule } from '#model/kernel.ts';
import { type Cidr, cidrIncludes, parseCidr } from '#model/net/cidr.ts';

/** Where flannel puts its rules; before v0.20.0 straight into POSTROUTING (pkg/trafficmngr/iptables/iptables.go). */
const OWN_CHAIN = 'FLANNEL-POSTRTG';

/**
 * Whether packets that pods of the network send out of the cluster get the node's address: by flannel's table in
 * nftables mode, else by a rule that flannel's chain or POSTROUTING holds.
 */
export function masquerades(
  { rules, flannelTable }: NatRules,
  network: Cidr,
  nftables: boolean,
): boolean {
  if (nftables) return flannelTable?.some((line) => isNftMasquerade(line, network)) ?? false;
  const jumps = rules.some(({ chain, target }) => chain === 'POSTROUTING' && target === OWN_CHAIN);
  return rules.some(
    (rule) =>
      (rule.chain === 'POSTROUTING' || (jumps && rule.chain === OWN_CHAIN)) &&
      rule.target === 'MASQUERADE' &&
      holdsSource(rule, network),
  );
}

function holdsSource({ source }: PacketRule, network: Cidr): boolean {
  if (source === undefined) return true;
  const cidr = parseCidr(source);
  return cidr !== undefined && cidrIncludes(cidr, network);
}

function isNftMasquerade(line: string, network: Cidr): boolean {
  const source = /^ip saddr (\S+) .*\bmasquerade\b/.exec(line)?.[1];
  const cidr = source === undefined ? undefined : parseCidr(source);
  return cidr !== undefined && cidrIncludes(cidr, network);
}
