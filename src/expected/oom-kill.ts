// SPDX-License-Identifier: Apache-2.0

import type { ContainerStatus, ContainerTermination } from '#model/cluster.ts';

/** The end of a container that the kernel killed for memory, its last or the one before; undefined when there is none. */
export function oomKill({
  terminated,
  lastTerminated,
}: Pick<ContainerStatus, 'terminated' | 'lastTerminated'>): ContainerTermination | undefined {
  return [terminated, lastTerminated].find((end) => end?.reason === 'OOMKilled');
}
