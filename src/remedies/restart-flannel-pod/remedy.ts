// SPDX-License-Identifier: Apache-2.0

import { peerDoubt } from '#expected/announcement-doubt.ts';
import { oomKill } from '#expected/oom-kill.ts';
import { restartFlannelStep } from '#expected/restart-flannel.ts';
import type { PodObject } from '#model/cluster.ts';
import type { TreatableFinding } from '#model/plan.ts';
import type { NodeRemedy } from '#remedies/define-remedy.ts';

/**
 * Restarts flanneld on one node. At its start it reads all leases and writes every entry, announces its own lease
 * and writes subnet.env (flannel@v0.28.9:pkg/backend/vxlan/vxlan.go, RegisterNetwork; main.go, WriteSubnetFile).
 */
export const remedy: NodeRemedy<'flannelPods' | 'netConf'> = {
  id: 'restart-flannel-pod',
  title: 'Restart flannel on one node',
  scope: 'node',
  risk: 'node',
  disturbance:
    'Traffic between pods goes on. For a moment at its start flannel removes its masquerade rules, so new connections from pods of this node to the outside can fail, and pods that start on the node wait. It takes some seconds, or up to two minutes when the old process is frozen.',
  invasiveness: 30,
  settlesWithinMs: 15_000,
  haltsOnFailure: true,
  treats: [
    'fdb-entry-missing',
    'fdb-entry-wrong',
    'flannel-pod-not-ready',
    'flannel-stalled',
    'masquerade-rule-missing',
    'neighbour-missing',
    'neighbour-wrong',
    'public-ip-mismatch',
    'route-missing',
    'route-wrong',
    'subnet-env-mismatch',
    'subnet-env-missing',
    'subnet-lease-missing',
    'vtep-mac-mismatch',
  ],
  needs: { cluster: ['flannelPods', 'netConf'], node: [] },
  plan({ cluster, findings, everything, node }) {
    const step = restartFlannelStep(cluster.flannelPods, node);
    if (step === undefined) {
      const reason = `No flannel pod runs on ${node} that could be restarted.`;
      return [{ kind: 'declined', findings, reason }];
    }
    if (isStarved(cluster.flannelPods, step.uid)) {
      const reason =
        'Flannel does not run there because it was killed for lack of memory: a new pod gets the same limit.';
      return [{ kind: 'declined', findings, reason }];
    }
    const answers = findings.map((finding) => {
      const reason = comesBack(finding, cluster.netConf.nftables) ?? peerDoubt(finding, everything);
      return { finding, reason };
    });
    const treated = answers.flatMap(({ finding, reason }) => (reason === undefined ? finding : []));
    return [
      ...answers.flatMap(({ finding, reason }) =>
        reason === undefined ? [] : [{ kind: 'declined', findings: [finding], reason } as const],
      ),
      { kind: 'steps', findings: treated, steps: [step] },
    ];
  },
};

/** A container that is down after such a kill would be so again; one that runs since then can be restarted. */
function isStarved(pods: readonly PodObject[], uid: string): boolean {
  const containers = pods.find((pod) => pod.uid === uid)?.containers ?? [];
  return containers.some((each) => each.state !== 'running' && oomKill(each) !== undefined);
}

/** flanneld looks after rules of iptables every 5 s, but not after those that it writes with nftables itself. */
function comesBack({ check }: TreatableFinding, nftables: boolean): string | undefined {
  return check === 'masquerade-rule-missing' && !nftables
    ? 'flanneld writes rules of iptables again within 5 seconds: run the check again.'
    : undefined;
}
