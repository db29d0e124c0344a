// SPDX-License-Identifier: Apache-2.0

import {
  type CommandSite,
  commandSite,
  kubeletUnit,
  onNodes,
  UNPRINTABLE,
} from '#expected/command-site.ts';
import type { NodeObject } from '#model/cluster.ts';
import type { ManualRemedy, TreatableFinding } from '#model/plan.ts';
import type { ClusterRemedy, Proposal } from '#remedies/define-remedy.ts';

/**
 * Says how to give a node a pod range of its own: `spec.podCIDR` cannot be changed, so the Node has to be made anew.
 * With the Node every flanneld forgets the other owner of the range as well (pkg/subnet/kube/kube.go keys leases by
 * their range), so all of them are restarted in the end.
 */
export const remedy: ClusterRemedy<'nodes'> = {
  id: 'give-own-pod-range',
  title: 'Give a node a pod range of its own',
  scope: 'cluster',
  risk: 'cluster',
  disturbance: 'Selvage changes nothing here: it says what to do by hand.',
  invasiveness: 90,
  byHand: true,
  treats: ['pod-cidr-duplicate'],
  needs: { cluster: ['nodes'] },
  plan: ({ cluster: { nodes }, findings }) => findings.map((finding) => propose(finding, nodes)),
};

function propose(finding: TreatableFinding, nodes: readonly NodeObject[]): Proposal {
  const both = [finding.node, finding.finding.peer];
  const leaving = nodes.filter(({ name }) => both.includes(name)).toSorted(byLeaving)[0];
  const site = commandSite(nodes, leaving?.name);
  if (site === undefined) return { kind: 'declined', findings: [finding], reason: UNPRINTABLE };
  return { kind: 'manual', findings: [finding], manual: manualFor(site) };
}

/** First who is to leave: no control plane, then the one that came later. */
function byLeaving(a: NodeObject, b: NodeObject): number {
  return (
    Number(a.controlPlane) - Number(b.controlPlane) ||
    Date.parse(b.createdAt) - Date.parse(a.createdAt) ||
    (a.name < b.name ? 1 : -1)
  );
}

function manualFor(site: CommandSite): ManualRemedy {
  const { name } = site;
  return {
    title: `Make the Node ${name} anew, so that it gets a pod range of its own`,
    where: `where kubectl works, and ${onNodes([site])}`,
    lines: [
      `kubectl drain ${name} --ignore-daemonsets --delete-emptydir-data`,
      `kubectl delete node ${name}`,
      ...registerLines(site),
      `kubectl wait --for=condition=Ready node/${name} --timeout=300s`,
      '# with the Node every flannel forgot the other owner of the range too, so all learn anew:',
      'selvage restart flannel --all',
      ...renewLines(site),
      `kubectl uncordon ${name}`,
    ],
    verify: [
      'kubectl get nodes -o jsonpath=\'{range .items[*]}{.metadata.name} {.spec.podCIDRs}{"\\n"}{end}\'',
      'selvage check',
    ],
  };
}

function registerLines(site: CommandSite): readonly string[] {
  const unit = kubeletUnit(site);
  if (unit === undefined) return [`talosctl -n ${site.address} reboot`];
  return [`# on ${site.name}:`, `sudo systemctl restart ${unit}`, '# where kubectl works:'];
}

/**
 * The bridge of the pods keeps the address of the old range until it is gone, and so do pods of DaemonSets, which a
 * drain leaves; not before flannel has written the new range, by which they are made anew. A reboot has done both.
 */
function renewLines(site: CommandSite): readonly string[] {
  if (kubeletUnit(site) === undefined) return [];
  return [
    `# on ${site.name}:`,
    'sudo ip link delete cni0',
    '# where kubectl works:',
    `kubectl delete pods --all-namespaces --field-selector spec.nodeName=${site.name}`,
  ];
}
