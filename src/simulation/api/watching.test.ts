// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it, onTestFinished } from 'vitest';
import { startSimulation, type SimulationOptions } from './server.ts';
import { StubClient } from '../../../testkit/stub-client.ts';
import { stubCluster, type StubCluster } from '../../../testkit/stub-cluster.ts';

async function start(
  options: SimulationOptions = {},
  historyLimit?: number,
): Promise<{ client: StubClient; cluster: StubCluster }> {
  const cluster = stubCluster(2, historyLimit);
  const simulation = await startSimulation(cluster, options);
  onTestFinished(() => simulation.close());
  return { client: new StubClient(simulation.kubeconfig), cluster };
}

async function take(events: AsyncGenerator, count: number): Promise<unknown[]> {
  const taken: unknown[] = [];
  for await (const event of events) if (taken.push(event) === count) break;
  return taken;
}

function label(cluster: StubCluster, name: string, labels: Record<string, string>): void {
  const node = structuredClone(cluster.store.get('nodes', name));
  if (node === undefined) throw new Error(`no node ${name}`);
  cluster.store.update('nodes', { ...node, metadata: { ...node.metadata, labels } });
}

describe('watching through the API', () => {
  it('begins with all objects when no version is given', async () => {
    const { client } = await start();

    const events = await take(client.watch('/api/v1/nodes?watch=1'), 2);

    expect(events).toMatchObject([
      { type: 'ADDED', object: { kind: 'Node', metadata: { name: 'w1' } } },
      { type: 'ADDED', object: { metadata: { name: 'w2' } } },
    ]);
  });

  it('goes on from a version', async () => {
    const { client, cluster } = await start();
    const since = cluster.store.resourceVersion;
    label(cluster, 'w1', { a: 'b' });
    cluster.store.delete('nodes', 'w2');

    const events = await take(client.watch(`/api/v1/nodes?watch=1&resourceVersion=${since}`), 2);

    expect(events).toMatchObject([
      { type: 'MODIFIED', object: { metadata: { labels: { a: 'b' } } } },
      { type: 'DELETED', object: { metadata: { name: 'w2' } } },
    ]);
  });

  it('shows an object that leaves the selection as deleted', async () => {
    const { client, cluster } = await start();
    const watch = client.watch('/api/v1/nodes?watch=1&labelSelector=even%3Dtrue');

    const before = await watch.next();
    label(cluster, 'w2', {});
    const after = await watch.next();
    await watch.return(undefined);

    expect(before.value).toMatchObject({ type: 'ADDED' });
    expect(after.value).toMatchObject({ type: 'DELETED', object: { metadata: { name: 'w2' } } });
  });

  it('ends with an ERROR event when the version is too old', async () => {
    const { client, cluster } = await start({}, 1);
    for (let count = 0; count < 20; count += 1) label(cluster, 'w1', { n: String(count) });

    const events = await take(client.watch('/api/v1/nodes?watch=1&resourceVersion=1'), 9);

    expect(events).toMatchObject([{ type: 'ERROR', object: { code: 410, reason: 'Expired' } }]);
  });

  it('sends a bookmark before the time is over', async () => {
    const { client, cluster } = await start();
    const since = cluster.store.resourceVersion;
    const query = `watch=1&resourceVersion=${since}&allowWatchBookmarks=true&timeoutSeconds=0`;

    const events = await take(client.watch(`/api/v1/nodes?${query}`), 9);

    expect(events).toMatchObject([
      { type: 'BOOKMARK', object: { kind: 'Node', metadata: { resourceVersion: since } } },
    ]);
  });

  it('marks the end of the initial events when asked', async () => {
    const { client } = await start();
    const query =
      'watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';

    const events = await take(client.watch(`/api/v1/nodes?${query}`), 3);

    expect(events.at(2)).toMatchObject({
      type: 'BOOKMARK',
      object: { metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } },
    });
  });

  it('expires in the middle of the stream by a fault', async () => {
    const { client } = await start({
      faults: [{ on: { verb: 'watch' }, fault: { kind: 'watch-expired', afterEvents: 1 } }],
    });

    const events = await take(client.watch('/api/v1/nodes?watch=1'), 9);

    expect(events).toMatchObject([{ type: 'ADDED' }, { type: 'ERROR', object: { code: 410 } }]);
  });

  it('answers 410 as the HTTP status by a fault', async () => {
    const { client } = await start({ faults: [{ fault: { kind: 'expired' } }] });

    const answer = await client.send('GET', '/api/v1/nodes?watch=1');

    expect(answer.status).toBe(410);
  });

  it('breaks the connection in the middle of an event by a fault', async () => {
    const { client } = await start({ faults: [{ fault: { kind: 'cut', afterBytes: 40 } }] });

    const answer = client.send('GET', '/api/v1/nodes?watch=1');

    await expect(answer).rejects.toThrow('aborted');
  });

  it('ends open watches when the server closes', async () => {
    const cluster = stubCluster(1);
    const simulation = await startSimulation(cluster);
    const watch = new StubClient(simulation.kubeconfig).watch('/api/v1/nodes?watch=1');
    await watch.next();

    await simulation.close();

    await expect(watch.next()).resolves.toMatchObject({ done: true });
  });
});
