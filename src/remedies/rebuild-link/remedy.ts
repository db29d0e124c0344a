// SPDX-License-Identifier: Apache-2.0

import { findLink } from '#expected/vxlan-link.ts';
import { restartFlannelStep } from '#expected/restart-flannel.ts';
import type { DeleteLinkStep } from '#model/plan.ts';
import type { Link } from '#model/kernel.ts';
import type { NodeRemedy } from '#remedies/define-remedy.ts';

/**
 * Deletes flannel's link and restarts flanneld, which makes it anew with its address and all entries. A restart alone
 * keeps a link that is there and fits in what flanneld compares: not its MTU, and not whether it learns
 * (flannel@v0.28.9:pkg/backend/vxlan/device.go, ensureLink).
 */
export const remedy: NodeRemedy<'flannelPods' | 'netConf', 'links'> = {
  id: 'rebuild-link',
  title: "Make flannel's link of a node anew",
  scope: 'node',
  risk: 'node',
  disturbance:
    'Traffic between pods of this node and other nodes stands still until flanneld has made the link and its entries anew: some seconds, or up to two minutes when the old process is frozen. New connections from its pods to the outside can fail for a moment.',
  invasiveness: 50,
  settlesWithinMs: 15_000,
  treats: ['link-down', 'link-missing', 'link-mtu-wrong', 'link-parameters-wrong'],
  needs: { cluster: ['flannelPods', 'netConf'], node: ['links'] },
  plan({ cluster, facts, findings, node }) {
    const { backendType } = cluster.netConf;
    if (backendType !== 'vxlan') {
      const reason = `The backend is ${backendType}, whose link is not made anew by this.`;
      return [{ kind: 'declined', findings, reason }];
    }
    const restart = restartFlannelStep(cluster.flannelPods, node);
    if (restart === undefined) {
      const reason = `No flannel pod runs on ${node} that would make the link anew.`;
      return [{ kind: 'declined', findings, reason }];
    }
    const names = new Set(
      findings.map(({ finding: { object = '' } }) => object.replace(/^link /, '')),
    );
    const deletions = [...names]
      .flatMap((name) => findLink(facts.links, name)?.link ?? [])
      .map((link) => deletion(node, link));
    return [{ kind: 'steps', findings, steps: [...deletions, restart] }];
  },
};

function deletion(node: string, { name: link, ifindex }: Link): DeleteLinkStep {
  const object = `link ${link}`;
  return { kind: 'delete-link', node, object, title: `delete ${object}`, link, ifindex };
}
