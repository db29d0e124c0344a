// SPDX-License-Identifier: Apache-2.0

import { presentFlannelLinks } from '#expected/flannel-link.ts';
import { expectedLinkMtu } from '#expected/tunnel-mtu.ts';
import type { TreatableFinding } from '#model/plan.ts';
import type { NodeRemedy, NodeRemedyView, Proposal } from '#remedies/define-remedy.ts';

type View = NodeRemedyView<'nodes' | 'flannel' | 'netConf', 'links' | 'addresses'>;

/**
 * Sets the MTU of flannel's link. flanneld does so only when it makes the link: one that is there already, and
 * otherwise fits, is taken as it is (flannel@v0.28.9:pkg/backend/vxlan/device.go, ensureLink).
 */
export const remedy: NodeRemedy<'nodes' | 'flannel' | 'netConf', 'links' | 'addresses'> = {
  id: 'set-link-mtu',
  title: "Set the MTU of flannel's link",
  scope: 'node',
  risk: 'none',
  disturbance:
    'No pod is touched, and no flow that works now is disturbed: routes and neighbours stay.',
  invasiveness: 10,
  treats: ['link-mtu-wrong'],
  needs: { cluster: ['nodes', 'flannel', 'netConf'], node: ['links', 'addresses'] },
  plan: (view) => view.findings.map((finding) => answer(finding, view)),
};

function answer(finding: TreatableFinding, { cluster, facts, node }: View): Proposal {
  const findings = [finding];
  const found = presentFlannelLinks(cluster.netConf, facts.links).find(
    ({ link }) => `link ${link.name}` === finding.finding.object,
  );
  const mtu = found && expectedLinkMtu(cluster, node, facts, found.link.name);
  if (found === undefined || mtu === undefined) {
    return { kind: 'declined', findings, reason: `The right MTU on ${node} cannot be told.` };
  }
  if (cluster.flannel.kind === 'embedded') {
    const reason =
      'Flannel is a part of another program on the nodes, so no container of its own is there to write from.';
    return { kind: 'declined', findings, reason };
  }
  const { name, ifindex, mtu: observed } = found.link;
  const state = (bytes: number): readonly string[] => [
    `ifindex ${String(ifindex)} mtu ${String(bytes)}`,
  ];
  return {
    kind: 'steps',
    findings,
    steps: [
      {
        kind: 'write-link-mtu',
        node,
        object: `link ${name}`,
        title: `set the MTU of ${name} from ${String(observed)} to ${String(mtu)}`,
        link: name,
        before: state(observed),
        after: state(mtu),
      },
    ],
  };
}
