// SPDX-License-Identifier: Apache-2.0

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { stateFile } from '#audit/state-file.ts';
import { HistoryStore } from '#history/history-store.ts';
import { cluster } from '#simulation/cluster/presets.ts';
import type { SimulatedCluster } from '#simulation/cluster/simulated-cluster.ts';
import {
  type FakePrometheus,
  type HeldSeries,
  startFakePrometheus,
} from '../../../../testkit/fake-prometheus.ts';
import { pictureOf } from '../../../../testkit/measured-pods.ts';
import {
  type Ran,
  type ServedCluster,
  serveInEachTest,
} from '../../../../testkit/served-cluster.ts';

const MIB = 1024 * 1024;
const WEEK_SECONDS = 604_800;

const serve = serveInEachTest();
let simulated: SimulatedCluster;
let served: ServedCluster;
let fake: FakePrometheus | undefined;

beforeEach(async () => {
  simulated = cluster();
  served = await serve(simulated);
});

afterEach(async () => {
  await fake?.close();
  fake = undefined;
});

/** A container whose memory grows from 100 MiB on, with a ripple. */
function container(perWeekMib: number, labels: Readonly<Record<string, string>>): HeldSeries {
  const since = Date.now() / 1000 - 4 * WEEK_SECONDS;
  return {
    metric: 'container_memory_working_set_bytes',
    labels: { namespace: 'kube-flannel', container: 'kube-flannel', node: 'node1', ...labels },
    value: (at) => (100 + (perWeekMib * (at - since)) / WEEK_SECONDS + 2 * Math.sin(at)) * MIB,
  };
}

const LEAKING = container(20, { pod: 'kube-flannel-ds-x7k2p' });
const STABLE = container(0, { pod: 'kube-flannel-ds-q4w9z', node: 'node2' });

async function trend(
  held: readonly HeldSeries[] | undefined,
  ...flags: readonly string[]
): Promise<Ran> {
  if (held !== undefined) fake = await startFakePrometheus(held);
  const url = fake === undefined ? [] : ['--prometheus-url', fake.url];
  return served.run(['trend', ...url, ...flags]);
}

describe('selvage trend', () => {
  it('says what grows, how fast, and where that is known from', async () => {
    const { exitCode, stdout } = await trend([STABLE, LEAKING]);

    const [headline, , , first = '', second = ''] = stdout.text().split('\n');
    expect(exitCode).toBe(1);
    expect(headline).toMatch(
      /^Memory of 2 containers over 4 weeks, from http:\/\/127\.0\.0\.1:\d+\.$/u,
    );
    expect(first).toMatch(
      /^✗ growing +kube-flannel\/kube-flannel-ds kube-flannel +node1 +1\d\d MiB +- +\+20 MiB \(20 to 20\) +no limit +1$/u,
    );
    expect(second).toMatch(/^✓ stable /u);
    expect(stdout.text()).toMatch(
      /weekly: 1\d\d MiB -> 1\d\d MiB -> 1\d\d MiB -> 1\d\d MiB, from /u,
    );
    expect(stdout.text().replaceAll(/\s+/gu, ' ')).toContain(
      'do: Find what leaks; until then restart it on a schedule, before the limit is reached: selvage install scheduled-restart.',
    );
  });

  it('says when the limit is reached', async () => {
    const limit: HeldSeries = {
      ...LEAKING,
      metric: 'container_spec_memory_limit_bytes',
      value: () => 200 * MIB,
    };
    const { stdout } = await trend([LEAKING, limit]);

    expect(stdout.text()).toMatch(
      / 200 MiB +\+20 MiB \(20 to 20\) +\d days \(\d days to \d days\) +1\n/u,
    );
    expect(stdout.text()).toContain('Raise the limit to 448Mi');
  });

  it('knows the limit by the pod in the cluster where the server has none', async () => {
    const { items } = simulated.store.list('pods');
    const pod = items.find(({ metadata }) => metadata.name.startsWith('coredns-'))?.metadata.name;
    const dns = container(5, { namespace: 'kube-system', container: 'coredns', pod: pod ?? '' });

    const { stdout } = await trend([dns]);

    expect(stdout.text()).toMatch(/kube-system\/coredns coredns .* 170 MiB +\+5/u);
  });

  it('ends with 0 when nothing grows', async () => {
    const { exitCode } = await trend([STABLE]);

    expect(exitCode).toBe(0);
  });

  it('ends with 3 when there is not enough data, unless that is allowed', async () => {
    const short: HeldSeries = {
      ...STABLE,
      value: (at) => (at > Date.now() / 1000 - 86_400 ? MIB : undefined),
    };
    const first = await trend([short]);
    const allowed = await trend(undefined, '--allow-unknown');

    expect(first.exitCode).toBe(3);
    expect(first.stdout.text()).toContain('13 more days are needed');
    expect(allowed.exitCode).toBe(3);
  });

  it("tells Flannel's containers only, and the version that mends what theirs has", async () => {
    const other = container(0, { container: 'web', pod: 'web-x7k2p', namespace: 'default' });
    const { stdout } = await trend([STABLE, other], '--flannel', '-o', 'json');

    const report = JSON.parse(stdout.text()) as { readonly containers: readonly object[] };
    expect(report.containers).toMatchObject([{ container: 'kube-flannel', node: 'node2' }]);
  });

  it('says the same as JSON and as YAML, with instants that people can read', async () => {
    const json = await trend([LEAKING], '-o', 'json');
    const yaml = await trend(undefined, '-o', 'yaml');

    const report = JSON.parse(json.stdout.text()) as Record<string, unknown>;
    const same = parse(yaml.stdout.text()) as Record<string, unknown>;
    expect(Object.keys(same)).toEqual(Object.keys(report));
    expect(report['schemaVersion']).toBe(1);
    expect(report['fromAt']).toMatch(/^\d{4}-\d{2}-\d{2}T/u);
    expect(JSON.stringify(report)).not.toMatch(/"(?!step)\w+Ms"/u);
  });

  it('draws a picture and a page that hold no markup of the cluster', async () => {
    const hostile = container(20, { pod: '<script>x</script>', container: '"><img src=x>' });
    const svg = await trend([hostile], '-o', 'svg');
    const html = await trend(undefined, '-o', 'html');

    expect(svg.stdout.text()).toMatch(/^<svg [\s\S]*<\/svg>\n$/u);
    expect(html.stdout.text()).toMatch(/^<!doctype html>/u);
    for (const { stdout } of [svg, html]) expect(stdout.text()).not.toMatch(/<script|<img/u);
  });

  it('writes no control characters of the cluster to a terminal', async () => {
    const { stdout } = await trend([container(20, { container: 'a\u001b[2Jb' })]);

    expect(stdout.text()).not.toContain('\u001b');
  });

  it('goes on without the cluster when the server was named, and says so', async () => {
    served.simulation.faults.add({
      fault: { kind: 'server-error', code: 500 },
      on: { resource: 'pods' },
    });
    const { exitCode, stdout } = await trend([STABLE]);

    expect(exitCode).toBe(0);
    expect(stdout.text()).toContain('· Pods were not read');
  });

  it('tells from the history where the cluster has no Prometheus', async () => {
    const uid = simulated.store.get('namespaces', 'kube-system')?.metadata.uid ?? '';
    const store = HistoryStore.open(
      stateFile({ XDG_STATE_HOME: served.state }, { uid, server: '' }, 'history'),
    );
    for (let hours = 28 * 24; hours > 0; hours -= 24) {
      const atMs = Date.now() - hours * 3_600_000;
      const workingSetBytes = (300 - (hours / 24) * 5 + Math.sin(hours)) * MIB;
      const workload = { kind: 'DaemonSet', name: 'leaking' };
      store.addSamples(atMs, pictureOf(atMs, [{ name: 'leaking-1', workload, workingSetBytes }]));
    }
    store.close();

    const { exitCode, stdout } = await trend(undefined, 'default/leaking');

    expect(exitCode).toBe(1);
    expect(stdout.text()).toMatch(/from the\s+history\s+\S+\.sqlite/u);
    expect(stdout.text()).toMatch(/growing +default\/leaking app/u);
  });

  it('says what to do when nothing keeps measurements', async () => {
    const { exitCode, stderr, stdout } = await trend(undefined);

    expect(exitCode).toBe(3);
    expect(stdout.text()).toBe('');
    expect(stderr.text()).toContain('--prometheus-url');
  });

  it('says why a server did not answer', async () => {
    fake = await startFakePrometheus([]);
    fake.answer = (_, response) => {
      response.writeHead(503).end();
    };
    const { exitCode, stderr } = await trend(undefined);

    expect(exitCode).toBe(3);
    expect(stderr.text()).toContain('HTTP status 503');
  });

  it.each([
    [['--since', '4y']],
    [['--since', '0d']],
    [['--prometheus-url', 'ftp://x']],
    [['--prometheus-url', 'https://user:secret@x']],
    [['--prometheus-token-file', 'x']],
    [['a/b/c']],
    [['a"}b']],
    [['/x']],
    [['-o', 'png']],
  ])('refuses %j', async (flags) => {
    const { exitCode, stdout, stderr } = await trend(undefined, ...flags);

    expect(exitCode).toBe(2);
    expect(stdout.text()).toBe('');
    expect(stderr.text()).not.toContain('secret@');
  });
});
