// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';

import { SourceError } from '#sources/source-error.ts';
import { readMeasurements } from './read-measurements.ts';

describe('measurements', () => {
  it('of a server that does not say what it is fail as reading does, so that it is tried again', async () => {
    const server = createServer((_, response) => {
      response.setHeader('content-type', 'application/json').end('{}');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const options = { server: `http://127.0.0.1:${String(port)}`, env: { HOME: '/nonexistent' } };

    const reading = readMeasurements(options, new AbortController().signal);

    await expect(reading).rejects.toThrow(SourceError);
    server.closeAllConnections();
    server.close();
  });
});
