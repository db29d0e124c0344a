// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it, onTestFinished } from 'vitest';
import { startSimulation } from './server.ts';
import { StubClient, type Answer } from '../../../testkit/stub-client.ts';
import { stubCluster, type StubCluster } from '../../../testkit/stub-cluster.ts';

const NODE = '/api/v1/nodes/w1';
const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';

async function start(): Promise<{ client: StubClient; cluster: StubCluster }> {
  const cluster = stubCluster(2);
  let seconds = 0;
  // A clock that never stands still shows every time that is written anew.
  const now = (): Date => new Date(Date.UTC(2026, 0, 1) + 1000 * (seconds += 1));
  const simulation = await startSimulation(cluster, { now });
  onTestFinished(() => simulation.close());
  return { client: new StubClient(simulation.kubeconfig), cluster };
}

async function patch(
  client: StubClient,
  path: string,
  type: string,
  body: unknown,
): Promise<Answer> {
  const headers = { 'Content-Type': `application/${type}`, 'User-Agent': 'tester/1.0' };
  return client.send('PATCH', path, { body, headers });
}

async function apply(
  client: StubClient,
  manager: string,
  data: Record<string, string>,
  query = '',
): Promise<Answer> {
  const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'cm' }, data };
  const path = `${CONFIG_MAPS}/cm?fieldManager=${manager}${query}`;
  return patch(client, path, 'apply-patch+yaml', body);
}

describe('writing through the API', () => {
  it('creates an object with a generated name', async () => {
    const { client } = await start();
    const body = { metadata: { generateName: 'cm-' }, data: { a: 'b' } };

    const answer = await client.send('POST', CONFIG_MAPS, { body });

    expect(answer.status).toBe(201);
    expect(answer.json).toMatchObject({
      metadata: { generateName: 'cm-', namespace: 'default' },
    });
    expect(answer.bytes.toString()).toMatch(/"name":"cm-[a-z0-9]{5}"/);
  });

  it('only pretends in a dry run', async () => {
    const { client, cluster } = await start();
    const before = cluster.store.resourceVersion;
    const body = { metadata: { name: 'cm' } };
    const labels = { metadata: { labels: { a: 'b' } } };

    const created = await client.send('POST', `${CONFIG_MAPS}?dryRun=All`, { body });
    const patched = await patch(client, `${NODE}?dryRun=All`, 'merge-patch+json', labels);
    const deleted = await client.send('DELETE', `${NODE}?dryRun=All`);

    expect([created.status, patched.status, deleted.status]).toEqual([201, 200, 200]);
    expect(patched.json).toMatchObject(labels);
    expect(cluster.store.resourceVersion).toBe(before);
  });

  it('answers 409 for a name that is taken', async () => {
    const { client } = await start();

    const answer = await client.send('POST', '/api/v1/nodes', {
      body: { metadata: { name: 'w1' } },
    });

    expect(answer.json).toMatchObject({
      code: 409,
      reason: 'AlreadyExists',
      message: 'nodes "w1" already exists',
    });
  });

  it('answers 409 for an update of an older version', async () => {
    const { client, cluster } = await start();
    const old = structuredClone(cluster.store.get('nodes', 'w1'));
    await patch(client, NODE, 'merge-patch+json', { metadata: { labels: { a: 'b' } } });

    const answer = await client.send('PUT', NODE, { body: old });

    expect(answer.json).toMatchObject({
      code: 409,
      reason: 'Conflict',
      message:
        'Operation cannot be fulfilled on nodes "w1": the object has been modified; please apply your changes to the latest version and try again',
    });
  });

  it('answers 404 for a namespace that is not there', async () => {
    const { client } = await start();

    const answer = await client.send('POST', '/api/v1/namespaces/nowhere/configmaps', {
      body: { metadata: { name: 'cm' } },
    });

    expect(answer.json).toMatchObject({ code: 404, message: 'namespaces "nowhere" not found' });
  });

  it.each([
    ['a name that is no subdomain', { metadata: { name: 'Not_A_Name' } }, 'metadata.name'],
    [
      'a label value with a space',
      { metadata: { name: 'a', labels: { a: 'b c' } } },
      'metadata.labels',
    ],
  ])('answers 422 for %s', async (_what, body, field) => {
    const { client } = await start();

    const answer = await client.send('POST', CONFIG_MAPS, { body });

    expect(answer.json).toMatchObject({
      code: 422,
      reason: 'Invalid',
      details: { causes: [{ field }] },
    });
  });

  it('refuses to change the pod ranges of a node', async () => {
    const { client } = await start();

    const answer = await patch(client, NODE, 'merge-patch+json', {
      spec: { podCIDRs: ['10.9.0.0/24'] },
    });

    expect(answer.status).toBe(422);
    expect(answer.bytes.toString()).toContain('node updates may not change podCIDR');
  });

  it('answers 400 for an annotation that is no string', async () => {
    const { client } = await start();

    const answer = await patch(client, NODE, 'merge-patch+json', {
      metadata: { annotations: { a: 1 } },
    });

    expect(answer.status).toBe(400);
  });

  it('keeps the status in a write of the object and the spec in a write of the status', async () => {
    const { client, cluster } = await start();
    const change = {
      metadata: { annotations: { a: 'b' } },
      spec: { unschedulable: true },
      status: { phase: 'x' },
    };

    await patch(client, `${NODE}/status`, 'merge-patch+json', change);
    const afterStatus = cluster.store.get('nodes', 'w1');
    await patch(client, '/api/v1/nodes/w2', 'merge-patch+json', change);
    const afterObject = cluster.store.get('nodes', 'w2');

    expect(afterStatus).toMatchObject({ metadata: change.metadata, status: { phase: 'x' } });
    expect(afterStatus).not.toMatchObject({ spec: change.spec });
    expect(afterObject).toMatchObject({ metadata: change.metadata, spec: change.spec });
    expect(afterObject).not.toMatchObject({ status: change.status });
  });

  it('merges lists by key in a strategic merge patch', async () => {
    const { client } = await start();
    const conditions = [{ type: 'NetworkUnavailable', status: 'False' }];

    const answer = await patch(client, `${NODE}/status`, 'strategic-merge-patch+json', {
      status: { conditions },
    });

    expect(answer.json).toMatchObject({
      status: { conditions: [{ type: 'Ready', status: 'True' }, ...conditions] },
    });
  });

  it('answers 422 when the test of a JSON patch fails', async () => {
    const { client } = await start();
    const operations = [{ op: 'test', path: '/metadata/labels/even', value: 'true' }];

    const answer = await patch(client, NODE, 'json-patch+json', operations);

    expect(answer.json).toMatchObject({ code: 422, reason: 'Invalid' });
  });

  it('deletes once and then answers 404', async () => {
    const { client } = await start();

    const first = await client.send('DELETE', NODE);
    const second = await client.send('DELETE', NODE);

    expect(first.json).toMatchObject({
      kind: 'Status',
      status: 'Success',
      details: { name: 'w1' },
    });
    expect(second.status).toBe(404);
  });

  it('answers 409 for a delete whose precondition names another object', async () => {
    const { client } = await start();

    const answer = await client.send('DELETE', NODE, { body: { preconditions: { uid: 'other' } } });

    expect(answer.json).toMatchObject({ code: 409, reason: 'Conflict' });
  });
});

describe('server-side apply', () => {
  it('creates, and tells who owns which field', async () => {
    const { client } = await start();

    const answer = await apply(client, 'one', { a: '1' });

    expect(answer.status).toBe(201);
    expect(answer.json).toMatchObject({
      metadata: {
        managedFields: [
          { manager: 'one', operation: 'Apply', fieldsV1: { 'f:data': { 'f:a': {} } } },
        ],
      },
    });
  });

  it('refuses a field that another manager holds with another value', async () => {
    const { client } = await start();
    await apply(client, 'one', { a: '1' });

    const answer = await apply(client, 'two', { a: '2' });

    expect(answer.json).toMatchObject({
      code: 409,
      message: 'Apply failed with 1 conflict: conflict with "one": .data.a',
      details: { causes: [{ reason: 'FieldManagerConflict', field: '.data.a' }] },
    });
  });

  it('takes the field by force', async () => {
    const { client } = await start();
    await apply(client, 'one', { a: '1' });

    const answer = await apply(client, 'two', { a: '2' }, '&force=true');
    const again = await apply(client, 'one', { a: '1' });

    expect(answer.json).toMatchObject({ data: { a: '2' } });
    expect(again.status).toBe(409);
  });

  it('removes a field that its only manager no longer applies', async () => {
    const { client } = await start();
    await apply(client, 'one', { a: '1', b: '1' });
    await apply(client, 'two', { b: '1' });

    const answer = await apply(client, 'one', { c: '1' });

    expect(answer.json).toHaveProperty('data', { b: '1', c: '1' });
  });

  it('changes nothing when it is repeated', async () => {
    const { client, cluster } = await start();
    await apply(client, 'one', { a: '1' });
    const before = cluster.store.resourceVersion;

    await apply(client, 'one', { a: '1' });

    expect(cluster.store.resourceVersion).toBe(before);
  });

  it('counts a merge patch as ownership too', async () => {
    const { client } = await start();
    await apply(client, 'one', { a: '1' });
    await patch(client, `${CONFIG_MAPS}/cm`, 'merge-patch+json', { data: { a: '2' } });

    const answer = await apply(client, 'one', { a: '1' });

    expect(answer.json).toMatchObject({ code: 409 });
    expect(answer.bytes.toString()).toContain('conflict with \\"tester\\"');
  });

  it('finds the fields of an object that was never written through the API taken', async () => {
    const { client } = await start();
    const body = {
      metadata: { annotations: { 'flannel.alpha.coreos.com/public-ip': '10.9.9.9' } },
    };

    const answer = await patch(client, `${NODE}?fieldManager=one`, 'apply-patch+yaml', body);

    expect(answer.status).toBe(409);
    expect(answer.bytes.toString()).toContain('conflict with \\"before-first-apply\\"');
  });
});
