// SPDX-License-Identifier: Apache-2.0
import type { ExecResult } from '#simulation/workload-backend.ts';
import type { PacketRules } from './packet-rules.ts';

/** Rules of kube-proxy, without those of single Services, as iptables-save v1.8.9 prints them in the lab. */
const KUBE_PROXY = {
  filterChains: [
    'KUBE-EXTERNAL-SERVICES',
    'KUBE-FIREWALL',
    'KUBE-FORWARD',
    'KUBE-PROXY-FIREWALL',
    'KUBE-SERVICES',
  ],
  forward: [
    '-m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL',
    '-m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD',
    '-m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
    '-m conntrack --ctstate NEW -m comment --comment "kubernetes externally-visible service portals" -j KUBE-EXTERNAL-SERVICES',
  ],
  filterRules: [
    '-A KUBE-FORWARD -m conntrack --ctstate INVALID -m nfacct --nfacct-name  ct_state_invalid_dropped_pkts -j DROP',
    '-A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark 0x4000/0x4000 -j ACCEPT',
    '-A KUBE-FORWARD -m comment --comment "kubernetes forwarding conntrack rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
  ],
  natChains: ['KUBE-MARK-MASQ', 'KUBE-POSTROUTING', 'KUBE-SERVICES'],
  natRules: [
    '-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000',
    '-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN',
    '-A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0',
    '-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully',
  ],
} as const;

/** `iptables-save -t filter|nat`; other tables are empty, which prints nothing. */
export function iptablesSave(rules: PacketRules, args: readonly string[]): ExecResult {
  const table = args[0] === '-t' ? args[1] : undefined;
  const stdout = table === 'filter' ? filterTable(rules) : table === 'nat' ? natTable(rules) : '';
  return { stdout, stderr: '', exitCode: 0 };
}

/** `iptables-legacy-save` without `-t`. */
export function iptablesLegacySave({ legacy }: PacketRules): ExecResult {
  return { stdout: legacy, stderr: '', exitCode: 0 };
}

/** `/proc/net/ip_tables_names`: tables of iptables-legacy (Linux: net/netfilter/x_tables.c, xt_table_seq_show). */
export function procNetIpTablesNames({ legacy }: PacketRules): string {
  return [...legacy.matchAll(/^\*(\w+)$/gm)].map(([, name = '']) => `${name}\n`).join('');
}

/** Chains that `nft list chain` knows: those of iptables-nft, as nft v1.0.6 prints them. */
const NFT_CHAINS: Readonly<Record<string, (rules: PacketRules) => string>> = {
  'ip filter FORWARD': (rules) =>
    chainText(filterTable(rules), 'filter', 'FORWARD', 'type filter hook forward priority filter'),
  'ip nat POSTROUTING': (rules) =>
    chainText(natTable(rules), 'nat', 'POSTROUTING', 'type nat hook postrouting priority srcnat'),
};

function chainText(saved: string, table: string, chain: string, hook: string): string {
  const targets = [...saved.matchAll(new RegExp(`^-A ${chain} (?:.* )?-j ([A-Z-]+)`, 'gm'))];
  const verdicts = targets.map(([, target = '']) =>
    target.includes('-') ? `jump ${target}` : target.toLowerCase(),
  );
  return [
    `# Warning: table ip ${table} is managed by iptables-nft, do not touch!`,
    `table ip ${table} {`,
    `\tchain ${chain} {`,
    `\t\t${hook}; policy accept;`,
    ...verdicts.map((verdict) => `\t\t counter packets 9 bytes 540 ${verdict}`),
    '\t}',
    '}',
    '',
  ].join('\n');
}

/** `nft list chains`: base chains with their hooks, and no rule. */
function chainsText({ tables }: PacketRules): string {
  const own = ['ip filter', ...tables].map((table) =>
    [
      `table ${table} {`,
      '\tchain FORWARD {',
      '\t\ttype filter hook forward priority filter; policy accept;',
      '\t}',
      '\tchain KUBE-FORWARD {',
      '\t}',
      '}',
      '',
    ].join('\n'),
  );
  return own.join('');
}

/** `nft list table`, `nft list chains` and `nft list chain`: flannel runs in iptables mode here, so it has no table of its own. */
export function nft(rules: PacketRules, args: readonly string[]): ExecResult {
  const command = args.join(' ');
  if (command === 'list chains') return { stdout: chainsText(rules), stderr: '', exitCode: 0 };
  const chain = NFT_CHAINS[command.replace(/^list chain /, '')];
  if (chain !== undefined) return { stdout: chain(rules), stderr: '', exitCode: 0 };
  return {
    stdout: '',
    stderr: `Error: No such file or directory\n${command}\n`,
    exitCode: 1,
  };
}

function filterTable({ forwardHead, flannel }: PacketRules): string {
  const own = flannel?.forward ?? [];
  return tableText('filter', {
    builtIn: ['INPUT', 'FORWARD', 'OUTPUT'],
    chains: [...(own.length === 0 ? [] : ['FLANNEL-FWD']), ...KUBE_PROXY.filterChains],
    rules: [
      ...[...forwardHead, ...KUBE_PROXY.forward].map((rule) => `-A FORWARD ${rule}`),
      ...(own.length === 0
        ? []
        : ['-A FORWARD -m comment --comment "flanneld forward" -j FLANNEL-FWD']),
      ...own.map((rule) => `-A FLANNEL-FWD ${rule}`),
      ...KUBE_PROXY.filterRules,
    ],
  });
}

function natTable({ flannel }: PacketRules): string {
  const own = flannel?.masquerade ?? [];
  return tableText('nat', {
    builtIn: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
    chains: [...(flannel === undefined ? [] : ['FLANNEL-POSTRTG']), ...KUBE_PROXY.natChains],
    rules: [
      '-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING',
      ...(flannel === undefined
        ? []
        : ['-A POSTROUTING -m comment --comment "flanneld masq" -j FLANNEL-POSTRTG']),
      ...own.map((rule) => `-A FLANNEL-POSTRTG ${rule}`),
      ...KUBE_PROXY.natRules,
    ],
  });
}

interface Table {
  readonly builtIn: readonly string[];
  readonly chains: readonly string[];
  readonly rules: readonly string[];
}

function tableText(name: string, { builtIn, chains, rules }: Table): string {
  const lines = [
    '# Generated by iptables-save v1.8.9 (nf_tables)',
    `*${name}`,
    ...builtIn.map((chain) => `:${chain} ACCEPT [0:0]`),
    ...chains.map((chain) => `:${chain} - [0:0]`),
    ...rules,
    'COMMIT',
    '# Completed',
  ];
  return `${lines.join('\n')}\n`;
}
