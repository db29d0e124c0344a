// SPDX-License-Identifier: Apache-2.0
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { CoreV1Api, Exec, KubeConfig, Watch, type V1Status } from '@kubernetes/client-node';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startSimulation } from './server.ts';
import { stubCluster } from '../../../testkit/stub-cluster.ts';

async function start(): Promise<KubeConfig> {
  const simulation = await startSimulation(stubCluster(3));
  onTestFinished(() => simulation.close());
  const config = new KubeConfig();
  config.loadFromString(simulation.kubeconfig);
  return config;
}

describe('the official client', () => {
  it('lists page by page', async () => {
    const api = (await start()).makeApiClient(CoreV1Api);

    const first = await api.listNode({ limit: 2 });
    const second = await api.listNode({ limit: 2, _continue: first.metadata?._continue ?? '' });

    expect([...first.items, ...second.items].map((node) => node.metadata?.name)).toEqual([
      'w1',
      'w2',
      'w3',
    ]);
  });

  it('reads the code of an error', async () => {
    const api = (await start()).makeApiClient(CoreV1Api);

    const missing = api.readNode({ name: 'w9' });

    await expect(missing).rejects.toMatchObject({ code: 404 });
  });

  it('watches', async () => {
    const watch = new Watch(await start());

    const names = await new Promise((resolve, reject) => {
      const seen: unknown[] = [];
      void watch.watch(
        '/api/v1/nodes',
        { timeoutSeconds: 0 },
        (type, object: { metadata: { name: string } }) => {
          seen.push(`${type} ${object.metadata.name}`);
        },
        (error) => {
          if (error instanceof Error) reject(error);
          else resolve(seen);
        },
      );
    });

    expect(names).toEqual(['ADDED w1', 'ADDED w2', 'ADDED w3']);
  });

  it('runs a command', async () => {
    const exec = new Exec(await start());
    const stdout = new PassThrough();

    const status = await new Promise<V1Status>((resolve, reject) => {
      exec
        .exec('default', 'app-1', 'main', ['say', 'hello'], stdout, null, null, false, resolve)
        .catch(reject);
    });
    stdout.end();

    expect(status).toMatchObject({ status: 'Success' });
    await expect(text(stdout)).resolves.toBe('say hello\n');
  });
});
