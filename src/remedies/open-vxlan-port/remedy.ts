// SPDX-License-Identifier: Apache-2.0

import { type CommandSite, commandSite, onNodes, UNPRINTABLE } from '#expected/command-site.ts';
import { suspects } from '#expected/pair-suspects.ts';
import { DEFAULT_VXLAN_PORT } from '#expected/vxlan-link.ts';
import type { NetConf, NodeObject } from '#model/cluster.ts';
import type { ManualRemedy, TreatableFinding } from '#model/plan.ts';
import type { ClusterRemedy, Proposal } from '#remedies/define-remedy.ts';

/** Says how to find and remove what drops VXLAN: a packet filter is not ours to change. */
export const remedy: ClusterRemedy<'nodes' | 'netConf'> = {
  id: 'open-vxlan-port',
  title: "Open the overlay's UDP port in the firewall",
  scope: 'cluster',
  risk: 'node',
  disturbance: 'Selvage changes nothing here: it says what to do by hand.',
  invasiveness: 90,
  byHand: true,
  treats: ['overlay-unreachable', 'packet-loss'],
  needs: { cluster: ['nodes', 'netConf'] },
  plan({ cluster, findings }) {
    const blamed = suspects(findings);
    return findings.map((finding) => propose(finding, cluster, blamed));
  },
};

function propose(
  finding: TreatableFinding,
  { nodes, netConf }: { readonly nodes: readonly NodeObject[]; readonly netConf: NetConf },
  blamed: string | undefined,
): Proposal {
  const findings = [finding];
  const { messageId, peer } = finding.finding;
  if (finding.check === 'packet-loss' && messageId !== 'tunnel') {
    return { kind: 'declined', findings, reason: 'Not only the packets of the tunnel are lost.' };
  }
  const names = blamed === undefined ? [finding.node, peer] : [blamed];
  const sites = names.flatMap((name) => commandSite(nodes, name) ?? []);
  const from = nodes.flatMap(({ name }) => commandSite(nodes, name) ?? []);
  if (sites.length < names.length) return { kind: 'declined', findings, reason: UNPRINTABLE };
  const manual =
    netConf.backendType === 'vxlan'
      ? portRemedy(finding, sites, { from, port: netConf.port ?? DEFAULT_VXLAN_PORT })
      : sourceRemedy(finding, sites);
  return { kind: 'manual', findings, manual };
}

interface Opening {
  /** All nodes: from each of them packets come. */
  readonly from: readonly CommandSite[];
  readonly port: number;
}

function portRemedy(
  finding: TreatableFinding,
  sites: readonly CommandSite[],
  opening: Opening,
): ManualRemedy {
  const port = String(opening.port);
  const lines = [
    ...(sites.some(({ platform }) => platform !== 'talos') ? rulesOnLinux(port) : []),
    ...sites
      .filter(({ platform }) => platform === 'talos')
      .flatMap((site) => talosRule(site, opening)),
    `# in a cloud: allow UDP ${port} between all nodes in their security group`,
  ];
  const title = `Open UDP port ${port}, which VXLAN uses`;
  return { title, where: onNodes(sites), lines, verify: verifyLines(finding) };
}

/** An accepting rule elsewhere does not outweigh a drop (nft(8), verdicts), so that rule itself has to go. */
function rulesOnLinux(port: string): readonly string[] {
  const nft = `/^table/{f=$2;t=$3} $1=="chain"{c=$2} /udp dport ${port} .*drop/{print "nft delete rule",f,t,c,"handle",$NF}`;
  const iptables = `/ -p udp .*--dport ${port} .*-j (DROP|REJECT)/{sub(/^-A/,"-D");print "iptables -w",$0}`;
  return [
    '# each line that these two print deletes one rule that drops it: read it, then run it with sudo',
    `sudo nft -a list ruleset | awk '${nft}'`,
    `sudo iptables -S | awk '${iptables}'`,
    '# and for good, in the firewall that is in charge:',
    `command -v ufw >/dev/null && sudo ufw allow ${port}/udp`,
    `command -v firewall-cmd >/dev/null && sudo firewall-cmd --permanent --add-port=${port}/udp && sudo firewall-cmd --reload`,
  ];
}

/** Talos' own firewall (Talos: Ingress Firewall, NetworkRuleConfig). */
function talosRule({ address }: CommandSite, { from, port }: Opening): readonly string[] {
  const subnets = from
    .filter((each) => each.address !== each.name)
    .map((each) => `  - subnet: ${each.address}/${each.address.includes(':') ? '128' : '32'}`);
  return [
    "cat > selvage-vxlan.yaml <<'EOF'",
    'apiVersion: v1alpha1',
    'kind: NetworkRuleConfig',
    'name: flannel-vxlan',
    'portSelector:',
    `  ports: [${String(port)}]`,
    '  protocol: udp',
    'ingress:',
    ...subnets,
    'EOF',
    `talosctl -n ${address} patch machineconfig --patch @selvage-vxlan.yaml`,
  ];
}

/** Without a tunnel the packets carry pods' addresses, which networks may take for forged ones. */
function sourceRemedy(finding: TreatableFinding, sites: readonly CommandSite[]): ManualRemedy {
  return {
    title: 'Let the network pass packets with the addresses of pods',
    where: onNodes(sites),
    lines: [
      '# in a cloud: switch off the source/destination check of the instance and let its security group pass the pod network',
      '# in a hypervisor: switch off MAC and IP anti-spoofing for its port',
      'sudo nft -a list ruleset | grep -nw drop',
      'sudo iptables -S | grep -E -- "-j (DROP|REJECT)"',
    ],
    verify: verifyLines(finding),
  };
}

function verifyLines({ check }: TreatableFinding): readonly string[] {
  return [`selvage check --only ${check}`];
}
