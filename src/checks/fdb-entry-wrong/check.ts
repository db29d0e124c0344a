// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { entryGroups } from '#expected/entry-groups.ts';
import { fdbText, observedFdbText } from '#expected/notation.ts';
import { notVxlan, vxlanLinkUnusable } from '#expected/vxlan-applicability.ts';
import { compareFdb } from '#expected/vxlan-entries.ts';
import { vxlanPlan } from '#expected/vxlan-plan.ts';
import { skip, verdictOf } from '#model/finding.ts';

/** Finds FDB entries that send a peer's frames to another address than the peer's public IP. */
export const check: NodeCheck<'nodes' | 'flannel' | 'netConf', 'links' | 'routes' | 'fdb'> = {
  id: 'fdb-entry-wrong',
  title: 'FDB entry of a peer leads to another address',
  scope: 'node',
  stability: 'stable',
  severity: 'critical',
  needs: { cluster: ['nodes', 'flannel', 'netConf'], node: ['links', 'routes', 'fdb'] },
  judgesPairs: ['vxlan'],
  messages: {
    astray:
      '{node} sends its tunnel packets for {peer} to {dst} instead of {publicIp}, so its pods reach no pod there.',
  },
  notApplicable: ({ cluster, node }) => notVxlan(cluster, node),
  run({ cluster, facts, node, atCluster, atNode }) {
    const unusable = vxlanLinkUnusable(cluster.netConf, facts.links);
    if (unusable !== undefined) return skip(unusable);
    const plan = vxlanPlan(cluster);
    const { wrong } = compareFdb(node, plan, facts.fdb, facts.routes);
    return verdictOf(
      entryGroups(wrong, ({ peer }) => peer).map((group) => {
        const { peer, entry } = group[0];
        return {
          messageId: 'astray',
          data: { dst: entry.dst ?? 'no address', publicIp: peer.publicIp },
          breaks: 'pair',
          peer: peer.node,
          object: `fdb ${peer.vtepMac}`,
          expected: fdbText(peer),
          observed: group.map((each) => observedFdbText(each.entry)).join('; '),
          evidence: [
            ...group.map(({ index }) => atNode('fdb', index)),
            atCluster('nodes', peer.nodeIndex, 'flannelAnnotations'),
          ],
        };
      }),
    );
  },
};
