// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { isRecent } from '#expected/elapsed-time.ts';
import { flannelPodOf, noFlannelPod } from '#expected/flannel-pod.ts';
import { countText } from '#expected/short-text.ts';
import type { ContainerStatus, ContainerTermination } from '#model/cluster.ts';
import { type Finding, skip, verdictOf } from '#model/finding.ts';

const HOUR_SECONDS = 60 * 60;
const DAY_SECONDS = 24 * HOUR_SECONDS;
const HOURLY_LIMIT = 2;
const DAILY_LIMIT = 4;

interface Restarts {
  readonly last: ContainerTermination;
  /** What is known about the time in which they happened. */
  readonly span: string;
}

/**
 * The restarts of a container that runs now, where they are too many. The API has a total and the last end only:
 * of a pod that is older than a day, no more is known than the mean.
 */
function tooMany(container: ContainerStatus, createdAt: string, now: string): Restarts | undefined {
  const { state, restartCount, lastTerminated: last } = container;
  const ageSeconds = (Date.parse(now) - Date.parse(createdAt)) / 1000;
  if (state !== 'running' || last?.finishedAt === undefined || !(ageSeconds >= 0)) return undefined;
  const within = (seconds: number): boolean => isRecent(now, last.finishedAt ?? '', seconds);
  if (ageSeconds < HOUR_SECONDS && restartCount > HOURLY_LIMIT)
    return { last, span: 'in less than an hour' };
  const days = Math.ceil(ageSeconds / DAY_SECONDS);
  if (!within(DAY_SECONDS) || restartCount <= DAILY_LIMIT * days) return undefined;
  return { last, span: days <= 1 ? 'in less than a day' : `in ${String(days)} days` };
}

/** Finds flannel containers that run, but end again and again. */
export const check: NodeCheck<'nodes' | 'flannel' | 'flannelPods'> = {
  id: 'flannel-restarting',
  title: 'Flannel restarts again and again',
  scope: 'node',
  stability: 'stable',
  severity: 'warning',
  needs: { cluster: ['nodes', 'flannel', 'flannelPods'], node: [] },
  messages: {
    restarting:
      'Container {container} of flannel on {node} runs now, but had {restarts} {span}, the last at {time} with exit code {exitCode}. The routes stay without flanneld, but changes of other nodes are missed while it is down.',
  },
  notApplicable: ({ cluster, node }) => noFlannelPod(cluster, node),
  run({ cluster, node, now, atCluster }) {
    const found = flannelPodOf(cluster.flannelPods, node);
    if (found === undefined) return skip('The node has no flannel pod.');
    const { pod, index } = found;
    return verdictOf(
      pod.containers.flatMap((container, position): readonly Finding[] => {
        const restarts = tooMany(container, pod.createdAt, now);
        // A kill for lack of memory has its own cause and its own fix.
        if (restarts === undefined || restarts.last.reason === 'OOMKilled') return [];
        const { name, restartCount } = container;
        const { last, span } = restarts;
        const { exitCode, finishedAt: time = 'an unknown time' } = last;
        const counted = countText(restartCount, 'restart');
        return [
          {
            messageId: 'restarting',
            data: { container: name, restarts: counted, span, time, exitCode },
            breaks: 'none',
            object: `container ${name} of pod ${pod.namespace}/${pod.name}`,
            expected: 'at most 2 restarts in an hour and 4 in a day',
            observed: `${counted} since ${pod.createdAt}, last exit code ${String(exitCode)} at ${time}`,
            evidence: [
              atCluster('flannelPods', index, 'containers', position),
              atCluster('flannelPods', index, 'createdAt'),
            ],
          },
        ];
      }),
    );
  },
};
