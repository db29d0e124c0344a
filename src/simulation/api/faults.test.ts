// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it, onTestFinished } from 'vitest';
import { FaultPlan, type FaultRule } from './faults.ts';
import { startSimulation, type Simulation } from './server.ts';
import { StubClient } from '../../../testkit/stub-client.ts';
import { stubCluster } from '../../../testkit/stub-cluster.ts';

async function startWith(
  ...faults: FaultRule[]
): Promise<{ client: StubClient; simulation: Simulation }> {
  const simulation = await startSimulation(stubCluster(3), { faults });
  onTestFinished(() => simulation.close());
  return { client: new StubClient(simulation.kubeconfig), simulation };
}

describe('FaultPlan', () => {
  it('lets requests pass, hits some, and wears off', () => {
    const fault = { kind: 'half-json' } as const;
    const plan = new FaultPlan([{ fault, skip: 1, times: 2 }]);

    const taken = [1, 2, 3, 4].map(() => plan.take({ verb: 'list' }));

    expect(taken).toEqual([undefined, fault, fault, undefined]);
  });

  it('hits only what the rule names', () => {
    const plan = new FaultPlan([
      { on: { resource: 'nodes', verb: 'list' }, fault: { kind: 'silent' } },
    ]);

    const taken = [
      plan.take({ resource: 'nodes', verb: 'get' }),
      plan.take({ resource: 'pods', verb: 'list' }),
      plan.take({ resource: 'nodes', verb: 'list' }),
    ];

    expect(taken).toEqual([undefined, undefined, { kind: 'silent' }]);
  });

  it('forgets a rule that is removed', () => {
    const plan = new FaultPlan();
    const remove = plan.add({ fault: { kind: 'silent' } });

    remove();

    expect(plan.take({})).toBeUndefined();
  });
});

describe('a faulty API server', () => {
  it('answers 429 with the time to wait', async () => {
    const { client } = await startWith({
      fault: { kind: 'too-many-requests', retryAfterSeconds: 3 },
      times: 1,
    });

    const first = await client.send('GET', '/api/v1/nodes');
    const second = await client.send('GET', '/api/v1/nodes');

    expect(first.headers['retry-after']).toBe('3');
    expect(first.bytes.toString()).toBe('Too many requests, please try again later.\n');
    expect([first.status, second.status]).toEqual([429, 200]);
  });

  it.each([500, 502, 503, 504] as const)('answers %i', async (code) => {
    const { client } = await startWith({ fault: { kind: 'server-error', code } });

    const answer = await client.send('GET', '/api/v1/nodes');

    expect(answer.json).toMatchObject({ kind: 'Status', code });
  });

  it('breaks the connection in the middle of a list', async () => {
    const { client } = await startWith({ fault: { kind: 'cut', afterBytes: 100 } });

    const answer = client.send('GET', '/api/v1/nodes');

    await expect(answer).rejects.toThrow('aborted');
  });

  it('sends half of the JSON as if it were whole', async () => {
    const { client } = await startWith({ fault: { kind: 'half-json' } });

    const answer = await client.send('GET', '/api/v1/nodes');

    expect(answer.status).toBe(200);
    expect(answer.json).toBeUndefined();
  });

  it('expires the second page of a list', async () => {
    const { client } = await startWith({ fault: { kind: 'expired' }, skip: 1, times: 1 });

    const first = await client.send('GET', '/api/v1/nodes?limit=1');
    const token = /"continue":"([^"]+)"/.exec(first.bytes.toString())?.[1] ?? '';
    const second = await client.send('GET', `/api/v1/nodes?limit=1&continue=${token}`);
    const again = await client.send('GET', `/api/v1/nodes?limit=1&continue=${token}`);

    expect([first.status, second.status, again.status]).toEqual([200, 410, 200]);
  });
});
