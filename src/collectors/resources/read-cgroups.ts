// SPDX-License-Identifier: Apache-2.0

import type { CgroupUsage, ContainerUsage } from '#model/resources.ts';
import { absenceOf } from '#collectors/fact-absence.ts';
import { mapLimited } from '#collectors/map-limited.ts';
import { CGROUP_SCRIPT } from '#sources/cgroup/cgroup-script.ts';
import { parseCgroupFiles } from '#sources/cgroup/parse-cgroup.ts';
import type { KubernetesConnection } from '#sources/kubernetes/connection.ts';
import { isSourceError } from '#sources/source-error.ts';

/** Which container's files to read. */
export type CgroupTarget = Pick<ContainerUsage, 'namespace' | 'pod' | 'container'>;

/** What was read of containers' own cgroup files. */
export interface CgroupReadings {
  readonly readings: readonly CgroupUsage[];
  /** Containers whose files could not be read, each with one sentence. */
  readonly missing: readonly (CgroupTarget & { readonly why: string })[];
}

const TIMEOUT_MS = 8_000;
const AT_ONCE = 8;

/**
 * Reads the cgroup files of containers, each from within by one exec: there a container sees its own, on every layout
 * of nodes. What reads is a child of the container, and counts for less than 1 MiB in what it reads.
 *
 * @throws SourceError when it was cancelled
 */
export async function readCgroups(
  connection: KubernetesConnection,
  targets: readonly CgroupTarget[],
  signal: AbortSignal,
): Promise<CgroupReadings> {
  const readings: CgroupUsage[] = [];
  const missing: CgroupReadings['missing'][number][] = [];
  await mapLimited(targets, { atOnce: AT_ONCE }, async (target) => {
    try {
      const { stdout, end } = await connection.exec({
        ...target,
        command: ['sh', '-c', CGROUP_SCRIPT],
        timeoutMs: TIMEOUT_MS,
        signal,
      });
      const files = end.kind === 'exited' ? parseCgroupFiles(stdout.toString()) : undefined;
      if (files !== undefined) readings.push({ ...target, at: new Date().toISOString(), ...files });
      else missing.push({ ...target, why: 'It sees no cgroup files of its own.' });
    } catch (error) {
      if (isSourceError(error, 'cancelled')) throw error;
      missing.push({ ...target, why: absenceOf(error).detail });
    }
  });
  return { readings, missing };
}
