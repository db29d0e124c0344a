// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it, onTestFinished } from 'vitest';
import type { PolicyRule } from './authorization.ts';
import { startSimulation } from './server.ts';
import { StubClient } from '../../../testkit/stub-client.ts';
import { stubCluster } from '../../../testkit/stub-cluster.ts';

async function startFor(
  rules: readonly PolicyRule[],
  serverVersion = 'v1.34.4',
): Promise<StubClient> {
  const users = [{ name: 'reader', token: 'reader-token', rules }];
  const simulation = await startSimulation(stubCluster(2), { users, serverVersion });
  onTestFinished(() => simulation.close());
  return new StubClient(simulation.kubeconfigFor('reader'));
}

const EXEC = '/api/v1/namespaces/default/pods/app-1/exec?command=x&stdout=true';

describe('access to the API', () => {
  it('answers 401 for a token of nobody', async () => {
    const client = await startFor([]);

    const answer = await client.send('GET', '/api/v1/nodes', {
      headers: { Authorization: 'Bearer wrong' },
    });

    expect(answer.json).toMatchObject({
      code: 401,
      reason: 'Unauthorized',
      message: 'Unauthorized',
    });
  });

  it('answers 401 for a scheme other than Bearer', async () => {
    const client = await startFor([]);

    const answer = await client.send('GET', '/api/v1/nodes', {
      headers: { Authorization: 'Basic cmVhZGVyOng=' },
    });

    expect(answer.status).toBe(401);
  });

  it.each([
    [
      '/api/v1/nodes',
      'nodes is forbidden: User "reader" cannot list resource "nodes" in API group "" at the cluster scope',
    ],
    [
      '/apis/apps/v1/namespaces/default/daemonsets/x',
      'daemonsets.apps "x" is forbidden: User "reader" cannot get resource "daemonsets" in API group "apps" in the namespace "default"',
    ],
    [
      '/api/v1/namespaces/default/pods/p/log',
      'pods "p" is forbidden: User "reader" cannot get resource "pods/log" in API group "" in the namespace "default"',
    ],
  ])('words the refusal of %s as the API server does', async (path, message) => {
    const client = await startFor([]);

    const answer = await client.send('GET', path);

    expect(answer.json).toMatchObject({ code: 403, reason: 'Forbidden', message });
  });

  it('lets a rule of one namespace hold there only', async () => {
    const client = await startFor([
      { verbs: ['list'], resources: ['pods'], namespaces: ['default'] },
    ]);

    const inside = await client.send('GET', '/api/v1/namespaces/default/pods');
    const everywhere = await client.send('GET', '/api/v1/pods');

    expect([inside.status, everywhere.status]).toEqual([200, 403]);
  });

  it('lets a rule with names allow a list of that name only', async () => {
    const client = await startFor([
      { verbs: ['list'], resources: ['nodes'], resourceNames: ['w1'] },
    ]);

    const one = await client.send('GET', '/api/v1/nodes?fieldSelector=metadata.name%3Dw1');
    const all = await client.send('GET', '/api/v1/nodes');

    expect([one.status, all.status]).toEqual([200, 403]);
  });

  it('does not let a resource include its subresources', async () => {
    const client = await startFor([{ verbs: ['*'], resources: ['pods'] }]);

    const answer = await client.send('GET', '/api/v1/namespaces/default/pods/app-1/log');

    expect(answer.status).toBe(403);
  });

  it('needs only get for an exec before Kubernetes 1.35, and create as well from then on', async () => {
    const rules = [{ verbs: ['get'], resources: ['pods/exec'] }];
    const older = await startFor(rules);
    const newer = await startFor(rules, 'v1.35.0');

    const allowed = await older.exec(EXEC);
    const refused = newer.exec(EXEC);

    expect(allowed.stdout).toBe('x\n');
    await expect(refused).rejects.toThrow('403');
  });

  it('answers what the caller may do', async () => {
    const client = await startFor([{ verbs: ['list'], resources: ['nodes'] }]);
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
    const ask = (verb: string): unknown => ({
      spec: { resourceAttributes: { verb, resource: 'nodes' } },
    });

    const list = await client.send('POST', path, { body: ask('list') });
    const patch = await client.send('POST', path, { body: ask('patch') });

    expect(list.json).toMatchObject({ status: { allowed: true } });
    expect(patch.json).toMatchObject({ status: { allowed: false } });
  });

  it('answers who the caller is', async () => {
    const client = await startFor([]);

    const answer = await client.send('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {
      body: {},
    });

    expect(answer.json).toMatchObject({
      status: { userInfo: { username: 'reader', groups: ['system:authenticated'] } },
    });
  });

  it('refuses impersonation without the right to it', async () => {
    const client = await startFor([{ verbs: ['*'], resources: ['nodes'] }]);

    const answer = await client.send('GET', '/api/v1/nodes', {
      headers: { 'Impersonate-User': 'boss' },
    });

    expect(answer.json).toMatchObject({
      message:
        'users "boss" is forbidden: User "reader" cannot impersonate resource "users" in API group "" at the cluster scope',
    });
  });

  it('acts as the impersonated user and group', async () => {
    const client = await startFor([{ verbs: ['impersonate'], resources: ['users', 'groups'] }]);
    const asUser = { 'Impersonate-User': 'boss' };

    const alone = await client.send('GET', '/api/v1/nodes', { headers: asUser });
    const grouped = await client.send('GET', '/api/v1/nodes', {
      headers: { ...asUser, 'Impersonate-Group': 'system:masters' },
    });

    expect([alone.status, grouped.status]).toEqual([403, 200]);
  });
});
