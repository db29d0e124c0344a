// SPDX-License-Identifier: Apache-2.0

import { type CommandSite, commandSite, kubeletUnit, UNPRINTABLE } from '#expected/command-site.ts';
import type { ManualRemedy } from '#model/plan.ts';
import type { NodeRemedy } from '#remedies/define-remedy.ts';

/** Says how to get a node Ready again: its kubelet and its power are beyond us. */
export const remedy: NodeRemedy<'nodes'> = {
  id: 'revive-node',
  title: 'Get a node Ready again',
  scope: 'node',
  risk: 'node',
  disturbance: 'Selvage changes nothing here: it says what to do by hand.',
  invasiveness: 90,
  byHand: true,
  treats: ['node-not-ready'],
  needs: { cluster: ['nodes'], node: [] },
  plan({ cluster: { nodes }, findings, node }) {
    const site = commandSite(nodes, node);
    return [
      site === undefined
        ? { kind: 'declined', findings, reason: UNPRINTABLE }
        : { kind: 'manual', findings, manual: manualFor(site) },
    ];
  },
};

function manualFor(site: CommandSite): ManualRemedy {
  const { name, address } = site;
  const unit = kubeletUnit(site);
  const kept = '# Flannel keeps its entries about the node and finds its own at the start';
  return {
    title: `Start ${name}, or its kubelet`,
    where: unit === undefined ? 'where talosctl works' : `on ${name}`,
    lines:
      unit === undefined
        ? [
            `talosctl -n ${address} version   # no answer: start the machine, that is all`,
            `talosctl -n ${address} services`,
            `talosctl -n ${address} logs kubelet --tail 50`,
            `talosctl -n ${address} service kubelet restart`,
            kept,
          ]
        : [
            `# no answer at ${address}: start the machine, that is all`,
            `sudo systemctl status ${unit} --no-pager`,
            `sudo journalctl -u ${unit} -n 50 --no-pager`,
            'df -h / /var; free -m',
            `sudo systemctl restart ${unit}`,
            kept,
          ],
    verify: [`kubectl wait --for=condition=Ready node/${name} --timeout=300s`, 'selvage check'],
  };
}
