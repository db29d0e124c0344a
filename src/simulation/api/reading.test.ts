// SPDX-License-Identifier: Apache-2.0
import { gunzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startSimulation, type Simulation, type SimulationOptions } from './server.ts';
import { StubClient } from '../../../testkit/stub-client.ts';
import { stubCluster } from '../../../testkit/stub-cluster.ts';

async function start(
  options: SimulationOptions = {},
  nodeCount = 3,
): Promise<{ client: StubClient; simulation: Simulation }> {
  const simulation = await startSimulation(stubCluster(nodeCount), options);
  onTestFinished(() => simulation.close());
  return { client: new StubClient(simulation.kubeconfig), simulation };
}

describe('reading through the API', () => {
  it('lists page by page', async () => {
    const { client } = await start();

    const first = await client.send('GET', '/api/v1/nodes?limit=2');
    const token = /"continue":"([^"]+)"/.exec(first.bytes.toString())?.[1] ?? '';
    const second = await client.send('GET', `/api/v1/nodes?limit=2&continue=${token}`);

    expect(first.json).toMatchObject({
      kind: 'NodeList',
      metadata: { remainingItemCount: 1 },
      items: [{ metadata: { name: 'w1' } }, { metadata: { name: 'w2' } }],
    });
    expect(second.json).toMatchObject({ items: [{ metadata: { name: 'w3' } }] });
  });

  it('leaves kind and apiVersion out of list items, as the API server does', async () => {
    const { client } = await start();

    const answer = await client.send('GET', '/api/v1/nodes');

    expect(answer.json).not.toMatchObject({ items: [{ kind: 'Node' }, {}, {}] });
  });

  it.each([
    ['labelSelector=even%3Dtrue', ['w2']],
    ['labelSelector=even!%3Dtrue', ['w1', 'w3']],
    ['labelSelector=kubernetes.io/hostname+in+(w1,w3)', ['w1', 'w3']],
    ['labelSelector=!even', []],
    ['fieldSelector=metadata.name%3Dw3', ['w3']],
    ['fieldSelector=metadata.name!%3Dw3', ['w1', 'w2']],
  ])('selects with %s', async (query, names) => {
    const { client } = await start();

    const answer = await client.send('GET', `/api/v1/nodes?${query}`);

    expect(answer.json).toMatchObject({ items: names.map((name) => ({ metadata: { name } })) });
  });

  it('selects pods by node', async () => {
    const { client } = await start();

    const answer = await client.send('GET', '/api/v1/pods?fieldSelector=spec.nodeName%3Dw2');

    expect(answer.json).toMatchObject({ items: [{ metadata: { name: 'app-2' } }] });
  });

  it('refuses a field that cannot be selected', async () => {
    const { client } = await start();

    const answer = await client.send('GET', '/api/v1/nodes?fieldSelector=spec.foo%3Dx');

    expect(answer.status).toBe(400);
  });

  it('shows a Table for kubectl', async () => {
    const { client } = await start();
    const headers = { Accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' };

    const answer = await client.send('GET', '/api/v1/nodes', { headers });

    expect(answer.json).toMatchObject({ kind: 'Table', rows: [{}, {}, {}] });
    expect(answer.bytes.toString()).toContain('"cells":["w1","Ready","<none>"');
  });

  it('shows metadata only', async () => {
    const { client } = await start();
    const headers = { Accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1' };

    const answer = await client.send('GET', '/api/v1/nodes', { headers });

    expect(answer.json).toMatchObject({ kind: 'PartialObjectMetadataList' });
    expect(answer.bytes.toString()).not.toContain('podCIDRs');
  });

  it('compresses a large list for a client that accepts gzip', async () => {
    const { client } = await start({}, 500);
    const headers = { 'Accept-Encoding': 'gzip' };

    const answer = await client.send('GET', '/api/v1/nodes', { headers });

    expect(answer.headers['content-encoding']).toBe('gzip');
    expect(JSON.parse(gunzipSync(answer.bytes).toString())).toMatchObject({ kind: 'NodeList' });
  });

  it('answers 404 with a Status for an object and in plain text for an unknown path', async () => {
    const { client } = await start();

    const object = await client.send('GET', '/api/v1/nodes/w9');
    const path = await client.send('GET', '/apis/unknown.io/v1/things');

    expect(object.json).toMatchObject({
      kind: 'Status',
      reason: 'NotFound',
      message: 'nodes "w9" not found',
      details: { name: 'w9', kind: 'nodes' },
    });
    expect(path.bytes.toString()).toBe('404 page not found\n');
  });

  it('answers 405 for a verb that the resource lacks', async () => {
    const { client } = await start();

    const answer = await client.send('DELETE', '/apis/metrics.k8s.io/v1beta1/nodes/w1');

    expect(answer.json).toMatchObject({ code: 405, reason: 'MethodNotAllowed' });
  });

  it('answers 410 for a continue token that compaction has overtaken', async () => {
    const cluster = stubCluster(3);
    const simulation = await startSimulation(cluster);
    onTestFinished(() => simulation.close());
    const client = new StubClient(simulation.kubeconfig);
    const first = await client.send('GET', '/api/v1/nodes?limit=1');
    const token = /"continue":"([^"]+)"/.exec(first.bytes.toString())?.[1] ?? '';

    cluster.store.compact();
    const second = await client.send('GET', `/api/v1/nodes?limit=1&continue=${token}`);

    expect(second.json).toMatchObject({ code: 410, reason: 'Expired' });
  });

  it('serves metrics of nodes', async () => {
    const { client } = await start();

    const answer = await client.send('GET', '/apis/metrics.k8s.io/v1beta1/nodes/w1');

    expect(answer.json).toMatchObject({ usage: { cpu: '250000000n', memory: '524288Ki' } });
  });

  it('shows core events through events.k8s.io under their other names', async () => {
    const { client } = await start();
    const event = {
      metadata: { name: 'e1' },
      involvedObject: { kind: 'Node', name: 'w1' },
      message: 'hello',
    };
    await client.send('POST', '/api/v1/namespaces/default/events', { body: event });

    const answer = await client.send('GET', '/apis/events.k8s.io/v1/namespaces/default/events/e1');

    expect(answer.json).toMatchObject({
      apiVersion: 'events.k8s.io/v1',
      regarding: { name: 'w1' },
      note: 'hello',
    });
  });

  it('counts calls by verb and resource', async () => {
    const { client, simulation } = await start();

    await client.send('GET', '/api/v1/nodes');
    await client.send('GET', '/api/v1/nodes/w1');
    await client.send('GET', '/api/v1/nodes/w2');

    expect(simulation.calls.snapshot()).toEqual({ 'get nodes': 2, 'list nodes': 1 });
  });

  it('announces every resource that it serves', async () => {
    const { client } = await start();

    const groups = await client.send('GET', '/apis');
    const core = await client.send('GET', '/api/v1');

    expect(groups.bytes.toString()).toContain('"metrics.k8s.io/v1beta1"');
    expect(core.bytes.toString()).toContain('"pods/exec"');
  });
});
