// SPDX-License-Identifier: Apache-2.0

import type { Sysctls } from '#model/kernel.ts';

const LINE = /^\/proc\/sys\/([A-Za-z0-9_./-]{1,200}):(-?\d{1,15})$/;
const MAX_LINES = 1000;

/**
 * Parses `grep -H . /proc/sys/…`: `/proc/sys/net/ipv4/ip_forward:1` becomes `net.ipv4.ip_forward: 1`. Lines of any
 * other form are skipped: a setting that could not be read is not there. A dot within a name becomes a slash, as
 * sysctl(8) does it, so that link names such as `flannel.1` stay unambiguous. Never throws.
 */
export function parseSysctls(text: string): Sysctls {
  const values: [string, number][] = [];
  for (const line of text.split('\n', MAX_LINES)) {
    const [, path, value] = LINE.exec(line.trimEnd()) ?? [];
    if (path === undefined || value === undefined) continue;
    values.push([path.replace(/[./]/g, (c) => (c === '.' ? '/' : '.')), Number(value)]);
  }
  return Object.freeze(Object.fromEntries(values));
}
