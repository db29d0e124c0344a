// SPDX-License-Identifier: Apache-2.0

import type { ActuatorWorld } from '#actuators/define-actuator.ts';
import { ClusterReader } from '#collectors/cluster-reader.ts';
import { patiently } from '#engine/mend/patience.ts';
import { type EntrySubject, leaseOwner, ownerMayReturn } from '#expected/lease-owners.ts';
import type { NodeObject } from '#model/cluster.ts';
import type { Step, WriteRouteStep } from '#model/plan.ts';
import type { Snapshot } from '#model/snapshot.ts';
import { isSourceError } from '#sources/source-error.ts';

/** Why a step may not delete what it deletes, one sentence; undefined when it may, or deletes nothing. */
export type Doubt = (step: Step) => Promise<string | undefined>;

const NO_DOUBT: Doubt = () => Promise.resolve(undefined);
/** How old the leases may be when something is deleted by them. */
const FRESH_MS = 5_000;

/**
 * Reads the leases again for steps that delete entries. The lines of an entry do not tell whose it is: a node that
 * joins may be given the pod range of one that left, and the route to it is then the same, word by word. A plan can be
 * minutes old when it is agreed to, and one from a file days. They are read once more for a step that comes later
 * than some seconds after: a stage can have many, and each takes what a node takes to answer.
 *
 * @throws SourceError when the nodes cannot be read any more, before the first step; later that is a doubt
 */
export async function deletionDoubts(
  { connection, signal }: ActuatorWorld,
  { cluster: { flannel } }: Pick<Snapshot, 'cluster'>,
  steps: readonly Step[],
  recoverMs: number,
): Promise<Doubt> {
  if (steps.every((step) => deletedBy(step) === undefined)) return NO_DOUBT;
  if (flannel.state === 'absent') {
    return () => Promise.resolve(`Nobody knows whose it is: ${flannel.detail}`);
  }
  const read = async (): Promise<Leases> => {
    const nodes = await patiently(() => new ClusterReader(connection, signal).nodes(), recoverMs);
    const now = new Date(Date.now() + (connection.clockAheadMs() ?? 0)).toISOString();
    const mayReturn = ownerMayReturn(now, nodes, flannel.value);
    return { nodes, mayReturn, readAt: performance.now() };
  };
  let leases = await read();
  return async (step) => {
    const subject = deletedBy(step);
    if (subject === undefined) return undefined;
    try {
      if (performance.now() - leases.readAt > FRESH_MS) leases = await read();
    } catch (error) {
      if (!isSourceError(error)) throw error;
      return `Whose it is could not be read again: ${error.message}`;
    }
    const owner = leaseOwner(subject, step.node ?? '', leases.nodes, flannel.value);
    if (owner === undefined) return leases.mayReturn;
    return `It belongs to ${owner} by now, whose lease asks for it.`;
  };
}

interface Leases {
  readonly nodes: readonly NodeObject[];
  /** Why what is nobody's now may be somebody's in a moment; undefined when it may not. */
  readonly mayReturn: string | undefined;
  /** By the monotonic clock, milliseconds. */
  readonly readAt: number;
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
