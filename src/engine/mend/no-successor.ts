// SPDX-License-Identifier: Apache-2.0

import { flannelPlacement } from '#expected/flannel-scheduling.ts';
import { nodeNamed } from '#expected/node-objects.ts';
import type { Snapshot } from '#model/snapshot.ts';

/**
 * Why no pod would come after one that is deleted, one sentence: the DaemonSet does not place one on the node any
 * more. A taint that came after the pod leaves it running (kubernetes@v1.34:pkg/controller/daemon/daemon_controller.go,
 * NodeShouldRunDaemonPod). Undefined when one would come, or nobody can tell. Pure.
 */
export function noSuccessor(
  { cluster: { nodes, flannel } }: Pick<Snapshot, 'cluster'>,
  node: string,
): string | undefined {
  if (nodes.state === 'absent' || flannel.state === 'absent') return undefined;
  const object = nodeNamed(nodes.value, node)?.object;
  if (object === undefined || flannel.value.kind !== 'daemonset') return undefined;
  const placement = flannelPlacement(flannel.value, object);
  return placement.runs === 'no'
    ? `${placement.reason} A flannel pod that is deleted on ${node} would not come back.`
    : undefined;
}
