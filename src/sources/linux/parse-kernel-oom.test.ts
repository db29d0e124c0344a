// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { KERNEL_LINES, parseKernelOom } from './parse-kernel-oom.ts';

const UID = '7e2bde13-0b70-4a2c-9a7e-6f27ac0f8d41';
const ID = 'ab'.repeat(32);
const CLOCK = { nowMs: Date.parse('2026-12-01T03:00:00Z'), uptimeSeconds: 3000 };

interface Victim {
  readonly task?: string;
  readonly cgroup?: string;
  readonly constraint?: string;
}

function log({
  task = 'flanneld',
  cgroup = `/kubepods/burstable/pod${UID}/${ID}`,
  constraint = 'CONSTRAINT_MEMCG',
}: Victim = {}): string {
  return [
    '[    0.000000] Linux version 6.18.44',
    '[ 2009.824033] memory: usage 9216kB, limit 9216kB, failcnt 141',
    `[ 2009.824268] oom-kill:constraint=${constraint},nodemask=(null),cpuset=${ID},mems_allowed=0,oom_memcg=${cgroup},task_memcg=${cgroup},task=${task},pid=1154,uid=0`,
    `[ 2009.824298] Memory cgroup out of memory: Killed process 1154 (${task}) total-vm:82092kB, anon-rss:7936kB`,
  ].join('\n');
}

describe('the lines of a kernel log', () => {
  it('give victim, pod, container, limit and time of a kill', () => {
    const { kills, completeSince } = parseKernelOom(log(), CLOCK);

    expect(kills).toEqual([
      {
        stampSeconds: 2009.824268,
        at: '2026-12-01T02:43:29.824Z',
        process: 'flanneld',
        pid: 1154,
        cgroup: `/kubepods/burstable/pod${UID}/${ID}`,
        podUid: UID,
        containerId: ID,
        cause: 'cgroup',
        usageBytes: 9216 * 1024,
        limitBytes: 9216 * 1024,
      },
    ]);
    expect(completeSince).toBe('2026-12-01T02:10:00.000Z');
  });

  it.each([
    [
      'systemd',
      `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${UID.replaceAll('-', '_')}.slice/cri-containerd-${ID}.scope`,
    ],
    ['CRI-O', `/kubepods.slice/kubepods-pod${UID.replaceAll('-', '_')}.slice/crio-${ID}.scope`],
    ['cgroupfs below another group', `/lab/node2/kubepods/besteffort/pod${UID}/${ID}`],
  ])('name the pod by its cgroup with %s', (_name, cgroup) => {
    const [kill] = parseKernelOom(log({ cgroup }), CLOCK).kills;

    expect(kill).toMatchObject({ podUid: UID, containerId: ID });
  });

  it('name no pod for a process outside of all', () => {
    const [kill] = parseKernelOom(log({ cgroup: '/system.slice/sshd.service' }), CLOCK).kills;

    expect(kill).not.toHaveProperty('podUid');
  });

  it('tell a machine without memory from a limit that was reached', () => {
    const text =
      '[ 10.5] oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/a,task=x,pid=7,uid=0';

    expect(parseKernelOom(text, CLOCK).kills).toMatchObject([{ cause: 'machine', pid: 7 }]);
  });

  it('are kept by the pattern for grep', () => {
    const kept = log()
      .split('\n')
      .filter((line) => new RegExp(KERNEL_LINES).test(line));

    expect(kept).toHaveLength(4);
  });

  it('say nothing of the time before the first one that is left', () => {
    expect(parseKernelOom('', CLOCK)).toEqual({ kills: [], links: [] });
  });

  it('give links that went down and up', () => {
    const text = '[ 12.000001] e1000e 0000:00:1f.6 enp4s0: NIC Link is Down';

    expect(parseKernelOom(text, CLOCK).links).toEqual([
      { at: '2026-12-01T02:10:12.000Z', text: 'e1000e 0000:00:1f.6 enp4s0: NIC Link is Down' },
    ]);
  });

  it('cannot be made to name another pod or process id by the name of a process', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 15 }), (name) => {
        const task = `${name.replaceAll('\n', ' ')},pid=9,uid=0`.slice(0, 40);
        const kills = parseKernelOom(log({ task }), CLOCK).kills;

        expect(kills.every(({ pid, podUid }) => pid === 1154 && podUid === UID)).toBe(true);
        expect(kills.every(({ process }) => !/\p{Cc}/u.test(process))).toBe(true);
      }),
    );
  });

  it('make no error, whatever they hold', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(), (text, at) => {
        const mixed = `${log().slice(0, at % 600)}${text}\n${log()}`;

        expect(parseKernelOom(mixed, CLOCK).kills.length).toBeGreaterThan(0);
      }),
    );
  });
});
