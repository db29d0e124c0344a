// SPDX-License-Identifier: Apache-2.0

import type { ContainerGroup } from './container-groups.ts';

/** A container that the kernel killed for memory, as its status tells. */
export interface ToldKill {
  readonly pod: string;
  readonly node?: string;
  /** When it ended, ISO-8601 UTC; absent when the status does not say. */
  readonly finishedAt?: string;
  /** The limit that its pod has: what it had when it was killed, unless it was resized in place. Absent: none. */
  readonly limitBytes?: number;
}

/** The last kill of each container of a group, where the API still tells of it. */
export function toldKills({ members, limits }: ContainerGroup): readonly ToldKill[] {
  return members.flatMap(({ pod, node, container }): readonly ToldKill[] => {
    const { lastTerminated, state, reason } = container;
    const isDead = state === 'terminated' && reason === 'OOMKilled';
    if (lastTerminated?.reason !== 'OOMKilled' && !isDead) return [];
    const finishedAt = lastTerminated?.finishedAt;
    return [
      {
        pod,
        ...(node !== undefined && { node }),
        ...(finishedAt !== undefined && { finishedAt }),
        ...(limits.memoryBytes !== undefined && { limitBytes: limits.memoryBytes }),
      },
    ];
  });
}
