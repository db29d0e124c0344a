// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it, onTestFinished } from 'vitest';
import { startSimulation, type SimulationOptions } from './server.ts';
import { StubClient } from '../../../testkit/stub-client.ts';
import { stubCluster, type StubCluster } from '../../../testkit/stub-cluster.ts';

const POD = '/api/v1/namespaces/default/pods/app-1';
const EXEC = `${POD}/exec?command=run&command=it&stdout=true&stderr=true`;

async function start(
  options: SimulationOptions = {},
): Promise<{ client: StubClient; cluster: StubCluster }> {
  const cluster = stubCluster(2);
  const simulation = await startSimulation(cluster, options);
  onTestFinished(() => simulation.close());
  return { client: new StubClient(simulation.kubeconfig), cluster };
}

describe('exec over WebSocket', () => {
  it.each(['v5.channel.k8s.io', 'v4.channel.k8s.io'])(
    'runs a command over %s',
    async (protocol) => {
      const { client, cluster } = await start();
      cluster.answer = (): { stdout: string; stderr: string; exitCode: number } => ({
        stdout: 'out',
        stderr: 'err',
        exitCode: 0,
      });

      const outcome = await client.exec(EXEC, { protocol });

      expect(outcome).toMatchObject({
        stdout: 'out',
        stderr: 'err',
        status: { status: 'Success' },
      });
      expect(cluster.execs).toEqual([
        { namespace: 'default', pod: 'app-1', container: 'main', command: ['run', 'it'] },
      ]);
    },
  );

  it('tells the exit code as a cause', async () => {
    const { client, cluster } = await start();
    cluster.answer = (): { stdout: string; stderr: string; exitCode: number } => ({
      stdout: '',
      stderr: '',
      exitCode: 7,
    });

    const outcome = await client.exec(EXEC);

    expect(outcome.status).toMatchObject({
      reason: 'NonZeroExitCode',
      details: { causes: [{ reason: 'ExitCode', message: '7' }] },
    });
  });

  it('tells a container that does not run on the error channel', async () => {
    const { client, cluster } = await start();
    cluster.answer = (): { failure: 'container-not-running'; message: string } => ({
      failure: 'container-not-running',
      message: 'unable to upgrade connection: container not found ("main")',
    });

    const outcome = await client.exec(EXEC);

    expect(outcome.status).toMatchObject({
      code: 500,
      message:
        'Internal error occurred: unable to upgrade connection: container not found ("main")',
    });
  });

  it.each(['v5.channel.k8s.io', 'v4.channel.k8s.io'])(
    'hands on stdin over %s',
    async (protocol) => {
      const { client, cluster } = await start();

      await client.exec(`${EXEC}&stdin=true`, { protocol, stdin: 'typed' });

      expect(cluster.execs).toMatchObject([{ stdin: 'typed' }]);
    },
  );

  it('tells a backend that breaks on the error channel', async () => {
    const { client, cluster } = await start();
    cluster.answer = (): never => {
      throw new TypeError('broken');
    };

    const outcome = await client.exec(EXEC);

    expect(outcome.status).toMatchObject({
      code: 500,
      message: 'Internal error occurred: broken',
    });
  });

  it('sends megabytes in messages of at most 32 KiB', async () => {
    const { client, cluster } = await start();
    const stdout = 'ä'.repeat(2 * 1024 * 1024);
    cluster.answer = (): { stdout: string; stderr: string; exitCode: number } => ({
      stdout,
      stderr: '',
      exitCode: 0,
    });

    const outcome = await client.exec(EXEC);

    expect(outcome.stdout === stdout).toBe(true);
    expect(outcome.largestMessageBytes).toBe(32 * 1024 + 1);
  });

  it('serves hundreds of commands at a time', async () => {
    const { client } = await start({ latency: { execMs: 50 } });

    const outcomes = await Promise.all(Array.from({ length: 200 }, () => client.exec(EXEC)));

    expect(outcomes.filter((outcome) => outcome.stdout === 'run it\n')).toHaveLength(200);
  });

  it.each([
    ['a pod that is not there', '/api/v1/namespaces/default/pods/none/exec?command=x', '404'],
    ['a container that is not there', `${EXEC}&container=none`, '400'],
    ['no command', `${POD}/exec?stdout=true`, '400'],
  ])('refuses the upgrade for %s', async (_what, path, code) => {
    const { client } = await start();

    const outcome = client.exec(path);

    await expect(outcome).rejects.toThrow(`Unexpected server response: ${code}`);
  });

  it('refuses an exec without an upgrade', async () => {
    const { client } = await start();

    const answer = await client.send('GET', EXEC);

    expect(answer.json).toMatchObject({ code: 400, message: 'Upgrade request required' });
  });
});

describe('exec with a fault', () => {
  it('answers the upgrade like a proxy that breaks it', async () => {
    const { client } = await start({ faults: [{ fault: { kind: 'upgrade-refused', code: 502 } }] });

    const outcome = client.exec(EXEC);

    await expect(outcome).rejects.toThrow('Unexpected server response: 502');
  });

  it('loses the connection in the middle of the output', async () => {
    const { client } = await start({ faults: [{ fault: { kind: 'cut', afterBytes: 3 } }] });

    const outcome = await client.exec(EXEC);

    expect(outcome).toMatchObject({ stdout: 'run', status: undefined, closeCode: 1006 });
  });

  it('ends the output early with an orderly close', async () => {
    const { client } = await start({ faults: [{ fault: { kind: 'output-cut', afterBytes: 3 } }] });

    const outcome = await client.exec(EXEC);

    expect(outcome).toMatchObject({ stdout: 'run', status: undefined, closeCode: 1000 });
  });

  it('prints garbage', async () => {
    const { client } = await start({
      faults: [{ fault: { kind: 'garbage', stdout: '\u0000{[' } }],
    });

    const outcome = await client.exec(EXEC);

    expect(outcome).toMatchObject({ stdout: '\u0000{[', status: { status: 'Success' } });
  });

  it('never answers on one node, and is not disturbed on the other', async () => {
    const { client, cluster } = await start({
      faults: [{ on: { subresource: 'exec', node: 'w1' }, fault: { kind: 'silent' } }],
    });

    const silent = client.exec(EXEC);
    const other = await client.exec(EXEC.replace('app-1', 'app-2'));
    const first = await Promise.race([silent, Promise.resolve('nothing yet')]);

    expect(other.stdout).toBe('run it\n');
    expect(first).toBe('nothing yet');
    expect(cluster.execs).toHaveLength(1);
  });
});

describe('logs', () => {
  it('sends the last lines as plain text', async () => {
    const { client } = await start();

    const answer = await client.send('GET', `${POD}/log?tailLines=1`);

    expect(answer.headers['content-type']).toBe('text/plain');
    expect(answer.bytes.toString()).toBe('second\n');
  });

  it('follows what is added', async () => {
    const { client, cluster } = await start();
    const response = await client.open('GET', `${POD}/log?follow=true&tailLines=1`);
    const chunks = response.iterator({ destroyOnReturn: true });

    const before = String((await chunks.next()).value);
    cluster.logText += 'third\n';
    const after = String((await chunks.next()).value);
    response.destroy();

    expect([before, after]).toEqual(['second\n', 'third\n']);
  });
});
