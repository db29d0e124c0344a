// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { parseCgroupOom } from './parse-cgroup-oom.ts';

describe('the files of a cgroup', () => {
  it('are read with version 1', () => {
    const text = [
      '/sys/fs/cgroup/memory/memory.oom_control:oom_kill_disable 0',
      '/sys/fs/cgroup/memory/memory.oom_control:under_oom 0',
      '/sys/fs/cgroup/memory/memory.oom_control:oom_kill 2',
      '/sys/fs/cgroup/memory/memory.limit_in_bytes:9223372036854771712',
      '/sys/fs/cgroup/memory/memory.max_usage_in_bytes:12582912',
    ].join('\n');

    expect(parseCgroupOom(text)).toEqual({ kills: 2, peakBytes: 12582912 });
  });

  it('are read with version 2', () => {
    const text = [
      '/sys/fs/cgroup/memory.events:oom 4',
      '/sys/fs/cgroup/memory.events:oom_kill 3',
      '/sys/fs/cgroup/memory.events:oom_group_kill 0',
      '/sys/fs/cgroup/memory.max:52428800',
    ].join('\n');

    expect(parseCgroupOom(text)).toEqual({ kills: 3, limitBytes: 52428800 });
  });

  it('are no zero when the kernel does not count', () => {
    expect(() => parseCgroupOom('/sys/fs/cgroup/memory.max:max')).toThrow('no count of kills');
  });
});
