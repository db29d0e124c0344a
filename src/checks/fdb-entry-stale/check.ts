// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { entryGroups } from '#expected/entry-groups.ts';
import { observedFdbText } from '#expected/notation.ts';
import { notVxlan } from '#expected/vxlan-applicability.ts';
import { type StaleEntry, compareFdb } from '#expected/vxlan-entries.ts';
import { vxlanPlan } from '#expected/vxlan-plan.ts';
import { type Finding, verdictOf } from '#model/finding.ts';
import type { FdbEntry } from '#model/kernel.ts';

/** Which leftover it is; a current peer behind its destination tells where it comes from. */
function originOf(node: string, stale: StaleEntry<FdbEntry>): Pick<Finding, 'messageId' | 'peer'> {
  const { entry, family, own } = stale;
  if (own !== undefined) return { messageId: 'own' };
  const peer = entry.dst === undefined ? undefined : family.byPublicIp.get(entry.dst)?.node;
  return peer === undefined || peer === node
    ? { messageId: 'leftover' }
    : { messageId: 'formerMac', peer };
}

/**
 * Finds FDB entries for MACs that no node announces. Nothing addresses frames to them. flanneld replaces the route
 * and the neighbour of a node whose MAC changed, but leaves the FDB entry of the old MAC
 * (flannel@v0.28.9:pkg/backend/vxlan/vxlan_network.go).
 */
export const check: NodeCheck<'nodes' | 'flannel' | 'netConf', 'routes' | 'fdb'> = {
  id: 'fdb-entry-stale',
  title: 'FDB entry that no node asks for',
  scope: 'node',
  stability: 'stable',
  severity: 'info',
  needs: { cluster: ['nodes', 'flannel', 'netConf'], node: ['routes', 'fdb'] },
  messages: {
    leftover: '{node} still has an FDB entry for {mac}, which no node announces. It harms nothing.',
    formerMac:
      '{node} has an FDB entry that leads to {peer} by {mac}, which is not its MAC. Flannel leaves one behind when the MAC of a node changes; it harms nothing.',
    own: '{node} has an FDB entry for its own MAC {mac}. Nothing uses it, so it harms nothing.',
  },
  notApplicable: ({ cluster, node }) => notVxlan(cluster, node),
  run({ cluster, facts, node, atCluster, atNode }) {
    const { stale } = compareFdb(node, vxlanPlan(cluster), facts.fdb, facts.routes);
    return verdictOf(
      entryGroups(stale, ({ entry }) => `${entry.mac} ${entry.link}`).map((group) => {
        const { mac } = group[0].entry;
        return {
          ...originOf(node, group[0]),
          data: { mac },
          breaks: 'none',
          object: `fdb ${mac}`,
          expected: 'nothing',
          observed: group.map(({ entry }) => observedFdbText(entry)).join('; '),
          evidence: [...group.map(({ index }) => atNode('fdb', index)), atCluster('nodes')],
        };
      }),
    );
  },
};
