// SPDX-License-Identifier: Apache-2.0

/** `/proc/stat`, as far as it does not change while a node runs (fs/proc/stat.c, show_stat). */
export function procStat(bootedAt: Date): string {
  return `cpu  0 0 0 0 0 0 0 0 0 0\nctxt 100000\nbtime ${String(Math.floor(bootedAt.getTime() / 1000))}\nprocesses 5000\n`;
}
