// SPDX-License-Identifier: Apache-2.0

import type { NodeBoot } from '#model/kernel.ts';
import { LinuxParseError } from '#sources/linux/parse-error.ts';

const BOOT_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/m;
/** Seconds since 1970 (man 5 proc_stat). */
const BOOT_TIME = /^btime (\d{1,11})$/m;
const SOURCES = '`/proc/sys/kernel/random/boot_id` and `/proc/stat`';

/**
 * Parses the boot id and the line `btime` of `/proc/stat`, in any order.
 *
 * @throws LinuxParseError when one of them is missing or odd
 */
export function parseBoot(text: string): NodeBoot {
  const [bootId] = BOOT_ID.exec(text) ?? [];
  const [, seconds] = BOOT_TIME.exec(text) ?? [];
  if (bootId === undefined) throw new LinuxParseError(SOURCES, 'has no boot id');
  if (seconds === undefined) throw new LinuxParseError(SOURCES, 'has no line `btime`');
  return Object.freeze({ bootId, bootedAt: new Date(Number(seconds) * 1000).toISOString() });
}
