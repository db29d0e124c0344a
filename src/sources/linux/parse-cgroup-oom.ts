// SPDX-License-Identifier: Apache-2.0

import type { CgroupOom } from '#model/oom.ts';
import { LinuxParseError } from '#sources/linux/parse-error.ts';

const V1 = '/sys/fs/cgroup/memory';
const V2 = '/sys/fs/cgroup';

/** Files of a container's own cgroup, of both versions: those of the one that it does not have are not there. */
export const CGROUP_OOM_FILES: readonly string[] = [
  `${V2}/memory.events`,
  `${V2}/memory.max`,
  `${V2}/memory.peak`,
  `${V1}/memory.oom_control`,
  `${V1}/memory.limit_in_bytes`,
  `${V1}/memory.max_usage_in_bytes`,
];

/** From this on a limit in a file is the kernel's word for none (v1: the largest multiple of a page in 63 bits). */
const NO_LIMIT_BYTES = 2 ** 60;

/**
 * What `grep -H .` says of {@link CGROUP_OOM_FILES}.
 *
 * @throws LinuxParseError when it has no count of kills
 */
export function parseCgroupOom(text: string): CgroupOom {
  const kills =
    numberIn(text, /^\/sys\/fs\/cgroup\/memory\.events:oom_kill (\d{1,15})$/m) ??
    numberIn(text, /^\/sys\/fs\/cgroup\/memory\/memory\.oom_control:oom_kill (\d{1,15})$/m);
  if (kills === undefined) {
    throw new LinuxParseError('memory.events and memory.oom_control', 'has no count of kills');
  }
  const limit =
    numberIn(text, /^\/sys\/fs\/cgroup\/memory\.max:(\d{1,19})$/m) ??
    numberIn(text, /^\/sys\/fs\/cgroup\/memory\/memory\.limit_in_bytes:(\d{1,19})$/m);
  const peakBytes =
    numberIn(text, /^\/sys\/fs\/cgroup\/memory\.peak:(\d{1,19})$/m) ??
    numberIn(text, /^\/sys\/fs\/cgroup\/memory\/memory\.max_usage_in_bytes:(\d{1,19})$/m);
  const limitBytes = limit === undefined || limit >= NO_LIMIT_BYTES ? undefined : limit;
  return {
    kills,
    ...(limitBytes !== undefined && { limitBytes }),
    ...(peakBytes !== undefined && { peakBytes }),
  };
}

function numberIn(text: string, pattern: RegExp): number | undefined {
  const found = pattern.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}
