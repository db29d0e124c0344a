// SPDX-License-Identifier: Apache-2.0

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Simulation, startSimulation } from '#simulation/api/server.ts';
import { type StubCluster, stubCluster } from '../../../testkit/stub-cluster.ts';
import type { ConnectOptions } from '#sources/kubernetes/connect-options.ts';
import {
  type ExecRequest,
  type KubernetesConnection,
  connect,
} from '#sources/kubernetes/connection.ts';
import { type SourceError, isSourceError } from '#sources/source-error.ts';

let directory: string;
let cluster: StubCluster;
let simulation: Simulation;
const open: KubernetesConnection[] = [];
const signal = new AbortController().signal;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'selvage-'));
  cluster = stubCluster(3);
  simulation = await startSimulation(cluster, {
    users: [
      { name: 'reader', token: 'reader-token', rules: [] },
      { name: 'boss', token: 'boss-token', groups: ['system:masters'] },
    ],
  });
});

afterEach(async () => {
  for (const connection of open.splice(0)) connection.close();
  await simulation.close();
  await rm(directory, { recursive: true });
});

async function file(name: string, content: string): Promise<string> {
  const full = path.join(directory, name);
  await writeFile(full, content);
  return full;
}

async function connected(
  options: ConnectOptions = {},
  kubeconfig: string = simulation.kubeconfig,
): Promise<KubernetesConnection> {
  const connection = await connect({
    kubeconfig: await file('config', kubeconfig),
    requestTimeoutMs: 2000,
    env: {},
    ...options,
  });
  open.push(connection);
  return connection;
}

function nameOf(item: unknown): string | undefined {
  return (item as { metadata: { name: string } }).metadata.name;
}

function listNodes(connection: KubernetesConnection): Promise<readonly string[]> {
  return connection.list({ path: '/api/v1/nodes', operation: 'list nodes', signal }, nameOf);
}

async function failure(promise: Promise<unknown>): Promise<SourceError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (isSourceError(error)) return error;
  throw new Error('no SourceError was thrown', { cause: error });
}

function kubeconfigOf(url: string): string {
  return JSON.stringify({
    'current-context': 'c',
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    clusters: [{ name: 'c', cluster: { server: url } }],
    users: [{ name: 'u', user: { token: 't' } }],
  });
}

/** A server that answers each request by itself; closed by its `close`. */
async function httpServer(
  answer: Parameters<typeof createHttpServer>[1],
): Promise<{ url: string; close: () => void }> {
  const server = createHttpServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

describe('connect', () => {
  it('says that the named kubeconfig does not exist', async () => {
    const error = await failure(connect({ kubeconfig: path.join(directory, 'none'), env: {} }));

    expect(error.code).toBe('kubeconfig-not-found');
    expect(`${error.why} ${error.hint}`).not.toMatch(/neither/iu);
  });

  it('says that there is no kubeconfig anywhere', async () => {
    const error = await failure(connect({ env: { HOME: directory } }));

    expect(error.code).toBe('no-kubeconfig');
  });

  it('says that the context does not exist', async () => {
    const error = await failure(connected({ context: 'other' }));

    expect(error).toMatchObject({ code: 'unknown-context', target: 'context other' });
  });

  it('reports a credential plugin that does not exist', async () => {
    const kubeconfig = simulation.kubeconfig.replace(
      /token: .*/,
      'exec: {apiVersion: client.authentication.k8s.io/v1, command: no-such-plugin-here}',
    );

    const error = await failure(connected({}, kubeconfig));

    expect(error.code).toBe('credential-plugin');
    expect(error.message).toContain('no-such-plugin-here');
  });

  it('takes the token that a credential plugin prints', async () => {
    const script = `const info = JSON.parse(process.env.KUBERNETES_EXEC_INFO);
      console.log(JSON.stringify({ ...info, status: { token: 'boss-token' } }));`;
    const plugin = await file('plugin.cjs', script);
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: process.execPath };
    const kubeconfig = simulation.kubeconfig.replace(
      /token: .*/,
      `exec: ${JSON.stringify({ ...exec, args: [plugin] })}`,
    );

    const names = await listNodes(await connected({}, kubeconfig));

    expect(names).toStrictEqual(['w1', 'w2', 'w3']);
  });

  it('never shows what a broken credential plugin printed', async () => {
    const plugin = await file('plugin.cjs', `console.log('secret-token, not JSON')`);
    const kubeconfig = simulation.kubeconfig.replace(
      /token: .*/,
      `exec: ${JSON.stringify({ command: process.execPath, args: [plugin] })}`,
    );

    const error = await failure(connected({}, kubeconfig));

    expect(error.code).toBe('credential-plugin');
    expect(JSON.stringify([error.message, error.cause])).not.toContain('secret-token');
  });

  it('reads a token file and drops its last newline', async () => {
    const token = await file('token', 'boss-token\n');
    const kubeconfig = simulation.kubeconfig.replace(/token: .*/, `tokenFile: ${token}`);

    const names = await listNodes(await connected({}, kubeconfig));

    expect(names).toHaveLength(3);
  });
});

describe('list', () => {
  it('says that the server cannot be reached', async () => {
    const unused = createServer();
    await new Promise<void>((resolve) => unused.listen(0, '127.0.0.1', resolve));
    const { port } = unused.address() as AddressInfo;
    await new Promise((resolve) => unused.close(resolve));
    const connection = await connected({ server: `https://127.0.0.1:${String(port)}` });

    const error = await failure(listNodes(connection));

    expect(error).toMatchObject({ code: 'unreachable', retryable: true });
  });

  it('says that the certificate is not trusted', async () => {
    const kubeconfig = simulation.kubeconfig.replace(/certificate-authority-data: .*/, '');

    const error = await failure(listNodes(await connected({}, kubeconfig)));

    expect(error.code).toBe('tls');
  });

  it('says that the credentials are refused', async () => {
    const error = await failure(listNodes(await connected({ token: 'wrong' })));

    expect(error.code).toBe('unauthorized');
  });

  it('says that the refused token has expired, where the token tells', async () => {
    const payload = Buffer.from(JSON.stringify({ exp: 1_600_000_000 })).toString('base64url');

    const error = await failure(listNodes(await connected({ token: `e30.${payload}.x` })));

    expect(error.code).toBe('expired-credentials');
    expect(error.message).toContain('2020-09-13');
    expect(error.message).not.toContain(payload);
  });

  it('names verb and resource of a missing right', async () => {
    const error = await failure(listNodes(await connected({ token: 'reader-token' })));

    expect(error).toMatchObject({ code: 'forbidden', operation: 'list nodes' });
    expect(error.message).toContain('cannot list resource "nodes"');
  });

  it('impersonates a user and each of several groups', async () => {
    const as = { as: 'somebody', asGroups: ['first', 'system:masters'] };

    const names = await listNodes(await connected(as));

    expect(names).toHaveLength(3);
  });

  it('has only the rights of the user it impersonates', async () => {
    const error = await failure(listNodes(await connected({ as: 'reader' })));

    expect(error.code).toBe('forbidden');
    expect(error.message).toContain('"reader"');
  });

  it('reads all pages', async () => {
    addNodes(1200);

    const names = await listNodes(await connected());

    expect(names).toHaveLength(1203);
    expect(new Set(names).size).toBe(1203);
    expect(simulation.calls.count('list', 'nodes')).toBe(3);
  });

  it('starts over once when the server forgets the list half-way', async () => {
    addNodes(600);
    simulation.faults.add({
      fault: { kind: 'expired' },
      on: { verb: 'list', resource: 'nodes' },
      skip: 1,
      times: 1,
    });

    const names = await listNodes(await connected());

    expect(new Set(names).size).toBe(603);
    expect(names).toHaveLength(603);
  });

  it('gives up when the server forgets the list twice', async () => {
    addNodes(600);
    simulation.faults.add({ fault: { kind: 'expired' }, on: { resource: 'nodes' } });

    const error = await failure(listNodes(await connected()));

    expect(error.code).toBe('gone');
  });

  it('waits and asks again when the server asks for it', async () => {
    const fault = { kind: 'too-many-requests', retryAfterSeconds: 0 } as const;
    simulation.faults.add({ fault, on: { resource: 'nodes' }, times: 2 });

    const names = await listNodes(await connected());

    expect(names).toHaveLength(3);
    expect(simulation.calls.count('list', 'nodes')).toBe(3);
  });

  it('gives up when the server keeps asking to wait', async () => {
    const fault = { kind: 'too-many-requests', retryAfterSeconds: 0 } as const;
    simulation.faults.add({ fault, on: { resource: 'nodes' } });

    const error = await failure(listNodes(await connected()));

    expect(error.code).toBe('throttled');
  });

  it.each([
    [{ kind: 'server-error', code: 500 }, 'server-error'],
    [{ kind: 'cut', afterBytes: 100 }, 'cut-off'],
    [{ kind: 'half-json' }, 'cut-off'],
  ] as const)('tells apart %j', async (fault, code) => {
    simulation.faults.add({ fault, on: { resource: 'nodes' } });

    const error = await failure(listNodes(await connected()));

    expect(error.code).toBe(code);
  });

  it('stops waiting for a server that says nothing', async () => {
    simulation.faults.add({ fault: { kind: 'silent' }, on: { resource: 'nodes' } });

    const error = await failure(listNodes(await connected({ requestTimeoutMs: 100 })));

    expect(error.code).toBe('timed-out');
  });

  it('stops at once when it is cancelled', async () => {
    simulation.faults.add({ fault: { kind: 'silent' }, on: { resource: 'nodes' } });
    const connection = await connected({ requestTimeoutMs: 60_000 });
    const controller = new AbortController();
    const request = {
      path: '/api/v1/nodes',
      operation: 'list nodes',
      signal: controller.signal,
    };
    const listing = failure(connection.list(request, nameOf));
    await vi.waitFor(() => {
      expect(simulation.calls.count('list', 'nodes')).toBe(1);
    });
    controller.abort();

    const error = await listing;

    expect(error.code).toBe('cancelled');
  });

  it('unpacks gzip', async () => {
    const list = { kind: 'NodeList', items: [{ metadata: { name: 'zipped' } }] };
    const server = await httpServer((request, response) => {
      expect(request.headers['accept-encoding']).toContain('gzip');
      response.writeHead(200, { 'Content-Encoding': 'gzip' });
      response.end(gzipSync(JSON.stringify(list)));
    });

    const names = await listNodes(await connected({}, kubeconfigOf(server.url)));
    server.close();

    expect(names).toStrictEqual(['zipped']);
  });

  it.each([
    ['a page of a proxy', 200, '<html>please sign in</html>', 'not-json'],
    ['JSON that is no list', 200, '{"kind":"Status"}', 'not-json'],
    ['a redirect', 302, '', 'bad-request'],
  ] as const)('takes %s for no list', async (_what, status, body, code) => {
    const server = await httpServer((_request, response) => {
      response.writeHead(status, { Location: 'http://127.0.0.1:1/' });
      response.end(body);
    });

    const error = await failure(listNodes(await connected({}, kubeconfigOf(server.url))));
    server.close();

    expect(error.code).toBe(code);
    expect(error.message).not.toContain('<');
  });

  it.each([
    [99, 'fine'],
    [101, 'too-large'],
  ])('takes a log of %i bytes where 100 were asked for: %s', async (bytes, outcome) => {
    const server = await httpServer((_request, response) => response.end('x'.repeat(bytes)));
    const pod = { namespace: 'kube-flannel', pod: 'p', container: 'c' };
    const connection = await connected({}, kubeconfigOf(server.url));

    const answer = await connection
      .log({ ...pod, tailLines: 9, limitBytes: 100, timeoutMs: 5000, signal })
      .then(
        () => 'fine',
        (error: unknown) => (isSourceError(error) ? error.code : error),
      );
    server.close();

    expect(answer).toBe(outcome);
  });

  it('keeps the path of a server behind a gateway', async () => {
    const paths: (string | undefined)[] = [];
    const server = await httpServer((request, response) => {
      paths.push(request.url);
      response.end('{"kind":"NodeList","items":null}');
    });
    const kubeconfig = kubeconfigOf(`${server.url}/k8s/clusters/c-1/`);

    const names = await listNodes(await connected({}, kubeconfig));
    server.close();

    expect(names).toStrictEqual([]);
    expect(paths).toStrictEqual(['/k8s/clusters/c-1/api/v1/nodes?limit=500']);
  });
});

function addNodes(count: number): void {
  for (let index = 0; index < count; index += 1) {
    const name = `n${String(index).padStart(5, '0')}`;
    cluster.store.create('nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name } });
  }
}

describe('exec', () => {
  const request: ExecRequest = {
    namespace: 'default',
    pod: 'app-1',
    container: 'main',
    command: ['sh', '-c', 'echo "$HOME" && exit 3'],
    timeoutMs: 2000,
    signal,
  };

  it('gives output of both streams and the exit code', async () => {
    cluster.answer = () => ({ stdout: 'out', stderr: 'err', exitCode: 3 });
    const connection = await connected();

    const result = await connection.exec(request);

    expect(result.stdout.toString()).toBe('out');
    expect(result.stderr.toString()).toBe('err');
    expect(result.end).toStrictEqual({ kind: 'exited', exitCode: 3 });
    expect(cluster.execs[0]?.command).toStrictEqual(request.command);
  });

  it('brings over a megabyte unharmed', async () => {
    const stdout = 'ä'.repeat(600_000);
    cluster.answer = () => ({ stdout, stderr: '', exitCode: 0 });
    const connection = await connected();

    const result = await connection.exec(request);

    expect(result.stdout.toString()).toBe(stdout);
  });

  it('impersonates in exec too', async () => {
    const connection = await connected({ as: 'somebody', asGroups: ['a', 'system:masters'] });

    const result = await connection.exec(request);

    expect(result.end.kind).toBe('exited');
  });

  it('stops at the size limit and says so', async () => {
    cluster.answer = () => ({ stdout: 'x'.repeat(17 * 1024 * 1024), stderr: '', exitCode: 0 });
    const connection = await connected();

    const outcome = await connection.exec(request).then(
      ({ end }) => (end.kind === 'truncated' ? end.reason : end.kind),
      (error: unknown) => (isSourceError(error) ? error.code : 'other'),
    );

    expect(outcome).toBe('too-large');
  });

  it.each([
    [{ kind: 'cut', afterBytes: 2 }, 'cut-off'],
    [{ kind: 'output-cut', afterBytes: 2 }, 'cut-off'],
  ] as const)('keeps what came before %j', async (fault, reason) => {
    cluster.answer = () => ({ stdout: 'output', stderr: '', exitCode: 0 });
    simulation.faults.add({ fault, on: { subresource: 'exec' } });
    const connection = await connected();

    const result = await connection.exec(request);

    expect(result.stdout.toString()).toBe('ou');
    expect(result.end).toStrictEqual({ kind: 'truncated', reason });
  });

  it('stops waiting for a command that never ends', async () => {
    simulation.faults.add({ fault: { kind: 'silent' }, on: { subresource: 'exec' } });
    const connection = await connected();

    const error = await failure(connection.exec({ ...request, timeoutMs: 150 }));

    expect(error.code).toBe('timed-out');
  });

  it('stops at once when it is cancelled', async () => {
    simulation.faults.add({ fault: { kind: 'silent' }, on: { subresource: 'exec' } });
    const connection = await connected();
    const controller = new AbortController();
    const running = failure(connection.exec({ ...request, signal: controller.signal }));
    await vi.waitFor(() => {
      expect(simulation.calls.count('get', 'pods/exec')).toBe(1);
    });
    controller.abort();

    const error = await running;

    expect(error.code).toBe('cancelled');
  });

  it('names the missing right', async () => {
    const connection = await connected({ token: 'reader-token' });

    const error = await failure(connection.exec(request));

    expect(error.code).toBe('forbidden');
    expect(error.message).toContain('pods/exec');
  });

  it('says that the pod does not exist', async () => {
    const connection = await connected();

    const error = await failure(connection.exec({ ...request, pod: 'gone' }));

    expect(error.code).toBe('not-found');
  });

  it('says that a proxy refuses the upgrade', async () => {
    simulation.faults.add({ fault: { kind: 'upgrade-refused', code: 400 } });
    const connection = await connected();

    const error = await failure(connection.exec(request));

    expect(error.code).toBe('websocket-refused');
    expect(error.message).not.toContain('<');
  });

  it('tries again when the server asks to wait', async () => {
    const fault = { kind: 'too-many-requests', retryAfterSeconds: 1 } as const;
    simulation.faults.add({ fault, on: { subresource: 'exec' }, times: 1 });
    const connection = await connected();

    const result = await connection.exec(request);

    expect(result.end.kind).toBe('exited');
  });

  it.each([
    ['container-not-running', 'container not found ("main")', 'container-not-running'],
    [
      'node-unreachable',
      'error dialing backend: dial tcp 10.0.0.1:10250: connect: connection refused',
      'node-unreachable',
    ],
    [
      'executable-not-found',
      'exec failed: unable to start container process: exec: "sh": executable file not found in $PATH: unknown',
      'executable-not-found',
    ],
  ] as const)('tells %s apart', async (kind, message, code) => {
    cluster.answer = () => ({ failure: kind, message });
    const connection = await connected();

    const error = await failure(connection.exec(request));

    expect(error.code).toBe(code);
  });
});
