// SPDX-License-Identifier: Apache-2.0

import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';

import type { LoopbackServer } from '../../../testkit/loopback-server.ts';
import { type ServerConfiguration, startPrometheus } from '../../../testkit/prometheus.ts';
import { kubectlGet } from '../lab-command.ts';
import { adminKubeconfig } from '../selvage-command.ts';

/** What a Prometheus of the lab does besides scraping it. */
export interface LabPrometheusOptions {
  /** Seconds between two scrapes. */
  readonly everySeconds?: number;
  /** More jobs, as Prometheus' configuration has them; they may scrape 127.0.0.1. */
  readonly scrapeConfigs?: readonly ServerConfiguration[];
  /** Text of a file of rules. */
  readonly rules?: string;
  /** Address of an Alertmanager: host and port. */
  readonly alertmanager?: string;
  /** Samples of the past, as OpenMetrics text with times. */
  readonly past?: string;
}

const KUBECONFIG = z.object({
  clusters: z.tuple([z.object({ cluster: z.object({ server: z.url() }) })]),
  users: z.tuple([
    z.object({
      user: z.object({ 'client-key-data': z.string(), 'client-certificate-data': z.string() }),
    }),
  ]),
});

const NODES = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      status: z.object({ addresses: z.array(z.object({ type: z.string(), address: z.string() })) }),
    }),
  ),
});

const PODS = z.object({ items: z.array(z.object({ metadata: z.object({ name: z.string() }) })) });

const KUBELET_PORT = 10_250;

/**
 * A real Prometheus on 127.0.0.1 that scrapes the running lab: cAdvisor's and the kubelet's series of each node from
 * the kubelets (jobs `cadvisor` and `kubelet`, with the label `node`), and CoreDNS through the API server's proxy
 * (job `coredns`). It asks with the certificate of the lab's admin.
 */
export async function startLabPrometheus(
  options: LabPrometheusOptions = {},
): Promise<LoopbackServer> {
  const { users, clusters } = KUBECONFIG.parse(
    parse(await readFile(await adminKubeconfig(), 'utf8')),
  );
  const [{ user }] = users;
  const scrapeConfigs = [
    ...(await kubeletJobs()),
    await coreDnsJob(new URL(clusters[0].cluster.server).host),
    ...(options.scrapeConfigs ?? []),
  ];
  const every = `${String(options.everySeconds ?? 5)}s`;
  const { rules, alertmanager, past } = options;
  return startPrometheus(
    {
      global: { scrape_interval: every, evaluation_interval: every },
      scrape_configs: scrapeConfigs,
      ...(rules !== undefined && { rule_files: ['rules.yml'] }),
      ...(alertmanager !== undefined && {
        alerting: { alertmanagers: [{ static_configs: [{ targets: [alertmanager] }] }] },
      }),
    },
    {
      files: {
        'client.crt': textOf(user['client-certificate-data']),
        'client.key': textOf(user['client-key-data']),
        ...(rules !== undefined && { 'rules.yml': rules }),
      },
      ...(past !== undefined && { past }),
    },
  );
}

async function kubeletJobs(): Promise<readonly ServerConfiguration[]> {
  const { items } = await kubectlGet(NODES, 'nodes');
  const targets = items.map(({ metadata, status }) => {
    const address = status.addresses.find(({ type }) => type === 'InternalIP')?.address ?? '';
    return { targets: [`${address}:${String(KUBELET_PORT)}`], labels: { node: metadata.name } };
  });
  return [
    { job_name: 'cadvisor', metrics_path: '/metrics/cadvisor', static_configs: targets, ...ADMIN },
    { job_name: 'kubelet', metrics_path: '/metrics', static_configs: targets, ...ADMIN },
  ];
}

async function coreDnsJob(apiServer: string): Promise<ServerConfiguration> {
  const { items } = await kubectlGet(PODS, 'pods', '-n=kube-system', '-l=k8s-app=kube-dns');
  const targets = items.map(({ metadata: { name } }) => ({
    targets: [apiServer],
    labels: {
      pod: name,
      instance: name,
      __metrics_path__: `/api/v1/namespaces/kube-system/pods/${name}:9153/proxy/metrics`,
    },
  }));
  return { job_name: 'coredns', static_configs: targets, ...ADMIN };
}

/** The kubelets of the lab sign their own certificates. */
const ADMIN: ServerConfiguration = {
  scheme: 'https',
  tls_config: { cert_file: 'client.crt', key_file: 'client.key', insecure_skip_verify: true },
};

function textOf(base64: string): string {
  return Buffer.from(base64, 'base64').toString();
}
