// SPDX-License-Identifier: Apache-2.0

import type { ApiClient } from '#sources/kubernetes/api-client.ts';

const clients = new WeakMap<object, ApiClient>();

/** Remembers the client behind a connection, for {@link clientOf}. */
export function keepClient(connection: object, client: ApiClient): void {
  clients.set(connection, client);
}

/**
 * The client behind a connection. A connection itself can only read: this is for `write.ts` alone, and the import
 * rules hold that.
 */
export function clientOf(connection: object): ApiClient {
  const client = clients.get(connection);
  if (client === undefined) throw new Error('the connection was not made by connect()');
  return client;
}
