// SPDX-License-Identifier: Apache-2.0
import type { ServerResponse } from 'node:http';
import { ApiError } from './api-error.ts';
import type { Call } from './call.ts';

/**
 * Passes a request on to what is behind a Service, for whoever may use `services/proxy`.
 *
 * @param behind by `<namespace>/<Service>:<port>`, the address of a server on this machine
 * @throws ApiError 503, worded as by kubernetes@v1.34.4:pkg/registry/core/service/storage/storage.go, when nothing is
 */
export async function serveServiceProxy(
  call: Call,
  response: ServerResponse,
  behind: Readonly<Record<string, string>>,
): Promise<void> {
  const { name = '', namespace = '', path = '', query } = call.request;
  const [service = '', port = ''] = name.split(':').slice(-2);
  const base = behind[`${namespace}/${service}:${port}`];
  if (base === undefined || call.cluster.store.get('services', service, namespace) === undefined) {
    const message = `no endpoints available for service "${service}"`;
    throw new ApiError(503, 'ServiceUnavailable', message);
  }
  const answer = await fetch(new URL(`${path}?${query.toString()}`, `${base}/`), {
    signal: call.closing,
  });
  response.writeHead(answer.status, {
    'Content-Type': answer.headers.get('content-type') ?? 'text/plain',
  });
  response.end(Buffer.from(await answer.arrayBuffer()));
}
