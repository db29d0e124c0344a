// SPDX-License-Identifier: Apache-2.0

import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** What tells which process made a debug pod: `<16 hexadecimal digits of the machine>-<pid>`. */
export function ownRunOwner(): string {
  return `${machineId()}-${String(process.pid)}`;
}

/**
 * Whether the process that made a debug pod is known to be gone: it ran on this machine, in this very pid namespace,
 * since its last boot, and does not any more. Of any other machine nothing is known, and false is said.
 */
export function isOwnerGone(owner: string): boolean {
  const [, machine, pid] = /^([0-9a-f]{16})-(\d{1,10})$/.exec(owner) ?? [];
  return machine === machineId() && pid !== undefined && !isAlive(Number(pid));
}

/** Host name, boot and pid namespace, as a hash: names of machines are nobody's business in the cluster. */
function machineId(): string {
  const parts = [
    hostname(),
    attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')),
    attempt(() => readlinkSync('/proc/self/ns/pid')),
  ];
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 16);
}

/** Empty where the system has no such file. */
function attempt(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Somebody else's process exists too; only ESRCH says that there is none.
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}
