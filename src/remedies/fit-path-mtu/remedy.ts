// SPDX-License-Identifier: Apache-2.0

import {
  type CommandSite,
  commandSite,
  isObjectName,
  onNodes,
  plainAddress,
  UNPRINTABLE,
} from '#expected/command-site.ts';
import { suspects } from '#expected/pair-suspects.ts';
import type { FlannelWorkload } from '#model/cluster.ts';
import type { ManualRemedy, TreatableFinding } from '#model/plan.ts';
import type { ClusterRemedy } from '#remedies/define-remedy.ts';

/** Says how to make the MTU of the network and that of Flannel fit: the network is not ours, and pods keep the MTU they began with. */
export const remedy: ClusterRemedy<'nodes' | 'flannel'> = {
  id: 'fit-path-mtu',
  title: 'Make the MTU of the network and that of Flannel fit',
  scope: 'cluster',
  risk: 'cluster',
  disturbance: 'Selvage changes nothing here: it says what to do by hand.',
  invasiveness: 90,
  byHand: true,
  treats: ['path-mtu-too-small'],
  needs: { cluster: ['nodes', 'flannel'] },
  plan({ cluster: { nodes, flannel }, findings }) {
    const blamed = suspects(findings);
    return findings.map((finding) => {
      const { data, peer } = finding.finding;
      const names = [finding.node, peer];
      const sites = names.flatMap((name) => commandSite(nodes, name) ?? []);
      const [from, to] = sites;
      const bytes = finding.finding.messageId === 'tunnel' ? data['outer'] : data['bytes'];
      if (from === undefined || to === undefined || typeof bytes !== 'number') {
        return { kind: 'declined', findings: [finding], reason: UNPRINTABLE };
      }
      const at = sites.filter(({ name }) => blamed === undefined || name === blamed);
      const manual = manualFor(finding, { from, to, at, bytes, flannel });
      return { kind: 'manual', findings: [finding], manual };
    });
  },
};

interface About {
  readonly from: CommandSite;
  readonly to: CommandSite;
  readonly at: readonly CommandSite[];
  readonly bytes: number;
  readonly flannel: FlannelWorkload;
}

function manualFor(finding: TreatableFinding, about: About): ManualRemedy {
  const { from, to, at, bytes } = about;
  const size = String(bytes);
  const target = plainAddress(to.address) ?? to.name;
  const lines = [
    `# the largest packet that gets from ${from.name} to ${to.name}, run on ${from.name}:`,
    `for s in 8972 1472 1432 1422 1392 1372 1322 1272; do ping -c 1 -W 1 -M do -s $s ${target} >/dev/null && echo "MTU $((s+28))" && break; done`,
    `# either: raise the MTU of the network ${onNodes(at)} to ${size}: of the switch port, the virtual switch, the VPN`,
    '# or: tell Flannel the smaller one, MTU below, and start all pods anew, which keep the MTU they began with',
    ...flannelLines(about),
  ];
  return {
    title: `Let packets of ${size} bytes pass, or make those of Flannel smaller`,
    where: onNodes(at),
    lines,
    verify: [`selvage check --only ${finding.check}`],
  };
}

/** Where a distribution keeps net-conf.json; `Backend.MTU` is the MTU outside the tunnel (flannel@v0.28.9:Documentation/backends.md). */
function flannelLines({ from, flannel }: About): readonly string[] {
  if (flannel.kind === 'embedded') {
    return [
      '# in /etc/rancher/k3s/config.yaml of every server and agent: flannel-conf: /etc/rancher/k3s/flannel.json',
      '# in /etc/rancher/k3s/flannel.json: its "Backend" with "MTU": MTU; then: sudo systemctl restart k3s or k3s-agent',
    ];
  }
  const { namespace, configMap } = flannel;
  if (configMap === undefined || !isObjectName(namespace) || !isObjectName(configMap)) {
    return ['# in net-conf.json: "MTU": MTU inside "Backend"; then: selvage restart flannel --all'];
  }
  return [
    `kubectl -n ${namespace} edit configmap ${configMap}   # "MTU": MTU inside "Backend" of net-conf.json`,
    'selvage restart flannel --all',
    ...(from.platform === 'talos'
      ? [
          '# talosctl upgrade-k8s writes this ConfigMap anew: keep the network at the larger MTU if you can',
        ]
      : []),
  ];
}
