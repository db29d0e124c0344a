// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import type { TopReport } from '#resources/top/top-report.ts';
import type { SimulationOptions } from '#simulation/api/server.ts';
import { cluster } from '#simulation/cluster/presets.ts';
import type { CapturedIo } from '../../../../testkit/captured-io.ts';
import {
  type Ran,
  type ServedCluster,
  serveInEachTest,
} from '../../../../testkit/served-cluster.ts';
import { Interruption } from '../io.ts';
import { runTop } from './run-top.ts';

const LISTS = [
  { verbs: ['list'], resources: ['nodes', 'pods'] },
  { verbs: ['list'], apiGroups: ['metrics.k8s.io'], resources: ['nodes', 'pods'] },
];
const USERS = [
  { name: 'lister', token: 'lister-token', rules: LISTS },
  { name: 'nobody', token: 'nobody-token' },
];

const serveIt = serveInEachTest();
let served: ServedCluster;

async function serve(options: SimulationOptions = {}): Promise<void> {
  served = await serveIt(cluster(), { users: USERS, ...options });
}

function top(...words: readonly string[]): Promise<Ran> {
  return served.run(['top', ...words]);
}

function parsed({ stdout }: CapturedIo): TopReport {
  return JSON.parse(stdout.text()) as TopReport;
}

describe('selvage top', () => {
  it('lists nodes with their use of what is allocatable, and names the origin and its age', async () => {
    await serve();

    const { exitCode, stdout, stderr } = await top('nodes');

    expect(stderr.text()).toBe('');
    expect(stdout.text()).toMatch(
      /^Usage: metrics-server, \d+ s old \(metrics\.k8s\.io\/v1beta1\)\n/u,
    );
    expect(stdout.text()).toMatch(/\nnode1 +\d+Mi +8092Mi +\d+% /u);
    expect(exitCode).toBe(0);
  });

  it('says the same of every container by metrics-server and by the kubelets', async () => {
    await serve();

    const [served, kubelet] = [
      parsed(await top('containers', '-o', 'json')),
      parsed(await top('containers', '-o', 'json', '--from', 'kubelet')),
    ];

    const used = ({ rows }: TopReport): readonly unknown[] =>
      rows.map(({ name, container, memory, cpu }) => [name, container, memory.used, cpu.used]);
    expect(kubelet.usage.origin).toBe('kubelet');
    expect(used(kubelet)).toEqual(used(served));
    expect(kubelet.rows.every(({ memory }) => memory.rssBytes !== undefined)).toBe(true);
  });

  it('works without metrics-server', async () => {
    await serve({ metrics: 'absent' });

    const { exitCode, stdout } = await top('nodes');

    expect(stdout.text()).toMatch(
      /^Usage: kubelet, \d+ s old \(nodes\/proxy of the API server\)\n/u,
    );
    expect(exitCode).toBe(0);
  });

  it('passes over a metrics-server that is registered and does not answer', async () => {
    await serve({ metrics: 'unavailable' });

    expect(parsed(await top('nodes', '-o', 'json')).usage.origin).toBe('kubelet');
  });

  it('lists only pods of Flannel, and says why their peaks are not known', async () => {
    await serve();

    const { stdout } = await top('flannel');

    expect(stdout.text().match(/^kube-flannel-ds-\w+ +kube-flannel +node\d/gmu)).toHaveLength(3);
    expect(stdout.text()).toMatch(/It sees no cgroup files of\s+its own/u);
    expect(stdout.text()).not.toContain('coredns');
  });

  it('lists the pods of one namespace', async () => {
    await serve();

    const { rows } = parsed(await top('pods', '-n', 'kube-system', '-o', 'json'));

    expect(new Set(rows.map(({ namespace }) => namespace))).toEqual(new Set(['kube-system']));
  });

  it('marks what is above the threshold, and exits 0 all the same', async () => {
    await serve();

    const { exitCode, stdout } = await top('nodes', '--threshold', '5%');

    expect(stdout.text()).toMatch(/ \d+%! /u);
    expect(stdout.text()).toContain('! 3 of 3 nodes use more than 5% of what is allocatable.');
    expect(exitCode).toBe(0);
  });

  it('shows what is set although use is not known, says why, and exits 3', async () => {
    await serve({ metrics: 'absent' });

    const { exitCode, stdout } = await served.run(['top', 'pods'], { user: 'lister' });

    expect(exitCode).toBe(3);
    expect(stdout.text()).toMatch(/^Usage: not known\n/u);
    expect(stdout.text()).toMatch(/coredns-\S+ +\? +70Mi +170Mi +\?/u);
    expect(stdout.text()).toContain('access --print-rbac --kubelets');
  });

  it('exits 3 without any right', async () => {
    await serve();

    const { exitCode } = await served.run(['top', 'pods'], { user: 'nobody' });

    expect(exitCode).toBe(3);
  });

  it.each([
    [['top', 'nodes', '--threshold', '0%'], 'above 0%'],
    [['top', 'nodes', '--threshold', 'lots'], 'like 80%'],
    [['top', 'disks'], 'Allowed choices'],
    [['top', 'nodes', '--interval', '5s'], '--watch'],
    [['top', 'nodes', '--watch', '-o', 'yaml'], 'json'],
    [['top', 'nodes', '--peak'], 'top containers --peak'],
    [['top', 'pods', '-n', 'no/space'], 'namespace'],
  ])('refuses %j', async (words, told) => {
    await serve();

    const { exitCode, stderr } = await served.run(words);

    expect(exitCode).toBe(2);
    expect(stderr.text()).toContain(told);
  });
});

describe('selvage top --watch', () => {
  const FLAGS = {
    output: 'table',
    sort: 'memory',
    threshold: 0.8,
    watch: true,
    color: true,
  } as const;

  /** Watches for a number of rounds. */
  async function watch(rounds: number, io: CapturedIo): Promise<void> {
    let left = rounds;
    const pace = {
      nowMs: () => 0,
      sleep: () => {
        left -= 1;
        return left > 0 ? Promise.resolve() : Promise.reject(new Interruption(130));
      },
    };
    await expect(runTop('nodes', FLAGS, io, pace)).rejects.toThrow(Interruption);
  }

  it('writes one line for each reading where no terminal is', async () => {
    await serve();
    const io = await served.io();

    await watch(2, io);

    const lines = io.stdout.text().trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(
      /^\S+ \S+ UTC usage metrics-server, \d+ s old: 3 nodes, most memory node\d \d+Mi \(\d+%\), 0 above 80%, 0 out of balance$/u,
    );
  });

  it('replaces the reading before on a terminal, with a curve of the last ones', async () => {
    await serve();
    const io = await served.io({ isTTY: true });

    await watch(3, io);

    const pages = io.stdout.text().split('\u001b[H\u001b[2J').slice(1);
    expect(pages).toHaveLength(3);
    expect(pages[2]).toMatch(/node1 .* {2}▁▁▁\n/u);
  });

  it('tells a reading that fails on standard error, and goes on', async () => {
    const fault = { kind: 'server-error', code: 500 } as const;
    await serve({ faults: [{ fault, on: { verb: 'list' }, times: 4 }] });
    const io = await served.io();

    await watch(2, io);

    expect(io.stderr.text()).toContain('error: list nodes');
    expect(io.stdout.text()).toMatch(/^[^\n]+3 nodes[^\n]+\n$/u);
  });
});
