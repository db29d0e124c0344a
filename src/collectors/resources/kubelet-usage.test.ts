// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { kubeletUsage } from '#collectors/resources/kubelet-usage.ts';
import type { UsageAnswer } from '#collectors/resources/usage-source.ts';
import type { KubernetesConnection } from '#sources/kubernetes/connection.ts';
import { SourceError, type SourceErrorCode } from '#sources/source-error.ts';

const TIME = '2026-11-24T12:00:00Z';
const RESOURCE = `node_memory_working_set_bytes 5e+09 1795521600000
container_memory_working_set_bytes{container="app",namespace="shop",pod="web-1"} 3e+07 1795521600000
container_memory_working_set_bytes{container="app",namespace="other",pod="x-1"} 1e+07 1795521600000
`;

/** What a node's kubelet answers: the summary, or why not, and the metrics. */
interface Kubelet {
  readonly summary?: object;
  readonly refusal?: SourceErrorCode;
  readonly metrics?: string;
}

function summary(workingSetBytes: number): object {
  return { node: { memory: { time: TIME, workingSetBytes, rssBytes: 1 } }, pods: [] };
}

interface Asked {
  readonly answer: UsageAnswer;
  /** Paths behind the proxies, in order. */
  readonly paths: readonly string[];
}

async function ask(
  kubelets: Readonly<Record<string, Kubelet>>,
  namespace?: string,
): Promise<Asked> {
  const paths: string[] = [];
  const kubeletOf = (path: string): Kubelet => {
    const [, node = '', rest = ''] = /^\/api\/v1\/nodes\/([^/]+)\/proxy\/(.+)$/u.exec(path) ?? [];
    paths.push(`${node} ${rest}`);
    return kubelets[node] ?? {};
  };
  const refuse = (code: SourceErrorCode = 'not-found'): never => {
    throw new SourceError(code, { operation: 'get nodes/proxy', target: 's:6443' });
  };
  const connection: Pick<KubernetesConnection, 'server' | 'get' | 'text'> = {
    server: 's:6443',
    get: async ({ path }: { readonly path: string }): Promise<unknown> => {
      const { summary: body, refusal } = kubeletOf(path);
      return Promise.resolve(body ?? refuse(refusal));
    },
    text: async ({ path }: { readonly path: string }): Promise<string> => {
      const { metrics } = kubeletOf(path);
      return Promise.resolve(metrics ?? refuse());
    },
  };
  const { signal } = new AbortController();
  const nodes = Object.keys(kubelets);
  const answer = await kubeletUsage.read({
    connection: connection as KubernetesConnection,
    signal,
    nodes,
    namespace,
  });
  return { answer, paths };
}

describe('use from kubelets', () => {
  it('is that of the summary, and then nothing else is asked', async () => {
    const { answer, paths } = await ask({ node1: { summary: summary(7), metrics: RESOURCE } });

    expect(answer.nodes).toMatchObject([{ node: 'node1', workingSetBytes: 7, rssBytes: 1 }]);
    expect(paths).toEqual(['node1 stats/summary']);
  });

  it.each<[string, Kubelet]>([
    ['does not serve the summary', { refusal: 'not-found' }],
    ['serves something else in its place', { refusal: 'not-json' }],
    ['serves one that tells nothing of the node', { summary: { pods: [] } }],
  ])('is that of /metrics/resource where a kubelet %s', async (_, kubelet) => {
    const { answer, paths } = await ask({ node1: { ...kubelet, metrics: RESOURCE } });

    expect(paths).toEqual(['node1 stats/summary', 'node1 metrics/resource']);
    expect(answer.nodes).toEqual([
      { node: 'node1', at: '2026-11-24T12:00:00.000Z', workingSetBytes: 5e9 },
    ]);
    expect(answer.containers.map(({ pod, workingSetBytes }) => [pod, workingSetBytes])).toEqual([
      ['web-1', 3e7],
      ['x-1', 1e7],
    ]);
  });

  it('is of one namespace when that is asked for', async () => {
    const { answer } = await ask({ node1: { metrics: RESOURCE } }, 'shop');

    expect(answer.containers.map(({ pod }) => pod)).toEqual(['web-1']);
  });

  it('names the nodes whose kubelet does not answer, and has the others', async () => {
    const { answer } = await ask({
      node1: { summary: summary(7) },
      node2: { refusal: 'unreachable', metrics: RESOURCE },
    });

    expect(answer.nodes.map(({ node }) => node)).toEqual(['node1']);
    expect(answer.missing.map(({ node }) => node)).toEqual(['node2']);
  });

  it('is nothing where no kubelet answers, with the reason of the first', async () => {
    const asking = ask({ node1: { refusal: 'unreachable' }, node2: { refusal: 'timed-out' } });

    await expect(asking).rejects.toMatchObject({ reason: 'failed' });
  });

  it('goes no further without the right', async () => {
    const asking = ask({ node1: { refusal: 'forbidden', metrics: RESOURCE } });

    await expect(asking).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('asks nobody where no node is known', async () => {
    await expect(ask({})).rejects.toMatchObject({ reason: 'failed' });
  });
});
