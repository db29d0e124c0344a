// SPDX-License-Identifier: Apache-2.0

import { CNI_DIRECTORY } from '#expected/cni-config.ts';
import { type CommandSite, UNPRINTABLE, commandSite } from '#expected/command-site.ts';
import type { ManualRemedy } from '#model/plan.ts';
import type { NodeRemedy } from '#remedies/define-remedy.ts';

/** A name that stands for itself in a shell, and is no option. */
const PLAIN_NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,199}$/;

/** Says how to set aside a CNI configuration that comes before flannel's: it is a file of the node, and of somebody else. */
export const remedy: NodeRemedy<'nodes'> = {
  id: 'set-aside-cni-config',
  title: 'Set aside the CNI configuration that comes first',
  scope: 'node',
  risk: 'node',
  disturbance: 'Selvage changes nothing here: it says what to do by hand.',
  invasiveness: 90,
  byHand: true,
  treats: ['cni-config-foreign'],
  needs: { cluster: ['nodes'], node: [] },
  plan({ cluster, findings, node }) {
    const site = commandSite(cluster.nodes, node);
    const file = findings[0]?.finding.observed ?? '';
    if (site === undefined || !PLAIN_NAME.test(file)) {
      return [{ kind: 'declined', findings, reason: UNPRINTABLE }];
    }
    return [{ kind: 'manual', findings, manual: manualFor(site, file) }];
  },
};

function manualFor(site: CommandSite, file: string): ManualRemedy {
  const title = `Set aside ${file}, which comes before the configuration of flannel`;
  const verify = [
    `selvage check --only cni-config-foreign,pod-ip-outside-pod-cidr --node ${site.name}`,
  ];
  const pods = [
    `kubectl get pods -A -o wide --field-selector spec.nodeName=${site.name}`,
    '# delete those whose address is not in the pod range of the node: they start again in it',
  ];
  if (site.platform === 'talos') {
    const lines = [
      '# Talos writes no such file: a pod of another CNI plugin did. Remove that plugin, then:',
      `talosctl -n ${site.address} reboot`,
      ...pods,
    ];
    return { title, where: 'where talosctl and kubectl work', lines, verify };
  }
  const lines = [
    `sudo mv ${CNI_DIRECTORY}/${file} /root/   # on ${site.name}`,
    '# whoever wrote it (a CNI plugin, a package, a script at boot) writes it again: end that there',
    ...pods,
  ];
  return { title, where: `on ${site.name}, and where kubectl works`, lines, verify };
}
