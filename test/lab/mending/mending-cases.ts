// SPDX-License-Identifier: Apache-2.0

import { faultCases, type FaultCase } from '../fault-cases.ts';

/** A fault that Selvage mends, and how. */
export interface MendingCase {
  /** The fault, when it shows, and what a check says of it. */
  readonly fault: FaultCase;
  /** Remedies that are carried out, in order, as `remedy node: verdict`. */
  readonly remedies: readonly string[];
  /** Remedies that may follow, where the nodes are older than ten minutes: younger, nothing stale is deleted. */
  readonly mayFollow?: readonly string[];
  /** No pod of flannel is touched, and `selvage undo` brings back every entry as it was. */
  readonly leavesPods: boolean;
  /** In the suite of CI; `npm run test:lab:mending` runs all. */
  readonly inCi: boolean;
}

function fault(name: string): FaultCase {
  const found = faultCases('vxlan').find(({ faults }) => faults[0]?.[0] === name);
  if (found === undefined) throw new Error(`the lab has no fault ${name}`);
  return found;
}

function byEntries(name: string, remedy: string, inCi = false): MendingCase {
  const remedies = [`${remedy}: helped`];
  return { fault: fault(name), remedies, leavesPods: true, inCi };
}

/** A restart has no undo: what a pod held in memory is gone with it. */
function byRestart(name: string, inCi = false): MendingCase {
  const remedies = ['restart-flannel-pod node2: helped'];
  return { fault: fault(name), remedies, leavesPods: false, inCi };
}

/** Every fault of the lab that a step of Selvage mends. */
export const MENDING_CASES: readonly MendingCase[] = [
  byEntries('routes-flush', 'reprogram-entries node2', true),
  byEntries('route-del', 'reprogram-entries node2'),
  byEntries('neigh-del', 'reprogram-entries node2'),
  byEntries('fdb-del', 'reprogram-entries node2'),
  byEntries('link-bounce', 'reprogram-entries node2'),
  byEntries('link-del', 'reprogram-entries node2'),
  byEntries('wrong-mtu', 'set-link-mtu node2'),
  byEntries('subnet-env-rm', 'restore-subnet-env node2', true),
  byEntries('coredns-down', 'restart-coredns cluster'),
  {
    ...byRestart('wrong-vtep-mac'),
    mayFollow: ['reprogram-entries node1: helped', 'reprogram-entries node3: helped'],
  },
  byRestart('wrong-public-ip'),
  byRestart('annotations-lost', true),
  byRestart('flannel-stop'),
];
