// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parseCgroupFiles } from '#sources/cgroup/parse-cgroup.ts';

const VERSION_2 = `== memory.current
30000000
== memory.peak
45000000
== memory.max
52428800
== memory.stat
anon 11000000
file 18000000
inactive_file 16000000
== memory.events
low 0
high 0
max 7
oom 2
oom_kill 1
oom_group_kill 0
== cpu.stat
usage_usec 5000000
nr_periods 400
nr_throttled 100
throttled_usec 2500000
`;

const VERSION_1 = `== memory/memory.usage_in_bytes
30000000
== memory/memory.max_usage_in_bytes
45000000
== memory/memory.limit_in_bytes
9223372036854771712
== memory/memory.failcnt
7
== memory/memory.stat
cache 1
rss 2
total_cache 18000000
total_rss 11000000
total_inactive_file 16000000
== memory/memory.oom_control
oom_kill_disable 0
under_oom 0
oom_kill 3
== cpu/cpu.stat
nr_periods 400
nr_throttled 100
throttled_time 2500000000
`;

const SAME = {
  workingSetBytes: 14_000_000,
  rssBytes: 11_000_000,
  cacheBytes: 18_000_000,
  peakBytes: 45_000_000,
  limitHits: 7,
  periods: 400,
  throttledPeriods: 100,
  throttledSeconds: 2.5,
};

describe('parseCgroupFiles', () => {
  it('reads version 2', () => {
    expect(parseCgroupFiles(VERSION_2)).toEqual({
      version: 2,
      ...SAME,
      limitBytes: 52_428_800,
      oomKills: 1,
    });
  });

  it('reads version 1, where no limit is a large number', () => {
    expect(parseCgroupFiles(VERSION_1)).toEqual({ version: 1, ...SAME, oomKills: 3 });
  });

  it('knows no peak where the kernel keeps none', () => {
    const without = VERSION_2.replace('== memory.peak\n45000000\n', '');

    expect(parseCgroupFiles(without)).not.toHaveProperty('peakBytes');
  });

  it('knows no working set when the pages of files are not told', () => {
    const without = VERSION_2.replace('inactive_file 16000000\n', '');

    expect(parseCgroupFiles(without)).not.toHaveProperty('workingSetBytes');
  });

  it.each(['', '== root\n', 'sh: not found\n', '== memory.max\nmax\n'])(
    'knows nothing from %j',
    (text) => {
      expect(parseCgroupFiles(text)).toBeUndefined();
    },
  );

  it('never throws, and every number is finite', () => {
    const lines = fc.constantFrom(...VERSION_1.split('\n'), ...VERSION_2.split('\n'), 'max', '-1');

    fc.assert(
      fc.property(fc.array(fc.oneof(lines, fc.string())), (text) => {
        const values = Object.values(parseCgroupFiles(text.join('\n')) ?? {});

        expect(values.every((value) => Number.isFinite(value) && value >= 0)).toBe(true);
      }),
    );
  });
});
