// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { backendText, runningBackend } from '#expected/running-backend.ts';
import { notFlannelNode } from '#expected/vxlan-applicability.ts';
import { PASS, skip, verdictOf } from '#model/finding.ts';

/**
 * Finds nodes whose backend or VNI differs from that of most nodes. flanneld ignores peers of another backend
 * (flannel@v0.28.9:pkg/backend/vxlan/vxlan_network.go, handleSubnetEvents), and the kernel drops a foreign VNI.
 */
export const check: NodeCheck<'nodes' | 'flannel'> = {
  id: 'backend-mixed',
  title: 'Nodes run different backends',
  scope: 'node',
  stability: 'stable',
  severity: 'critical',
  needs: { cluster: ['nodes', 'flannel'], node: [] },
  messages: {
    minority:
      '{node} runs flannel with {own}, most nodes with {most}. Nodes with different backends or VNIs take nothing from each other, so {node} is cut off from those.',
    split:
      '{node} runs flannel with {own}, other nodes with {most}, and neither is the majority. Nodes with different backends or VNIs take nothing from each other.',
  },
  notApplicable: ({ cluster, node }) => notFlannelNode(cluster.nodes, node),
  run({ cluster, node, atCluster }) {
    const { announced, type, vni } = runningBackend(cluster.nodes, cluster.flannel);
    const own = announced.find((each) => each.node === node);
    if (own === undefined) return skip('The node announces no backend.');
    const others = announced.filter(
      (each) =>
        each.type !== own.type ||
        (each.vni !== undefined && own.vni !== undefined && each.vni !== own.vni),
    );
    const [other] = others;
    if (other === undefined) return PASS;
    const decided = type !== undefined && (type !== 'vxlan' || vni !== undefined);
    if (decided && own.type === type && (own.vni === undefined || own.vni === vni)) return PASS;
    const most = decided ? { type, ...(vni === undefined ? {} : { vni }) } : other;
    return verdictOf([
      {
        messageId: decided ? 'minority' : 'split',
        data: { own: backendText(own), most: backendText(most) },
        breaks: 'node',
        object: 'annotation backend-type',
        expected: backendText(most),
        observed: backendText(own),
        evidence: [own, other].map(({ index }) => atCluster('nodes', index, 'flannelAnnotations')),
      },
    ]);
  },
};
