// SPDX-License-Identifier: Apache-2.0

import type { PodObject } from '#model/cluster.ts';
import type { RestartPodStep } from '#model/plan.ts';

/**
 * How long a new flannel pod may take to be Ready. A frozen one needs its 30 s of grace to end; then an image that is
 * there already starts within seconds.
 */
const READY_SECONDS = 120;

/** The step that restarts flannel on a node; undefined when no pod of it is there. */
export function restartFlannelStep(
  pods: readonly PodObject[],
  node: string,
): RestartPodStep | undefined {
  const pod = pods.find(
    ({ nodeName, deletingSince, phase }) =>
      nodeName === node && deletingSince === undefined && phase !== 'Failed',
  );
  if (pod === undefined) return undefined;
  const { namespace, name, uid } = pod;
  return {
    kind: 'restart-pod',
    node,
    object: `pod ${namespace}/${name}`,
    title: `delete pod ${namespace}/${name}, and wait until the next one is Ready`,
    namespace,
    pod: name,
    uid,
    readySeconds: READY_SECONDS,
  };
}
