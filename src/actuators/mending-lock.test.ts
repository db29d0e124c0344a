// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { connect, type KubernetesConnection } from '#sources/kubernetes/connection.ts';
import { type LockTaken, type MendingLock, takeLock } from './mending-lock.ts';

/** What the API server says to a write of the lock; absent: it keeps it. */
interface Refusal {
  readonly code: number;
  readonly reason: string;
}

let server: Server;
let connection: KubernetesConnection;
let refusal: Refusal | undefined;
let kept: object | undefined;
let writes: number;

beforeEach(async () => {
  [refusal, kept, writes] = [undefined, undefined, 0];
  server = createServer((request, response) => {
    const answer = (code: number, body: object): void => {
      response.writeHead(code, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    const status = ({ code, reason }: Refusal): void => {
      answer(code, { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, code });
    };
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.method === 'GET') {
        if (kept === undefined) status({ code: 404, reason: 'NotFound' });
        else answer(200, kept);
        return;
      }
      writes += 1;
      if (refusal !== undefined) {
        status(refusal);
        return;
      }
      const body = JSON.parse(Buffer.concat(chunks).toString()) as { readonly metadata: object };
      kept = { ...body, metadata: { ...body.metadata, resourceVersion: String(writes) } };
      answer(200, kept);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  connection = await connect({ server: `http://127.0.0.1:${String(port)}`, env: {} });
});

afterEach(async () => {
  connection.close();
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
});

/** Gives up what was taken. */
async function release(lock: MendingLock | LockTaken): Promise<void> {
  if ('takenBy' in lock) throw new Error(`it was taken by ${lock.takenBy}`);
  await lock.release();
}

function take(): Promise<MendingLock | LockTaken> {
  const { signal } = new AbortController();
  return takeLock(connection, {
    namespace: 'kube-flannel',
    holder: 'a test',
    ttlSeconds: 30,
    waitMs: 0,
    signal,
    interrupt: signal,
  });
}

describe('takeLock', () => {
  it('makes the lock where there is none, and gives it up again', async () => {
    const lock = await take();

    expect(lock).toMatchObject({ waited: false });
    await release(lock);
    expect(kept).toMatchObject({ spec: { holderIdentity: '' } });
  });

  it('takes one that nobody holds', async () => {
    kept = { metadata: { resourceVersion: '7' }, spec: { holderIdentity: '' } };

    const lock = await take();

    expect(kept).toMatchObject({ spec: { holderIdentity: 'a test' } });
    await release(lock);
  });

  it('tells where the namespace is gone, at once', async () => {
    refusal = { code: 404, reason: 'NotFound' };

    await expect(take()).rejects.toMatchObject({ code: 'not-found', operation: 'create leases' });
    expect(writes).toBe(1);
  });

  it.each<[string, object | undefined]>([
    ['comes and goes', undefined],
    ['changes whenever it is free', { metadata: { resourceVersion: '7' }, spec: {} }],
  ])('ends, with pauses, when a lock of somebody %s', async (_, lease) => {
    kept = lease;
    refusal = { code: 409, reason: lease === undefined ? 'AlreadyExists' : 'Conflict' };
    const startedAt = performance.now();

    const lock = await take();

    expect(lock).toEqual({ takenBy: 'somebody who was faster' });
    expect(writes).toBe(10);
    expect(performance.now() - startedAt).toBeGreaterThan(4000);
  });
});
