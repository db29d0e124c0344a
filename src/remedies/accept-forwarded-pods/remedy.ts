// SPDX-License-Identifier: Apache-2.0

import { type CommandSite, commandSite, UNPRINTABLE } from '#expected/command-site.ts';
import { forwardFate } from '#expected/forward-fate.ts';
import type { FilterRules } from '#model/kernel.ts';
import type { ManualRemedy } from '#model/plan.ts';
import { formatCidr, parseCidr } from '#model/net/cidr.ts';
import type { NodeRemedy } from '#remedies/define-remedy.ts';

/** Says which rule drops what pods send each other: who wrote it is not known, so it is not ours to delete. */
export const remedy: NodeRemedy<'nodes' | 'netConf', 'filterRules'> = {
  id: 'accept-forwarded-pods',
  title: 'Let the packet filter pass the packets of pods',
  scope: 'node',
  risk: 'node',
  disturbance: 'Selvage changes nothing here: it says what to do by hand.',
  invasiveness: 90,
  byHand: true,
  treats: ['forward-dropped'],
  needs: { cluster: ['nodes', 'netConf'], node: ['filterRules'] },
  plan({ cluster, facts: { filterRules }, findings, node }) {
    const site = commandSite(cluster.nodes, node);
    const network = parseCidr(cluster.netConf.network ?? '');
    if (site === undefined || network === undefined) {
      return [{ kind: 'declined', findings, reason: UNPRINTABLE }];
    }
    const fate = forwardFate(filterRules, network);
    const index = fate.fate === 'dropped' ? fate.index : undefined;
    const number = index === undefined ? undefined : numberOf(filterRules, index);
    const manual = manualFor(site, formatCidr(network), number);
    return [{ kind: 'manual', findings, manual }];
  },
};

/** As iptables counts the rules of a chain. Comments are not read, so a rule's text would not be enough to name it. */
function numberOf({ rules }: FilterRules, index: number): number {
  return rules.slice(0, index + 1).filter(({ chain }) => chain === 'FORWARD').length;
}

function manualFor(site: CommandSite, network: string, number: number | undefined): ManualRemedy {
  const title = 'Let the chain FORWARD pass the packets of pods';
  const verify = [`selvage check --only forward-dropped --node ${site.name}`];
  if (site.platform === 'talos') {
    const lines = [
      '# Talos writes no such rule: a pod with the network of the host did. Stop it, then:',
      `talosctl -n ${site.address} reboot`,
    ];
    return { title, where: 'where talosctl works', lines, verify };
  }
  const where = `on ${site.name}`;
  const lasting =
    '# whoever wrote it (Docker, ufw, firewalld, a script at boot) writes it again: end that there';
  if (number !== undefined) {
    const lines = [
      `sudo iptables -w -S FORWARD ${String(number)}   # is this the one that drops? then:`,
      `sudo iptables -w -D FORWARD ${String(number)}`,
      lasting,
    ];
    return { title, where, lines, verify };
  }
  const lines = [
    `sudo iptables -w -I FORWARD 1 -s ${network} -j ACCEPT`,
    `sudo iptables -w -I FORWARD 2 -d ${network} -j ACCEPT`,
    lasting,
  ];
  return { title, where, lines, verify };
}
