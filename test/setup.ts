// SPDX-License-Identifier: Apache-2.0

// Runs before each test file: what a unit test must not do fails it.

import { Socket } from 'node:net';
import { afterEach, beforeEach, vi } from 'vitest';

const LOOPBACK = /^(?:127\.\d+\.\d+\.\d+|::1|localhost)$/;

/** Host that `Socket.connect` was asked for; undefined for a path or when Node takes localhost. */
function hostOf(args: readonly unknown[]): string | undefined {
  const [first, second] = args.flat();
  if (typeof first === 'object' && first !== null && 'host' in first) {
    return typeof first.host === 'string' ? first.host : undefined;
  }
  return typeof second === 'string' ? second : undefined;
}

beforeEach(() => {
  // What one test prints hides the failure of another.
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    vi.spyOn(console, method).mockImplementation((...values: readonly unknown[]) => {
      throw new Error(`this test printed with console.${method}: ${values.map(String).join(' ')}`);
    });
  }
  const connect = Object.getOwnPropertyDescriptor(Socket.prototype, 'connect')?.value as
    ((...args: unknown[]) => Socket) | undefined;
  if (connect === undefined) throw new Error('Node has no Socket.prototype.connect to guard');
  vi.spyOn(Socket.prototype, 'connect').mockImplementation(function (
    this: Socket,
    ...args: unknown[]
  ) {
    const host = hostOf(args);
    if (host !== undefined && !LOOPBACK.test(host)) {
      throw new Error(`this test connected to ${host}; tests reach loopback addresses only`);
    }
    return Reflect.apply<Socket, unknown[], Socket>(connect, this, args);
  });
});

afterEach(() => {
  vi.restoreAllMocks();
});
