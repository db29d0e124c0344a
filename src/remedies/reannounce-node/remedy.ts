// SPDX-License-Identifier: Apache-2.0

import { ANNOUNCED_ENTRY_CHECKS, reannouncement } from '#expected/reannouncement.ts';
import type { Step, TreatableFinding } from '#model/plan.ts';
import type { ClusterRemedy, Proposal } from '#remedies/define-remedy.ts';

/** Findings about one node, and the step that announces it. */
interface Treated {
  readonly step: Step;
  readonly findings: TreatableFinding[];
}

/**
 * Makes every flanneld write its entries about a node anew, by the node's annotation alone. An identical entry is
 * replaced without a trace (flannel@v0.28.9:pkg/backend/vxlan/vxlan_network.go, handleSubnetEvents); with both
 * families on, only a change of both counts (pkg/subnet/kube/kube.go, handleUpdateLeaseEvent).
 */
export const remedy: ClusterRemedy<'nodes' | 'flannel' | 'netConf' | 'flannelPods'> = {
  id: 'reannounce-node',
  title: 'Let all nodes learn of a node anew',
  scope: 'cluster',
  risk: 'none',
  disturbance: 'No pod is touched, and no flow that works now is disturbed.',
  invasiveness: 20,
  settlesWithinMs: 5000,
  treats: ANNOUNCED_ENTRY_CHECKS,
  needs: { cluster: ['nodes', 'flannel', 'netConf', 'flannelPods'] },
  plan({ cluster, findings, everything }) {
    const declined: Proposal[] = [];
    const treated = new Map<string, Treated>();
    for (const finding of findings) {
      const answer = reannouncement(cluster, finding, everything);
      if ('declined' in answer) {
        declined.push({ kind: 'declined', findings: [finding], reason: answer.declined });
        continue;
      }
      const { step } = answer;
      const known = treated.get(step.node);
      if (known === undefined) treated.set(step.node, { step, findings: [finding] });
      else known.findings.push(finding);
    }
    const proposals = [...treated.values()].map(({ step, findings: ofPeer }): Proposal => ({
      kind: 'steps',
      findings: ofPeer,
      steps: [step],
    }));
    return [...declined, ...proposals];
  },
};
