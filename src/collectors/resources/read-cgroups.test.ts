// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import {
  type CgroupReadings,
  type CgroupTarget,
  readCgroups,
} from '#collectors/resources/read-cgroups.ts';
import { CGROUP_SCRIPT } from '#sources/cgroup/cgroup-script.ts';
import type { ExecRequest, KubernetesConnection } from '#sources/kubernetes/connection.ts';
import type { ExecResult } from '#sources/kubernetes/exec-websocket.ts';
import { SourceError } from '#sources/source-error.ts';

const FILES = `== memory.current
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
oom_kill 1
`;

function target(pod: string): CgroupTarget {
  return { namespace: 'shop', pod, container: 'app' };
}

type Exec = (request: ExecRequest) => Promise<ExecResult>;

function exited(stdout: string, exitCode = 0): Exec {
  const end = { kind: 'exited', exitCode } as const;
  return () => Promise.resolve({ stdout: Buffer.from(stdout), stderr: Buffer.alloc(0), end });
}

function failing(code: 'forbidden' | 'cancelled' | 'executable-not-found'): Exec {
  return () => Promise.reject(new SourceError(code, { operation: 'exec', target: 'shop/web' }));
}

function read(exec: Exec, targets: readonly CgroupTarget[]): Promise<CgroupReadings> {
  const connection = { exec } as KubernetesConnection;
  return readCgroups(connection, targets, new AbortController().signal);
}

describe('readCgroups', () => {
  it('reads the files of each container from within, by a constant script', async () => {
    const requests: ExecRequest[] = [];
    const exec: Exec = (request) => {
      requests.push(request);
      return exited(FILES)(request);
    };

    const { readings, missing } = await read(exec, [target('web-1')]);

    expect(missing).toEqual([]);
    expect(readings).toMatchObject([
      {
        ...target('web-1'),
        version: 2,
        workingSetBytes: 14_000_000,
        peakBytes: 45_000_000,
        limitBytes: 52_428_800,
        oomKills: 1,
      },
    ]);
    expect(requests).toMatchObject([
      { ...target('web-1'), command: ['sh', '-c', CGROUP_SCRIPT], timeoutMs: 8000 },
    ]);
  });

  it.each<[string, Exec, RegExp]>([
    ['sees those of its whole node', exited('== root\n'), /no cgroup files of its own/u],
    ['has no such folder', exited('', 1), /no cgroup files of its own/u],
    ['was cut off', truncated(), /no cgroup files of its own/u],
    ['has no shell', failing('executable-not-found'), /./u],
    ['may not be entered', failing('forbidden'), /./u],
  ])('names a container that %s, and has the others', async (_, exec, why) => {
    const exceptFor: Exec = (request) =>
      request.pod === 'web-2' ? exec(request) : exited(FILES)(request);

    const { readings, missing } = await read(exceptFor, ['web-1', 'web-2', 'web-3'].map(target));

    expect(readings.map(({ pod }) => pod).sort()).toEqual(['web-1', 'web-3']);
    expect(missing).toMatchObject([target('web-2')]);
    expect(missing[0]?.why).toMatch(why);
  });

  it('enters eight containers at a time', async () => {
    let inside = 0;
    let most = 0;
    const exec: Exec = async (request) => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
      return exited(FILES)(request);
    };
    const targets = Array.from({ length: 40 }, (_, index) => target(`web-${String(index)}`));

    const { readings } = await read(exec, targets);

    expect(readings).toHaveLength(40);
    expect(most).toBe(8);
  });

  it('ends when it is cancelled', async () => {
    const reading = read(failing('cancelled'), [target('web-1')]);

    await expect(reading).rejects.toMatchObject({ code: 'cancelled' });
  });
});

/** Half of the files, and then the connection broke. */
function truncated(): Exec {
  const end = { kind: 'truncated', reason: 'cut-off' } as const;
  return () => Promise.resolve({ stdout: Buffer.from(FILES), stderr: Buffer.alloc(0), end });
}
