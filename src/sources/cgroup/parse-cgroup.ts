// SPDX-License-Identifier: Apache-2.0

import { defined } from '#sources/kubernetes/objects/fields.ts';

/** What a container's own cgroup files tell. A field that is absent was not there, as `memory.peak` before Linux 5.19. */
export interface CgroupFiles {
  readonly version: 1 | 2;
  /** Use with inactive pages of files taken off, as the kubelet reckons it. */
  readonly workingSetBytes?: number;
  readonly rssBytes?: number;
  readonly cacheBytes?: number;
  /** With cache. */
  readonly peakBytes?: number;
  /** Absent: there is none. */
  readonly limitBytes?: number;
  /** How often an allocation met the limit. */
  readonly limitHits?: number;
  /** Processes that were killed for want of memory, of all that the container ever ran. */
  readonly oomKills?: number;
  /** Periods in which there was something to run, while CPU has a limit. */
  readonly periods?: number;
  readonly throttledPeriods?: number;
  readonly throttledSeconds?: number;
}

/** No machine has that much: what the kernel writes for no limit is the greatest multiple of its page size. */
const NO_LIMIT_BYTES = 2 ** 60;

/** Reads what the script of `cgroup-script.ts` printed; undefined when the container sees no cgroup of its own. */
export function parseCgroupFiles(stdout: string): CgroupFiles | undefined {
  const files = filesOf(stdout);
  if (files.has('memory.current')) return ofVersion2(files);
  return files.has('memory/memory.usage_in_bytes') ? ofVersion1(files) : undefined;
}

function filesOf(stdout: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const part of stdout.split(/^== /m).slice(1)) {
    const end = part.indexOf('\n');
    if (end !== -1) files.set(part.slice(0, end), part.slice(end + 1));
  }
  return files;
}

function ofVersion2(files: ReadonlyMap<string, string>): CgroupFiles {
  const stat = pairsOf(files.get('memory.stat'));
  const events = pairsOf(files.get('memory.events'));
  const cpu = pairsOf(files.get('cpu.stat'));
  const microseconds = cpu.get('throttled_usec');
  return defined({
    version: 2 as const,
    workingSetBytes: less(numberOf(files.get('memory.current')), stat.get('inactive_file')),
    rssBytes: stat.get('anon'),
    cacheBytes: stat.get('file'),
    peakBytes: numberOf(files.get('memory.peak')),
    limitBytes: limitOf(files.get('memory.max')),
    limitHits: events.get('max'),
    oomKills: events.get('oom_kill'),
    periods: cpu.get('nr_periods'),
    throttledPeriods: cpu.get('nr_throttled'),
    throttledSeconds: microseconds === undefined ? undefined : microseconds / 1e6,
  });
}

function ofVersion1(files: ReadonlyMap<string, string>): CgroupFiles {
  const stat = pairsOf(files.get('memory/memory.stat'));
  const cpu = pairsOf(files.get('cpu/cpu.stat'));
  const nanoseconds = cpu.get('throttled_time');
  return defined({
    version: 1 as const,
    workingSetBytes: less(
      numberOf(files.get('memory/memory.usage_in_bytes')),
      stat.get('total_inactive_file'),
    ),
    rssBytes: stat.get('total_rss'),
    cacheBytes: stat.get('total_cache'),
    peakBytes: numberOf(files.get('memory/memory.max_usage_in_bytes')),
    limitBytes: limitOf(files.get('memory/memory.limit_in_bytes')),
    limitHits: numberOf(files.get('memory/memory.failcnt')),
    oomKills: pairsOf(files.get('memory/memory.oom_control')).get('oom_kill'),
    periods: cpu.get('nr_periods'),
    throttledPeriods: cpu.get('nr_throttled'),
    throttledSeconds: nanoseconds === undefined ? undefined : nanoseconds / 1e9,
  });
}

/** Lines of a name and a number; others are left out. */
function pairsOf(text = ''): ReadonlyMap<string, number> {
  const lines = text.matchAll(/^([a-z_.]{1,60}) (\d{1,20})$/gm);
  return new Map([...lines].map(([, name = '', value]) => [name, Number(value)]));
}

function numberOf(text = ''): number | undefined {
  const value = text.trim();
  return /^\d{1,20}$/.test(value) ? Number(value) : undefined;
}

function limitOf(text: string | undefined): number | undefined {
  const limit = numberOf(text);
  return limit === undefined || limit >= NO_LIMIT_BYTES ? undefined : limit;
}

/** Without the pages that can be had back at once; undefined when one of them is not known. */
function less(used: number | undefined, inactive: number | undefined): number | undefined {
  if (used === undefined || inactive === undefined) return undefined;
  return Math.max(0, used - inactive);
}
