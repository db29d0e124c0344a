// SPDX-License-Identifier: Apache-2.0

import type { ActuatorWorld } from '#actuators/define-actuator.ts';
import { ClusterReader } from '#collectors/cluster-reader.ts';
import { patiently } from '#engine/mend/patience.ts';
import { type EntrySubject, leaseOwner, ownerMayReturn } from '#expected/lease-owners.ts';
import type { NodeObject } from '#model/cluster.ts';
import type { Step, WriteRouteStep } from '#model/plan.ts';
import type { Snapshot } from '#model/snapshot.ts';

/** Why a step may not delete what it deletes, one sentence; undefined when it may, or deletes nothing. */
type Doubt = (step: Step) => string | undefined;

const NO_DOUBT: Doubt = () => undefined;

/**
 * Reads the leases again for steps that delete entries. The lines of an entry do not tell whose it is: a node that
 * joins may be given the pod range of one that left, and the route to it is then the same, word by word. A plan can be
 * minutes old when it is agreed to, and one from a file days.
 *
 * @throws SourceError when the nodes cannot be read any more
 */
export async function deletionDoubts(
  { connection, signal }: ActuatorWorld,
  { cluster: { flannel } }: Pick<Snapshot, 'cluster'>,
  steps: readonly Step[],
  recoverMs: number,
): Promise<Doubt> {
  if (steps.every((step) => deletedBy(step) === undefined)) return NO_DOUBT;
  if (flannel.state === 'absent') return () => `Nobody knows whose it is: ${flannel.detail}`;
  const nodes = await patiently(() => new ClusterReader(connection, signal).nodes(), recoverMs);
  const mayReturn = ownerMayReturn(new Date().toISOString(), nodes, flannel.value);
  return (step) => doubtOf(step, nodes, flannel.value, mayReturn);
}

function doubtOf(
  step: Step,
  nodes: readonly NodeObject[],
  flannel: Parameters<typeof leaseOwner>[3],
  mayReturn: string | undefined,
): string | undefined {
  const subject = deletedBy(step);
  if (subject === undefined) return undefined;
  const owner = leaseOwner(subject, step.node ?? '', nodes, flannel);
  if (owner === undefined) return mayReturn;
  return `It belongs to ${owner} by now, whose lease asks for it.`;
}

/** What a step deletes the last entry of; undefined for one that leaves an entry, or that is about no entry. */
function deletedBy(step: Step): EntrySubject | undefined {
  switch (step.kind) {
    case 'write-route':
      return isDeletion(step) ? { podCidr: step.dst } : undefined;
    case 'write-neighbour':
      return isDeletion(step) ? { network: step.address } : undefined;
    case 'write-fdb-entry':
      return isDeletion(step) ? { vtepMac: step.mac } : undefined;
    default:
      return undefined;
  }
}

function isDeletion({ before, after }: Pick<WriteRouteStep, 'before' | 'after'>): boolean {
  return before.length > 0 && after.length === 0;
}
