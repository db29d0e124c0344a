// SPDX-License-Identifier: Apache-2.0

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { UsageOrigin } from '#model/resources.ts';
import type { SimulationOptions } from '#simulation/api/server.ts';
import { cluster } from '#simulation/cluster/presets.ts';
import type { SimulatedCluster } from '#simulation/cluster/simulated-cluster.ts';
import {
  type FakePrometheus,
  type HeldSeries,
  startFakePrometheus,
} from '../../testkit/fake-prometheus.ts';
import { UNMEASURED, UNMEASURED_USERS } from '../../testkit/unmeasured-reader.ts';
import { type Ran, serveInEachTest } from '../../testkit/served-cluster.ts';

const MEMORY = 'container_memory_working_set_bytes';
const MIB = 1024 * 1024;
const AGE_SECONDS = 40;

const serve = serveInEachTest();
let simulated: SimulatedCluster;
let prometheus: FakePrometheus;

beforeEach(async () => {
  simulated = cluster();
  simulated.store.create('services', {
    kind: 'Service',
    apiVersion: 'v1',
    metadata: { name: 'prometheus-operated', namespace: 'monitoring' },
    spec: { ports: [{ name: 'web', port: 9090 }] },
  });
  prometheus = await startFakePrometheus(heldOf(simulated));
});

afterEach(async () => {
  await prometheus.close();
});

/** 77 MiB of each container, and 2048 MiB of each node. */
function heldOf({ store }: SimulatedCluster): readonly HeldSeries[] {
  const containers = store.list('pods').items.flatMap(({ metadata, spec }) =>
    (spec as { containers: readonly { name: string }[] }).containers.map(({ name }) => ({
      namespace: metadata.namespace ?? '',
      pod: metadata.name,
      container: name,
      id: `/kubepods/${metadata.name}/${name}`,
    })),
  );
  const nodes = store.list('nodes').items.map(({ metadata }) => ({ id: '/', node: metadata.name }));
  const held = (labels: HeldSeries['labels'], bytes: number): HeldSeries => ({
    metric: MEMORY,
    labels,
    value: () => bytes,
    ageSeconds: AGE_SECONDS,
  });
  return [
    ...containers.map((labels) => held(labels, 77 * MIB)),
    ...nodes.map((labels) => held(labels, 2048 * MIB)),
  ];
}

/** Somebody who may use the proxies of Services, and no kubelet's. */
const PROXYING = UNMEASURED_USERS.map((user) => ({
  ...user,
  rules: [...(user.rules ?? []), { verbs: ['get'], resources: ['services/proxy'] }],
}));

interface Running extends SimulationOptions {
  /** Absent: the administrator, who may ask kubelets. */
  readonly as?: string;
}

async function run(argv: readonly string[], { as, ...options }: Running = {}): Promise<Ran> {
  const served = await serve(simulated, {
    metrics: 'absent',
    behindServices: { 'monitoring/prometheus-operated:9090': prometheus.url },
    ...options,
  });
  return served.run(argv, as === undefined ? {} : { user: as });
}

function originOf({ stdout }: Ran): UsageOrigin | undefined {
  const { usage } = JSON.parse(stdout.text()) as { usage: { origin?: UsageOrigin } };
  return usage.origin;
}

const JSON_TOP = ['top', 'containers', '-o', 'json'];
const HIDDEN: Running = { users: UNMEASURED_USERS, as: UNMEASURED };

describe('use where no metrics-server is', () => {
  it('comes from a Prometheus that is named, with its age', async () => {
    const { exitCode, stdout } = await run(
      ['top', 'nodes', '--prometheus-url', prometheus.url],
      HIDDEN,
    );

    expect(exitCode).toBe(0);
    expect(stdout.text()).toMatch(/^Usage: prometheus, 4\d s old/u);
    expect(stdout.text()).toContain(`(${prometheus.url})`);
    expect(stdout.text().match(/ 2048Mi /gu)).toHaveLength(3);
  });

  it('comes from the one that the cluster has, where kubelets may not be asked', async () => {
    const ran = await run(JSON_TOP, { users: PROXYING, as: UNMEASURED });

    expect(originOf(ran)).toBe('prometheus');
    expect(ran.stdout.text()).toContain('Service monitoring/prometheus-operated');
  });

  it('comes from kubelets rather than from one that was only found', async () => {
    const ran = await run(JSON_TOP);

    expect(originOf(ran)).toBe('kubelet');
    expect(prometheus.queries).toEqual([]);
  });

  it('comes from one that is named rather than from kubelets', async () => {
    const ran = await run([...JSON_TOP, '--prometheus-url', prometheus.url]);

    expect(originOf(ran)).toBe('prometheus');
  });

  it('is not known, with each reason, where the server is out of order', async () => {
    prometheus.answer = (_, response) => response.writeHead(503).end();
    const { exitCode, said } = await run(
      ['top', 'pods', '--prometheus-url', prometheus.url],
      HIDDEN,
    );

    expect(exitCode).toBe(3);
    expect(said.replaceAll(/\s+/gu, ' ')).toMatch(
      /metrics-server: The cluster serves no metrics\.k8s\.io.*prometheus: .*HTTP status 503.*kubelet: /u,
    );
  });

  it.each([['limits'], ['recommend', 'coredns']])('is known to %s', async (...words) => {
    const argv = [...words, '-o', 'json', '--prometheus-url', prometheus.url];
    const { said } = await run(argv, HIDDEN);

    expect(said).toContain('prometheus');
    expect(said).toContain(String(77 * MIB));
  });

  it.each(['top pods', 'limits', 'recommend coredns'])(
    '%s refuses an address with a password',
    async (command) => {
      const { exitCode, said } = await run([
        ...command.split(' '),
        '--prometheus-url',
        'https://a:secret@x',
      ]);

      expect(exitCode).toBe(2);
      expect(said).not.toContain('secret');
    },
  );
});

describe('use where a metrics-server is', () => {
  it('comes from there, whatever Prometheus is named', async () => {
    const ran = await run([...JSON_TOP, '--prometheus-url', prometheus.url], { metrics: 'served' });

    expect(originOf(ran)).toBe('metrics-server');
    expect(prometheus.queries).toEqual([]);
  });

  it('comes from Prometheus when that is asked for', async () => {
    const ran = await run([...JSON_TOP, '--from', 'prometheus'], { metrics: 'served' });

    expect(originOf(ran)).toBe('prometheus');
  });
});
