// SPDX-License-Identifier: Apache-2.0

/** The rules of a node that flannel or a fault changes; those of kube-proxy are always the same. Texts follow `-A <chain> `. */
export class PacketRules {
  /** Before all others of FORWARD. */
  forwardHead: string[] = [];
  /** Of FORWARD, POSTROUTING and flannel's own chains; undefined before flannel has run. */
  flannel: { forward: string[]; masquerade: string[] } | undefined;

  /** What iptables-legacy-save prints: the tables somebody made, `*filter` … `COMMIT`; empty on most nodes. */
  legacy = '';

  /** Tables of nftables that somebody else made for forwarded packets, e.g. `inet firewalld`. */
  tables: string[] = [];

  /** Whether forwarded packets are dropped. */
  get dropsForwarded(): boolean {
    return this.forwardHead.some((rule) => rule.endsWith('-j DROP'));
  }
}

/** Writes flannel's rules where they are not all there (flannel@v0.28.9:pkg/trafficmngr/iptables/iptables.go). */
export function ensureFlannelRules(
  rules: PacketRules,
  network: string,
  podCIDR: string,
  forwards: boolean,
): void {
  if (rules.flannel !== undefined && rules.flannel.masquerade.length > 0) return;
  const note = (comment: string): string => `-m comment --comment "flanneld ${comment}"`;
  const ranges = forwards ? [`-s ${network}`, `-d ${network}`] : [];
  const forward = ranges.map((range) => `${range} ${note('forward')} -j ACCEPT`);
  const masq = note('masq');
  const masquerade = [
    `-m mark --mark 0x4000/0x4000 ${masq} -j RETURN`,
    `-s ${podCIDR} -d ${network} ${masq} -j RETURN`,
    `-s ${network} -d ${podCIDR} ${masq} -j RETURN`,
    `! -s ${network} -d ${podCIDR} ${masq} -j RETURN`,
    `-s ${network} ! -d 224.0.0.0/4 ${masq} -j MASQUERADE --random-fully`,
    `! -s ${network} -d ${network} ${masq} -j MASQUERADE --random-fully`,
  ];
  rules.flannel = { forward, masquerade };
}
