// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

import type { LoopbackServer } from '../../testkit/loopback-server.ts';
import { findAlertmanager, findPrometheus, startAlertmanager } from '../../testkit/prometheus.ts';
import { waitUntil } from './lab-command.ts';
import { startLabPrometheus } from './prometheus/lab-prometheus.ts';
import { selvage } from './selvage-command.ts';

const isThere = findPrometheus() !== undefined && findAlertmanager() !== undefined;
const skipped = isThere ? '' : ': SKIPPED, no Prometheus or no Alertmanager in the PATH';

const RULES = z.object({
  data: z.object({
    groups: z.array(
      z.object({ rules: z.array(z.object({ name: z.string(), health: z.string() })) }),
    ),
  }),
});

const ANSWER = z.object({
  data: z.object({
    result: z.array(
      z.object({
        metric: z.record(z.string(), z.string()),
        value: z.tuple([z.number(), z.string()]),
      }),
    ),
  }),
});

const MESSAGE = z.object({
  receiver: z.string(),
  alerts: z.array(
    z.object({
      status: z.string(),
      labels: z.record(z.string(), z.string()),
      annotations: z.record(z.string(), z.string()),
    }),
  ),
});

type Message = z.output<typeof MESSAGE>;

/** The rules of `selvage alerts` with a threshold that healthy flannel pods pass, and without the time to wait. */
async function impatientRules(): Promise<string> {
  const { stdout } = await selvage('alerts', '-o', 'rules', '--flannel-memory', '1Mi');
  return stdout.replaceAll(/^( +)for: .*$/gm, '$1for: 1s');
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += String(chunk);
  return text;
}

/** A receiver on loopback that keeps what Alertmanager posts. */
async function startReceiver(messages: Message[]): Promise<Server> {
  const server = createServer((request, response) => {
    void bodyOf(request).then((text) => {
      messages.push(MESSAGE.parse(JSON.parse(text)));
      response.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

describe.skipIf(!isThere)(`the alerts in a Prometheus that scrapes the lab${skipped}`, () => {
  const messages: Message[] = [];
  const toStop: (() => unknown)[] = [];
  let prometheus: LoopbackServer;

  async function query(expression: string): Promise<z.output<typeof ANSWER>['data']['result']> {
    const address = `${prometheus.url}/api/v1/query?query=${encodeURIComponent(expression)}`;
    const answer = await fetch(address, { signal: AbortSignal.timeout(10_000) });
    return ANSWER.parse(await answer.json()).data.result;
  }

  beforeAll(async () => {
    const receiver = await startReceiver(messages);
    toStop.push(() => receiver.close());
    const hook = `http://127.0.0.1:${String((receiver.address() as AddressInfo).port)}/`;
    const routing = await selvage('alerts', '-o', 'alertmanager', '--receiver-url', hook);
    const alertmanager = await startAlertmanager(routing.stdout);
    toStop.push(() => alertmanager.stop());
    prometheus = await startLabPrometheus({
      everySeconds: 2,
      rules: await impatientRules(),
      alertmanager: new URL(alertmanager.url).host,
    });
    toStop.push(() => prometheus.stop());
    await waitUntil('all targets are up', 60_000, async () => {
      const up = await query('up');
      return up.length > 6 && up.every(({ value }) => value[1] === '1');
    });
  });

  afterAll(async () => {
    for (const stop of toStop.reverse()) await stop();
  });

  it('finds the series of cAdvisor and CoreDNS under the names that the alerts read', async () => {
    // The kubelet measures a container some seconds after its start.
    const flannel =
      'count(count by (node) (container_memory_working_set_bytes{container="kube-flannel"})) == 3';
    await waitUntil("each node's flannel is measured", 60_000, async () => {
      return (await query(flannel)).length === 1;
    });

    const kills = await query('count(container_oom_events_total{container="kube-flannel"})');
    const dns = await query('sum(coredns_dns_responses_total{rcode="NOERROR"})');

    expect(kills).toMatchObject([{ value: [expect.any(Number), '3'] }]);
    expect(dns).toHaveLength(1);
  });

  it('evaluates every rule without an error', async () => {
    const wanted = parse(await impatientRules()) as {
      readonly groups: readonly { readonly rules: readonly unknown[] }[];
    };
    const count = wanted.groups.flatMap(({ rules }) => rules).length;

    const healths = async (): Promise<readonly string[]> => {
      const answer = await fetch(`${prometheus.url}/api/v1/rules`);
      const { groups } = RULES.parse(await answer.json()).data;
      return groups.flatMap(({ rules }) => rules.map(({ health }) => health));
    };
    await waitUntil('every rule was evaluated', 60_000, async () =>
      (await healths()).every((health) => health !== 'unknown'),
    );

    expect(await healths()).toEqual(Array.from({ length: count }, () => 'ok'));
  });

  it('tells that kube-state-metrics, which the lab lacks, is missing, and not cAdvisor', async () => {
    await waitUntil('the alert is there', 60_000, async () => {
      return (await query('ALERTS{alertname="SelvageMetricsMissing"}')).length > 0;
    });

    const alerts = await query('ALERTS{alertname="SelvageMetricsMissing"}');

    expect(alerts.map(({ metric }) => metric['source'])).toEqual(['kube-state-metrics']);
  });

  it("gets an alert about each node's flannel to a receiver", async () => {
    const told = (): readonly Message['alerts'][number][] =>
      messages
        .flatMap(({ alerts }) => alerts)
        .filter(({ labels }) => labels['alertname'] === 'SelvageFlannelMemoryHigh');
    await waitUntil('three alerts were received', 110_000, async () =>
      Promise.resolve(new Set(told().map(({ labels }) => labels['pod'])).size === 3),
    );

    const [first] = told();

    expect(messages.every((message) => message.receiver === 'selvage')).toBe(true);
    expect(first).toMatchObject({
      status: 'firing',
      labels: { severity: 'warning', namespace: 'kube-flannel', container: 'kube-flannel' },
      annotations: { runbook_url: 'src/alerts/flannel-memory-high/README.md' },
    });
    expect(first?.annotations['description']).toMatch(/working set has been \d+(?:\.\d+)?MiB/);
  });

  it('has no other alert in a healthy lab', async () => {
    const firing = await query('count by (alertname) (ALERTS)');

    expect(firing.map(({ metric }) => metric['alertname']).sort()).toEqual([
      'SelvageFlannelMemoryHigh',
      'SelvageMetricsMissing',
    ]);
  });
});
