// SPDX-License-Identifier: Apache-2.0

import { beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import type { OomReport } from '#resources/oom/oom-report.ts';
import { cluster as threeNodes } from '#simulation/cluster/presets.ts';
import type { SimulatedCluster } from '#simulation/cluster/simulated-cluster.ts';
import {
  type Ran,
  type ServedCluster,
  serveInEachTest,
} from '../../../../testkit/served-cluster.ts';

const serve = serveInEachTest();
let cluster: SimulatedCluster;
let served: ServedCluster;

beforeEach(async () => {
  cluster = threeNodes();
  served = await serve(cluster);
});

function oom(...flags: readonly string[]): Promise<Ran> {
  return served.run(['oom', ...flags], { env: { COLUMNS: '120' } });
}

async function report(...flags: readonly string[]): Promise<OomReport> {
  const { stdout } = await oom(...flags, '-o', 'json');
  return JSON.parse(stdout.text()) as OomReport;
}

function verdicts({ claims }: OomReport): Readonly<Record<string, string>> {
  return Object.fromEntries(claims.map(({ id, verdict }) => [id, verdict]));
}

describe('selvage oom on a healthy cluster', () => {
  it('rules all three claims out, and says since when', async () => {
    const { exitCode, stdout, stderr } = await oom();

    expect(stderr.text()).toBe('');
    expect(stdout.text()).toContain('No kill for lack of memory is known');
    expect(stdout.text()).toMatch(
      /flanneld was killed for lack of memory: ruled out since \d{4}-\d\d-\d\dT[\d:]+Z; of before that nothing/u,
    );
    expect(stdout.text()).toContain('routes were lost because flanneld was killed: ruled out\n');
    expect(exitCode).toBe(0);
  });

  it('says which source could not be read, and how it can be', async () => {
    const { stdout } = await oom();

    expect(stdout.text().replaceAll(/\s+/gu, ' ')).toContain(
      "the kernel's log of node1, node2, node3: The kernel lets nobody read its log without the capability SYSLOG",
    );
    expect(stdout.text()).toContain('oom --allow-debug-pods');
  });

  it('reads the log by pods of its own when that is allowed, and removes them', async () => {
    const { unread } = await report('--allow-debug-pods');

    expect(unread).toEqual([]);
    const pods = cluster.store.list('pods').items.map(({ metadata }) => metadata.name);
    expect(pods.filter((name) => name.startsWith('selvage-debug'))).toEqual([]);
  });
});

describe('a flanneld that was killed', () => {
  it('is confirmed with limit, time, victim and the words of the kernel', async () => {
    cluster.fault('flannel-oom', 'node2');

    const { kills, claims } = await report('--allow-debug-pods');

    const [kill] = kills;
    expect(kill).toMatchObject({
      node: 'node2',
      namespace: 'kube-flannel',
      container: 'kube-flannel',
      what: 'container',
      victim: 'flanneld',
      pid: 4242,
      limitBytes: 9 * 1024 * 1024,
      flannel: 'yes',
    });
    expect(kill?.evidence.map(({ source }) => source)).toEqual(['container-status', 'kernel-log']);
    expect(kill?.at).toMatch(/^\d{4}-/u);
    expect(verdicts({ claims } as OomReport)).toEqual({
      'flanneld-killed': 'confirmed',
      'child-killed': 'ruled-out',
      'routes-lost': 'ruled-out',
    });
  });

  it('has lost no routes: all of them are still there', async () => {
    cluster.fault('flannel-oom', 'node2');

    const { claims } = await report('--allow-debug-pods');

    const lost = claims.find(({ id }) => id === 'routes-lost');
    expect(lost?.because.join(' ')).toContain(
      'On node2 all routes, neighbours and forwarding entries are there',
    );
  });

  it('is confirmed from the status alone, and its routes by the pings of its peers', async () => {
    cluster.fault('flannel-oom', 'node2');

    const { exitCode, stdout } = await oom('--flannel');

    expect(exitCode).toBe(1);
    expect(stdout.text()).toContain('flanneld was killed for lack of memory: confirmed');
    expect(stdout.text()).toContain('routes were lost because flanneld was killed: ruled out');
    expect(stdout.text().replaceAll(/\s+/gu, ' ')).toContain(
      'pings through the overlay between it and node1, node3 are answered',
    );
  });
});

describe('a child of flanneld that was killed', () => {
  it('is told apart from flanneld by the counter of the kernel alone', async () => {
    cluster.killFlannelChild('node3', 'iptables-save');

    const found = await report();

    expect(found.kills).toHaveLength(1);
    expect(found.kills[0]).toMatchObject({ node: 'node3', what: 'child', count: 1 });
    expect(verdicts(found)).toEqual({
      'flanneld-killed': 'ruled-out',
      'child-killed': 'confirmed',
      'routes-lost': 'ruled-out',
    });
  });

  it('is named with its time by the log of the kernel', async () => {
    cluster.killFlannelChild('node3', 'iptables-save');

    const { kills } = await report('--allow-debug-pods');

    expect(kills).toHaveLength(1);
    expect(kills[0]).toMatchObject({ victim: 'iptables-save', what: 'child', count: 1 });
    expect(kills[0]?.evidence.map(({ source }) => source)).toEqual(['kernel-log', 'cgroup']);
  });

  it('harms no terminal by its name', async () => {
    cluster.killFlannelChild('node3', '\u001b[31mx,pid=1');

    const { stdout } = await oom('--allow-debug-pods');

    expect(stdout.text()).toContain('x,pid=1');
    expect(stdout.text()).not.toContain('\u001b');
  });
});

describe('an Event of a kill', () => {
  it('is a kill of its own when nothing else tells of it', async () => {
    cluster.store.create(
      'events',
      nodeEvent('System OOM encountered, victim process: stress, pid: 77'),
    );

    const { kills, claims } = await report();

    expect(kills).toHaveLength(1);
    expect(kills[0]).toMatchObject({ node: 'node1', victim: 'stress', pid: 77, what: 'unknown' });
    expect(claims[0]?.verdict).toBe('ruled-out');
  });

  it('that names some flanneld proves nothing of Flannel', async () => {
    cluster.store.create(
      'events',
      nodeEvent('System OOM encountered, victim process: flanneld, pid: 77'),
    );

    const { claims } = await report();

    expect(claims[0]?.verdict).toBe('no-evidence');
  });
});

describe('a narrowed question', () => {
  it('is answered for the pods of a workload alone', async () => {
    cluster.fault('flannel-oom', 'node2');

    const found = await report('deployment/coredns', '-n', 'kube-system');

    expect(found.kills).toEqual([]);
    expect(found.claims).toEqual([]);
  });

  it.each([['deployment/nobody'], ['a/b/c'], ['$(id)']])('%s is a mistake', async (workload) => {
    const { exitCode, stderr } = await oom(workload);

    expect(exitCode).toBe(2);
    expect(stderr.text()).not.toBe('');
  });
});

it('says the same as JSON and as YAML', async () => {
  const json = await oom('-o', 'json');
  const yaml = await oom('-o', 'yaml');

  const [first, second] = [
    JSON.parse(json.stdout.text()),
    parse(yaml.stdout.text()),
  ] as OomReport[];
  expect({ ...second, readAt: '' }).toEqual({ ...first, readAt: '' });
});

function nodeEvent(message: string): {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace: string };
} {
  const at = new Date().toISOString().replace(/\.\d+Z$/u, 'Z');
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'node1.17a', namespace: 'default' },
    ...{
      involvedObject: { kind: 'Node', name: 'node1' },
      reason: 'SystemOOM',
      message,
      type: 'Warning',
      lastTimestamp: at,
      count: 1,
    },
  };
}
