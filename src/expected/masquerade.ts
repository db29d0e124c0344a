// SPDX-License-Identifier: Apache-2.0

import type { NatRules, PacketRule, Route } from '#model/kernel.ts';
import { type Cidr, cidrIncludes, parseCidr } from '#model/net/cidr.ts';

/** Where flannel puts its rules; before v0.20.0 straight into POSTROUTING (pkg/trafficmngr/iptables/iptables.go). */
const OWN_CHAIN = 'FLANNEL-POSTRTG';

/** `-o LINK`, with a leading `! ` when negated; a name that ends with `+` stands for all that begin so (man 8 iptables). */
const OUT_LINK = /(! )?-o (\S+)/;

/**
 * Whether packets that pods of the network send out of the cluster get the node's address: by flannel's table in
 * nftables mode, else by a rule that flannel's chain or POSTROUTING holds. A rule for one link, as a VPN has, counts
 * where the default route leads there.
 *
 * @param routes of the node
 */
export function masquerades(
  { rules, flannelTable }: NatRules,
  routes: readonly Route[],
  { network, nftables }: { readonly network: Cidr; readonly nftables: boolean },
): boolean {
  if (nftables) return flannelTable?.some((line) => isNftMasquerade(line, network)) ?? false;
  const jumps = rules.some(({ chain, target }) => chain === 'POSTROUTING' && target === OWN_CHAIN);
  const uplinks = defaultLinks(routes);
  return rules.some(
    (rule) =>
      (rule.chain === 'POSTROUTING' || (jumps && rule.chain === OWN_CHAIN)) &&
      rule.target === 'MASQUERADE' &&
      holdsSource(rule, network) &&
      meetsWayOut(rule, uplinks),
  );
}

/** Links that packets to anywhere leave by; empty when the node has no such route, or one of many links. */
function defaultLinks(routes: readonly Route[]): readonly string[] {
  return routes.flatMap(({ dst, link }) => (dst === '0.0.0.0/0' ? (link ?? []) : []));
}

function holdsSource({ source }: PacketRule, network: Cidr): boolean {
  if (source === undefined) return true;
  const cidr = parseCidr(source);
  return cidr !== undefined && cidrIncludes(cidr, network);
}

/** Whether a rule is met by what leaves by the uplinks. One for any source is not flannel's: it must ask for no more. */
function meetsWayOut({ source, conditions }: PacketRule, uplinks: readonly string[]): boolean {
  const [whole = '', negated, name] = OUT_LINK.exec(conditions) ?? [];
  if (source === undefined && conditions !== whole) return false;
  if (name === undefined || uplinks.length === 0) return true;
  return uplinks.some((link) => isNamed(link, name) === (negated === undefined));
}

function isNamed(link: string, name: string): boolean {
  return name.endsWith('+') ? link.startsWith(name.slice(0, -1)) : link === name;
}

function isNftMasquerade(line: string, network: Cidr): boolean {
  const source = /^ip saddr (\S+) .*\bmasquerade\b/.exec(line)?.[1];
  const cidr = source === undefined ? undefined : parseCidr(source);
  return cidr !== undefined && cidrIncludes(cidr, network);
}
