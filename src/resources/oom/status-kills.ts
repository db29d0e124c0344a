// SPDX-License-Identifier: Apache-2.0

import { definedFields } from '#model/defined-fields.ts';
import type { ContainerEnd, OomContainer, OomPod } from '#model/oom.ts';

import { type KillDraft, type KillPlaces, limitBytesOf } from './kill-draft.ts';

/** SIGKILL, as an exit code. */
const KILLED = 137;

/** Kills that the status of containers tells of: of each container at most the last two. */
export function statusKills(places: KillPlaces): readonly KillDraft[] {
  return places.pods.flatMap((pod) =>
    pod.containers.flatMap((container) =>
      container.ends
        .filter(({ reason }) => reason === 'OOMKilled')
        .map((end) => killOf(places, pod, container, end)),
    ),
  );
}

function killOf(
  places: KillPlaces,
  pod: OomPod,
  container: OomContainer,
  { exitCode, finishedAt, containerId }: ContainerEnd,
): KillDraft {
  const { name } = container;
  // The runtime says OOMKilled when any process of the container was killed so, whatever ended the first one.
  const isFirst = exitCode === KILLED;
  const what = isFirst
    ? ''
    : ': another process of it was killed, and the first one then ended by itself';
  return definedFields({
    at: finishedAt,
    node: pod.node,
    namespace: pod.namespace,
    pod: pod.name,
    podUid: pod.uid,
    container: name,
    containerId,
    what: isFirst ? ('container' as const) : ('child' as const),
    limitBytes: limitBytesOf(container),
    count: 1,
    flannel: places.isFlannel(pod) ? ('yes' as const) : ('no' as const),
    evidence: [
      {
        source: 'container-status' as const,
        text: `container ${name} ended OOMKilled, exit code ${String(exitCode)}${what}`,
      },
    ],
  });
}
