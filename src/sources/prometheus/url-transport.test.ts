// SPDX-License-Identifier: Apache-2.0

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { type FakePrometheus, startFakePrometheus } from '../../../testkit/fake-prometheus.ts';
import { prometheusServer } from './prometheus-server.ts';
import { urlTransport } from './url-transport.ts';

let fake: FakePrometheus;
let folder: string;

beforeEach(async () => {
  fake = await startFakePrometheus([]);
  folder = await mkdtemp(join(tmpdir(), 'selvage-test-'));
});

afterEach(async () => {
  await fake.close();
  await rm(folder, { recursive: true });
});

async function failure(options: { readonly tokenFile?: string } = {}): Promise<string> {
  const server = prometheusServer(fake.url, urlTransport({ url: new URL(fake.url), ...options }));
  try {
    await server.instant('up', 0, new AbortController().signal);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error('nothing failed');
}

describe('a server that is asked by its address', () => {
  it('gets the token of the file, without its line break', async () => {
    const tokenFile = join(folder, 'token');
    await writeFile(tokenFile, 'secret\n');
    const url = new URL(`${fake.url}/prefix/`);
    const server = prometheusServer(url.href, urlTransport({ url, tokenFile }));

    await server.instant('up', 1000, new AbortController().signal);

    expect(fake.tokens).toEqual(['Bearer secret']);
    expect(fake.queries[0]?.get('time')).toBe('1');
  });

  it('fails with the file that cannot be read, and not with its text', async () => {
    expect(await failure({ tokenFile: join(folder, 'none') })).toMatch(/cannot be read/u);
  });

  it('fails with the status of one that is starting', async () => {
    fake.answer = (_, response) => {
      response.writeHead(503).end('Service Unavailable');
    };

    expect(await failure()).toContain('HTTP status 503');
  });

  it('fails with what it says of the query', async () => {
    fake.answer = (_, response) => {
      const body = { status: 'error', errorType: 'timeout', error: 'query timed out' };
      response.writeHead(422).end(JSON.stringify(body));
    };

    expect(await failure()).toContain('query timed out');
  });

  it('fails with an answer of something else', async () => {
    fake.answer = (_, response) => {
      response.end('<html>login</html>');
    };

    expect(await failure()).toContain('not what was expected');
  });

  it('stops reading an answer that has no end', async () => {
    fake.answer = (_, response) => {
      const chunk = 'x'.repeat(1024 * 1024);
      const more = (): void => {
        if (!response.destroyed && response.write(chunk)) setImmediate(more);
      };
      response.on('drain', more);
      more();
    };

    expect(await failure()).toContain('larger than 64 MiB');
  });

  it('fails when nobody is there', async () => {
    await fake.close();

    expect(await failure()).toContain('cannot be reached');

    fake = await startFakePrometheus([]);
  });
});
