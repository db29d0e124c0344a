// SPDX-License-Identifier: Apache-2.0

/** Files of cgroup v2, and of v1 below their controllers; both are asked for, for only one of them is there. */
const FILES: readonly string[] = [
  'memory.current',
  'memory.peak',
  'memory.max',
  'memory.stat',
  'memory.events',
  'cpu.stat',
  'memory/memory.usage_in_bytes',
  'memory/memory.max_usage_in_bytes',
  'memory/memory.limit_in_bytes',
  'memory/memory.failcnt',
  'memory/memory.stat',
  'memory/memory.oom_control',
  'cpu/cpu.stat',
];

/**
 * Prints a container's own cgroup files, each below a line that names it. It is constant: nothing that comes from a
 * cluster becomes part of it. Where the container sees the root of its machine instead (only there is a
 * `release_agent`), it says so and prints none of version 1; the root of version 2 has no such files.
 */
export const CGROUP_SCRIPT: string = [
  'cd /sys/fs/cgroup || exit 1',
  'if [ -e memory/release_agent ]; then echo "== root"; exit 0; fi',
  `for f in ${FILES.join(' ')}; do if [ -r "$f" ]; then echo "== $f"; cat "$f"; fi; done`,
].join('\n');
