// SPDX-License-Identifier: Apache-2.0

import { type CommandSite, commandSite, UNPRINTABLE } from '#expected/command-site.ts';
import type { ManualRemedy, TreatableFinding } from '#model/plan.ts';
import type { NodeRemedy } from '#remedies/define-remedy.ts';

/** Says how to find where the network between two nodes loses packets: it is below Flannel, and below us. */
export const remedy: NodeRemedy<'nodes'> = {
  id: 'trace-underlay',
  title: 'Find where the network between two nodes loses packets',
  scope: 'node',
  risk: 'node',
  disturbance: 'Selvage changes nothing here: it says what to do by hand.',
  invasiveness: 91,
  byHand: true,
  treats: ['packet-loss', 'underlay-unreachable'],
  needs: { cluster: ['nodes'], node: [] },
  plan: ({ cluster: { nodes }, findings }) =>
    findings.map((finding) => {
      const from = commandSite(nodes, finding.node);
      const to = commandSite(nodes, finding.finding.peer);
      return from === undefined || to === undefined
        ? { kind: 'declined', findings: [finding], reason: UNPRINTABLE }
        : { kind: 'manual', findings: [finding], manual: manualFor(finding, from, to) };
    }),
};

function manualFor({ check }: TreatableFinding, from: CommandSite, to: CommandSite): ManualRemedy {
  return {
    title: `Find where packets from ${from.name} to ${to.name} get lost`,
    where: from.platform === 'talos' ? 'where talosctl works' : `on ${from.name}`,
    lines: from.platform === 'talos' ? talosLines(from, to) : linuxLines(to),
    verify: [`selvage check --only ${check} --node ${from.name}`],
  };
}

function linuxLines({ name, address }: CommandSite): readonly string[] {
  return [
    `# does ${name} answer, and which way do packets take?`,
    `ping -c 20 -i 0.2 ${address}`,
    `ip route get ${address}`,
    `tracepath -n ${address}`,
    '# do interfaces count errors or drops? then: cable, port, driver',
    'ip -s link',
    '# does a packet filter drop them? on both nodes:',
    'sudo nft list ruleset | grep -nw drop',
    `# is ${name} itself down? then start it; nothing has to be done to Flannel afterwards`,
  ];
}

function talosLines(from: CommandSite, { name, address }: CommandSite): readonly string[] {
  return [
    `# does ${name} answer? if not, start it; nothing has to be done to Flannel afterwards`,
    `talosctl -n ${address} version`,
    `# do interfaces of ${from.name} count errors or drops? then: cable, port, driver`,
    `talosctl -n ${from.address} get links`,
    `talosctl -n ${from.address} read /proc/net/dev`,
    `talosctl -n ${from.address} get routes`,
    '# does its firewall drop them?',
    `talosctl -n ${from.address} get nftableschain -o yaml`,
  ];
}
