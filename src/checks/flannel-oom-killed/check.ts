// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { isRecent } from '#expected/elapsed-time.ts';
import { flannelPodOf, noFlannelPod } from '#expected/flannel-pod.ts';
import { oomKill } from '#expected/oom-kill.ts';
import { countText } from '#expected/short-text.ts';
import type { ContainerStatus, ContainerTermination } from '#model/cluster.ts';
import { type Finding, skip, verdictOf } from '#model/finding.ts';

const OLD_SECONDS = 24 * 60 * 60;

/** Finds flannel containers that the kernel killed for memory. The pod's last state is the only trace of it. */
export const check: NodeCheck<'nodes' | 'flannel' | 'flannelPods'> = {
  id: 'flannel-oom-killed',
  title: 'Flannel was killed for lack of memory',
  scope: 'node',
  stability: 'stable',
  severity: 'warning',
  needs: { cluster: ['nodes', 'flannel', 'flannelPods'], node: [] },
  messages: {
    killed:
      'Container {container} of flannel on {node} was killed for lack of memory at {time} ({limit}, {restarts}). The routes stay in place without flanneld, but changes of other nodes are missed while it is down.',
    old: 'Container {container} of flannel on {node} was killed for lack of memory at {time} ({limit}, {restarts}), and has been running since.',
  },
  notApplicable: ({ cluster, node }) => noFlannelPod(cluster, node),
  run({ cluster, node, now, atCluster }) {
    const found = flannelPodOf(cluster.flannelPods, node);
    if (found === undefined) return skip('The node has no flannel pod.');
    const { pod, index } = found;
    return verdictOf(
      pod.containers.flatMap((container, position): readonly Finding[] => {
        const kill = oomKill(container);
        if (kill === undefined) return [];
        const { name, memoryLimit, restartCount } = container;
        const old = isOver(container, kill, now);
        const time = kill.finishedAt ?? 'an unknown time';
        const limit = memoryLimit === undefined ? 'no memory limit' : `limit ${memoryLimit}`;
        return [
          {
            messageId: old ? 'old' : 'killed',
            data: { container: name, time, limit, restarts: countText(restartCount, 'restart') },
            ...(old ? { severity: 'info' } : {}),
            breaks: 'none',
            object: `container ${name} of pod ${pod.namespace}/${pod.name}`,
            expected: 'no container ended by OOMKilled',
            observed: `OOMKilled at ${time}, exit code ${String(kill.exitCode)}, ${limit}`,
            evidence: [atCluster('flannelPods', index, 'containers', position)],
          },
        ];
      }),
    );
  },
};

/** More than a day ago, and running ever since: what it may have broken, other checks see. */
function isOver({ state }: ContainerStatus, kill: ContainerTermination, now: string): boolean {
  if (state !== 'running' || kill.finishedAt === undefined) return false;
  return (
    Number.isFinite(Date.parse(kill.finishedAt)) && !isRecent(now, kill.finishedAt, OLD_SECONDS)
  );
}
