// SPDX-License-Identifier: Apache-2.0

import type { PodObject } from '#model/cluster.ts';
import type { RestartPodStep, Step, TreatableFinding } from '#model/plan.ts';

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

/** What net-conf-drift says where a restart cuts a node off, or keeps flanneld from starting there. */
const GRAVE_DRIFTS: ReadonlySet<string> = new Set(['apart', 'refused']);

/**
 * Why no flannel may be restarted, one sentence: net-conf.json was edited since, and a restart applies it to the
 * restarted node alone. There is no way back from that. Undefined when a restart changes no setting that matters.
 */
export function restartDoubt(everything: readonly TreatableFinding[]): string | undefined {
  const drift = everything.find(
    ({ check, finding: { messageId } }) =>
      check === 'net-conf-drift' && GRAVE_DRIFTS.has(messageId),
  )?.finding;
  if (drift === undefined) return undefined;
  const { observed, expected } = drift;
  return `net-conf.json asks for ${observed}, and most nodes run with ${expected}: a flannel that restarts now takes the new setting alone, and its node is cut off from the others.`;
}

/** Whether a step makes a flanneld start anew, which reads net-conf.json then. */
export function restartsFlannel({ kind }: Step): boolean {
  return kind === 'restart-pod' || kind === 'patch-daemonset';
}
