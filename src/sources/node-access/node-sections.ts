// SPDX-License-Identifier: Apache-2.0

/** A command whose output is one section of a node's reading. */
export interface SectionCommand {
  readonly name: string;
  /** Words in the alphabet of {@link isPlainWord}: nothing a shell would interpret. */
  readonly argv: readonly string[];
  /** Extended regular expression of the lines to keep, in the alphabet of {@link isPlainPattern}; absent: all. */
  readonly keep?: string;
  /** Commands for tools that do not know the first one, in this order, each tried when the one before fails. */
  readonly orElse?: readonly (readonly string[])[];
}

/** Kernel settings that checks read. A file the kernel lacks is skipped. */
const SYSCTL_FILES: readonly string[] = [
  '/proc/sys/net/ipv4/ip_forward',
  '/proc/sys/net/ipv4/icmp_echo_ignore_all',
  '/proc/sys/net/ipv6/conf/all/forwarding',
  '/proc/sys/net/ipv6/icmp/echo_ignore_all',
  '/proc/sys/net/bridge/bridge-nf-call-iptables',
  '/proc/sys/net/bridge/bridge-nf-call-ip6tables',
  '/proc/sys/net/ipv4/conf/all/rp_filter',
  '/proc/sys/net/ipv4/conf/flannel*/rp_filter',
  '/proc/sys/net/netfilter/nf_conntrack_count',
  '/proc/sys/net/netfilter/nf_conntrack_max',
];

/** Name of one section. */
export type SectionName =
  | 'links'
  | 'addresses'
  | 'routes'
  | 'routes6'
  | 'neighbours'
  | 'fdb'
  | 'subnet-env'
  | 'net-conf'
  | 'sysctls'
  | 'filter-rules'
  | 'nat-rules'
  | 'flannel-table'
  | 'flannel-process'
  | 'legacy-tables'
  | 'legacy-rules'
  | 'nft-forward'
  | 'nft-postrouting'
  | 'nft-forward-tables'
  | 'udp-counters'
  | 'cni-files'
  | 'cni-plugins'
  | 'clock'
  | 'boot';

/** One of the sections of every reading. */
export interface NodeSection extends SectionCommand {
  readonly name: SectionName;
}

function section(name: SectionName, command: string, keep?: string): NodeSection {
  const argv = command.split(' ');
  return keep === undefined ? { name, argv } : { name, argv, keep };
}

/** Words that BusyBox does not know, and iproute2 only since 4.14 (`-j`): it prints the same as text without them. */
const NEW_WORDS: readonly (readonly string[])[] = [['-j'], ['-j', '-d']];

/** A section of iproute2, asked for JSON, then for text, then for the text that BusyBox has. */
function toolSection(name: SectionName, command: string): NodeSection {
  const argv = command.split(' ');
  const orElse = NEW_WORDS.map((left) => argv.filter((word) => !left.includes(word)));
  const different = argv.includes('-d') ? orElse : orElse.slice(0, 1);
  return { name, argv, orElse: different };
}

/** A node with thousands of Services has megabytes of rules; those of kube-proxy's own chains are left there. */
function rulesOf(chain: string): string {
  return `^(:${chain} |-A (${chain}|FLANNEL-[A-Z]+) |COMMIT)`;
}

/**
 * Table names, and of their chains the lines of FORWARD and POSTROUTING. Without `-t`, iptables-legacy-save prints the
 * tables that `/proc/net/ip_tables_names` lists and no other: naming a table would make the kernel create it.
 */
const LEGACY_RULES = '^([^:A-Z -]|:FORWARD |-A (FORWARD|POSTROUTING) |COMMIT)';

/** Where the host's directory is in containers that mount it: calico-node has it below `/host`. */
const CNI_FILES = '/etc/cni/net.d/* /host/etc/cni/net.d/*';

/**
 * Plug-ins whose names are looked for in CNI configurations. No other text of those is printed: some hold credentials.
 */
const CNI_PLUGINS: readonly string[] = [
  ...['flannel', 'calico', 'host-local', 'bridge', 'ptp', 'cilium-cni', 'weave-net', 'antrea'],
  ...['kube-ovn', 'ovn-k8s-cni-overlay', 'aws-cni', 'azure-vnet', 'macvlan', 'ipvlan'],
];

/** All that is read of a node, in this order. Constant: nothing from a cluster is part of it. */
export const NODE_SECTIONS: readonly NodeSection[] = [
  toolSection('links', 'ip -j -d link show'),
  toolSection('addresses', 'ip -j addr show'),
  toolSection('routes', 'ip -j -d -4 route show table main'),
  toolSection('routes6', 'ip -j -d -6 route show table main'),
  toolSection('neighbours', 'ip -j neigh show'),
  toolSection('fdb', 'bridge -j fdb show'),
  section('subnet-env', 'cat /run/flannel/subnet.env'),
  section('net-conf', 'cat /etc/kube-flannel/net-conf.json'),
  section('sysctls', `grep -H . ${SYSCTL_FILES.join(' ')}`),
  section('filter-rules', 'iptables-save -t filter', rulesOf('FORWARD')),
  section('nat-rules', 'iptables-save -t nat', rulesOf('POSTROUTING')),
  section('flannel-table', 'nft list table ip flannel-ipv4'),
  section('flannel-process', 'grep -sH flanneld /proc/*/stat'),
  section('legacy-tables', 'cat /proc/net/ip_tables_names'),
  section('legacy-rules', 'iptables-legacy-save', LEGACY_RULES),
  section('nft-forward', 'nft list chain ip filter FORWARD'),
  section('nft-postrouting', 'nft list chain ip nat POSTROUTING'),
  section('nft-forward-tables', 'nft list chains', '^table |type filter hook forward '),
  section('udp-counters', 'cat /proc/net/snmp /proc/net/snmp6', '^Udp(: |6In)'),
  section('cni-files', `grep -cHs . ${CNI_FILES}`),
  section(
    'cni-plugins',
    `grep -oHsw ${CNI_PLUGINS.map((name) => `-e ${name}`).join(' ')} ${CNI_FILES}`,
  ),
  section('clock', 'date +%s'),
  section('boot', 'cat /proc/sys/kernel/random/boot_id /proc/stat', '^([0-9a-f]+-|btime )'),
];

/** The command of a section, as one would type it. */
export function sectionCommand(name: SectionName): string {
  return NODE_SECTIONS.filter((command) => command.name === name)
    .flatMap((command) => command.argv)
    .join(' ');
}

/** Whether a word means itself in a shell, or files by `*`: no quoting, other expansion, redirection or separator. */
export function isPlainWord(word: string): boolean {
  return /^[A-Za-z0-9_./%+:=*-]+$/.test(word);
}

/** Whether a pattern means itself between single quotes. */
export function isPlainPattern(pattern: string): boolean {
  return /^[A-Za-z0-9^|():+[\] -]+$/.test(pattern);
}
