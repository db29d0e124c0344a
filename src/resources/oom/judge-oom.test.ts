// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { absent, observed } from '#model/fact.ts';
import type {
  EntriesState,
  KernelOomKill,
  OomContainer,
  OomNode,
  OomPicture,
  OomPod,
} from '#model/oom.ts';

import { judgeOom } from './judge-oom.ts';
import type { OomClaim, OomReport } from './oom-report.ts';

const NOW = '2026-12-01T04:00:00Z';
const KILLED_AT = '2026-12-01T03:00:00Z';
const MADE_AT = '2026-11-01T00:00:00Z';
const UID = '7e2bde13-0b70-4a2c-9a7e-6f27ac0f8d41';
const [FIRST, SECOND] = ['a'.repeat(64), 'b'.repeat(64)];
const UNREAD = absent('forbidden', 'It may not be read.');

const RUNNING: OomContainer = {
  name: 'kube-flannel',
  limit: '50Mi',
  restartCount: 0,
  state: 'running',
  startedAt: MADE_AT,
  containerId: FIRST,
  ends: [],
};
const KILLED = { reason: 'OOMKilled', exitCode: 137, finishedAt: KILLED_AT, containerId: FIRST };
const DEAD: OomContainer = {
  ...RUNNING,
  restartCount: 0,
  state: 'waiting',
  ends: [KILLED],
};
const RESTARTED: OomContainer = {
  ...RUNNING,
  restartCount: 1,
  startedAt: '2026-12-01T03:00:05Z',
  containerId: SECOND,
  ends: [KILLED],
};

function picture(
  container: OomContainer,
  more: Partial<OomPicture> & { node?: Partial<OomNode> } = {},
): OomPicture {
  const pod: OomPod = {
    namespace: 'kube-flannel',
    name: 'kube-flannel-ds-abcde',
    uid: UID,
    node: 'node2',
    createdAt: MADE_AT,
    workload: { kind: 'DaemonSet', name: 'kube-flannel-ds' },
    containers: [container],
  };
  const { node, ...facts } = more;
  return {
    readAt: NOW,
    pods: observed([pod], NOW),
    events: observed([], NOW),
    gonePods: observed([], NOW),
    flannel: observed(
      {
        namespace: 'kube-flannel',
        name: 'kube-flannel-ds',
        container: 'kube-flannel',
        podUids: [UID],
      },
      NOW,
    ),
    nodes: [
      { name: 'node1', createdAt: MADE_AT, kernelLog: UNREAD, cgroup: UNREAD },
      {
        name: 'node2',
        createdAt: MADE_AT,
        kernelLog: UNREAD,
        cgroup: observed({ kills: 0 }, NOW),
        ...node,
      },
    ],
    ...facts,
  };
}

function kill(fields: Partial<KernelOomKill> = {}): KernelOomKill {
  return {
    stampSeconds: 100,
    at: KILLED_AT,
    process: 'flanneld',
    pid: 9,
    cgroup: '/x',
    podUid: UID,
    containerId: FIRST,
    cause: 'cgroup',
    ...fields,
  };
}

function logged(...kills: readonly KernelOomKill[]): Partial<OomNode> {
  return { kernelLog: observed({ completeSince: '2026-10-01T00:00:00Z', kills, links: [] }, NOW) };
}

const WHOLE: EntriesState = { node: 'node2', state: 'whole', lost: [], answers: [] };
const LOST: EntriesState = {
  node: 'node2',
  state: 'lost',
  lost: [{ check: 'route-missing', peer: 'node1' }],
  answers: [],
};

function judged(seen: OomPicture, entries: readonly EntriesState[] = [WHOLE]): OomReport {
  return judgeOom(seen, entries, { of: 'all' });
}

function claim({ claims }: OomReport, id: OomClaim['id']): OomClaim | undefined {
  return claims.find((each) => each.id === id);
}

describe('that flanneld was killed', () => {
  it('is ruled out since its pod was made when it was never restarted', () => {
    const found = claim(judged(picture(RUNNING)), 'flanneld-killed');

    expect(found).toMatchObject({ verdict: 'ruled-out', since: MADE_AT });
  });

  it('is without evidence after restarts of which nothing is known any more', () => {
    const end = { reason: 'Error', exitCode: 1 };

    const found = claim(
      judged(picture({ ...RUNNING, restartCount: 5, ends: [end] })),
      'flanneld-killed',
    );

    expect(found?.verdict).toBe('no-evidence');
    expect(found?.because[0]).toContain('restarted 5 times');
  });

  it('is ruled out after such restarts by a complete log without it', () => {
    const seen = picture({ ...RUNNING, restartCount: 5 }, { node: logged() });

    expect(claim(judged(seen), 'flanneld-killed')?.verdict).toBe('ruled-out');
  });

  it('is without evidence after a SIGKILL that the runtime does not put down to memory', () => {
    const end = { reason: 'Error', exitCode: 137, finishedAt: KILLED_AT };

    const found = claim(
      judged(picture({ ...RUNNING, restartCount: 1, ends: [end] })),
      'flanneld-killed',
    );

    expect(found?.verdict).toBe('no-evidence');
    expect(found?.because[0]).toContain('SIGKILL');
  });

  it('is confirmed by the status, with the words of the kernel on the same kill', () => {
    const report = judged(picture(DEAD, { node: logged(kill()) }));

    expect(report.kills).toHaveLength(1);
    expect(report.kills[0]?.evidence.map(({ source }) => source)).toEqual([
      'container-status',
      'kernel-log',
    ]);
    expect(claim(report, 'flanneld-killed')?.verdict).toBe('confirmed');
  });

  it('is confirmed for a pod that is gone, when an Event still names it', () => {
    const seen = picture(RUNNING, {
      node: logged(kill({ podUid: 'gone', containerId: SECOND })),
      gonePods: observed([{ uid: 'gone', name: 'kube-flannel-ds-zzzzz' }], NOW),
    });

    const report = judged(seen);

    expect(report.kills[0]).toMatchObject({ pod: 'kube-flannel-ds-zzzzz', podIsGone: true });
    expect(claim(report, 'flanneld-killed')?.verdict).toBe('confirmed');
  });

  it('is not proven by the name of a process in a pod that nobody knows', () => {
    const report = judged(picture(RUNNING, { node: logged(kill({ podUid: 'gone' })) }));

    expect(report.kills[0]?.flannel).toBe('likely');
    expect(claim(report, 'flanneld-killed')?.verdict).toBe('no-evidence');
  });

  it('is not read out of the log of a kernel that is older than the cluster', () => {
    const old = kill({ podUid: 'gone', at: '2026-10-01T00:00:00Z' });

    expect(judged(picture(RUNNING, { node: logged(old) })).kills).toEqual([]);
  });

  it('is counted once where nodes share a kernel', () => {
    const seen = picture(DEAD);
    const shared = seen.nodes.map((node) => ({ ...node, ...logged(kill()), bootId: 'one' }));

    expect(judged({ ...seen, nodes: shared }).kills).toHaveLength(1);
  });
});

describe('that a child was killed', () => {
  it('is confirmed by the counter of a container that goes on', () => {
    const seen = picture(RUNNING, { node: { cgroup: observed({ kills: 2 }, NOW) } });

    const report = judged(seen);

    expect(report.kills).toMatchObject([{ what: 'child', count: 2 }]);
    expect(claim(report, 'child-killed')?.verdict).toBe('confirmed');
    expect(claim(report, 'flanneld-killed')?.verdict).toBe('ruled-out');
  });

  it('is said of the children before the kill that ended the container', () => {
    const at = '2026-12-01T02:59:10Z';
    const earlier = kill({ stampSeconds: 50, at, pid: 8, process: 'iptables' });

    const report = judged(picture(DEAD, { node: logged(earlier, kill()) }));

    expect(report.kills.map(({ what, victim }) => [what, victim])).toEqual([
      ['child', 'iptables'],
      ['container', 'flanneld'],
    ]);
  });

  it('is not said of what the kernel kills together with flanneld', () => {
    const together = kill({ stampSeconds: 100.04, pid: 10, process: 'nft' });

    const { kills } = judged(picture(DEAD, { node: logged(kill(), together) }));

    expect(kills).toMatchObject([{ what: 'container', victim: 'flanneld', pid: 9 }]);
    expect(kills[0]?.evidence).toHaveLength(3);
  });

  it('is not said of that either when the run is forgotten', () => {
    const run = { containerId: SECOND };
    const together = kill({ ...run, stampSeconds: 100.04, pid: 10, process: 'nft' });

    const { kills } = judged(picture(RUNNING, { node: logged(kill(run), together) }));

    expect(kills).toMatchObject([{ what: 'container', victim: 'flanneld' }]);
  });

  it('is what OOMKilled means when the container did not end by SIGKILL', () => {
    const end = { ...KILLED, exitCode: 1 };

    const report = judged(picture({ ...RUNNING, restartCount: 1, ends: [end] }));

    expect(report.kills[0]?.what).toBe('child');
    expect(claim(report, 'flanneld-killed')?.verdict).toBe('ruled-out');
  });

  it('is without evidence where the counter cannot be read', () => {
    const found = claim(judged(picture(RUNNING, { node: { cgroup: UNREAD } })), 'child-killed');

    expect(found?.verdict).toBe('no-evidence');
  });
});

describe('that routes were lost by the kill', () => {
  it('is ruled out when none is missing', () => {
    expect(claim(judged(picture(DEAD)), 'routes-lost')?.verdict).toBe('ruled-out');
  });

  it('is ruled out when flanneld has started since: that writes every entry', () => {
    const found = claim(judged(picture(RESTARTED), [LOST]), 'routes-lost');

    expect(found?.verdict).toBe('ruled-out');
    expect(found?.because[0]).toContain('they were lost later');
  });

  it('is without evidence when flanneld is dead, for a dead one takes nothing away', () => {
    const found = claim(judged(picture(DEAD), [LOST]), 'routes-lost');

    expect(found?.verdict).toBe('no-evidence');
    expect(found?.because[0]).toContain('something else did');
  });

  it('is confirmed for a peer that joined while nobody was there to add its entries', () => {
    const seen = picture(DEAD);
    const nodes = seen.nodes.map((node) =>
      node.name === 'node1' ? { ...node, createdAt: '2026-12-01T03:30:00Z' } : node,
    );

    const found = claim(judged({ ...seen, nodes }, [LOST]), 'routes-lost');

    expect(found?.verdict).toBe('confirmed');
    expect(found?.because[0]).toContain('node1 joined at 2026-12-01T03:30:00Z');
  });

  it.each([
    [['node1'], 'ruled-out'],
    [[], 'no-evidence'],
  ])('goes by pings where the kernel cannot be read: answered by %j is %s', (answers, verdict) => {
    const state: EntriesState = { node: 'node2', state: 'unknown', lost: [], answers };

    expect(claim(judged(picture(DEAD), [state]), 'routes-lost')?.verdict).toBe(verdict);
  });
});

it('leaves out what is before the time that was asked for', () => {
  const report = judgeOom(picture(DEAD), [WHOLE], { of: 'all', since: '2026-12-01T03:30:00Z' });

  expect(report.kills).toEqual([]);
});

it('puts an Event to the one kill that it can be of', () => {
  const event = {
    reason: 'OOMKilling',
    node: 'node2',
    at: '2026-12-01T03:00:02Z',
    count: 1,
    message: 'Killed process 9 (flanneld)',
    process: 'flanneld',
    pid: 9,
  };

  const { kills } = judged(picture(DEAD, { events: observed([event], NOW) }));

  expect(kills).toHaveLength(1);
  expect(kills[0]).toMatchObject({ what: 'container', pid: 9 });
});
