// SPDX-License-Identifier: Apache-2.0

import type { FlannelProcess } from '#model/kernel.ts';

/** `/proc/1/stat:1 (flanneld) S 0 1 …`: process id, name in brackets, state (man 5 proc_pid_stat). */
const STAT_LINE = /^\/proc\/(\d{1,10})\/stat:\1 \(flanneld\) ([A-Za-z]) /;

/**
 * flanneld's own process out of the lines of `/proc/PID/stat` that name it: the one with the lowest id, since the
 * others are copies about to become another program. Null when there is none.
 */
export function parseFlannelProcess(text: string): FlannelProcess | null {
  const found = text.split('\n').flatMap((line) => {
    const [, pid, state] = STAT_LINE.exec(line) ?? [];
    return pid === undefined || state === undefined ? [] : [{ pid: Number(pid), state }];
  });
  const [first] = found.sort((a, b) => a.pid - b.pid);
  return first === undefined ? null : Object.freeze(first);
}
