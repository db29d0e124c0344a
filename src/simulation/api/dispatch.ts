// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage, ServerResponse } from 'node:http';
import { badRequest, methodNotAllowed, UnknownPath } from './api-error.ts';
import type { Call, JsonReply } from './call.ts';
import { discover } from './discovery.ts';
import { serveLog } from './logs.ts';
import { metricsUnavailable, readMetrics, type MetricsState } from './metrics.ts';
import { PATCH_TYPES, patchObject } from './patching.ts';
import { getObject, listObjects } from './reading.ts';
import { serveNodeProxy } from './node-proxy.ts';
import { serveServiceProxy } from './service-proxy.ts';
import { sendError, sendJson } from './reply.ts';
import { readJsonBody, readJsonOrProtobufBody } from './request-body.ts';
import { admit, type Admission, type GateOptions } from './request-gate.ts';
import { createReview } from './reviews.ts';
import { serveWatch } from './watching.ts';
import { createObject, deleteCollection, deleteObject, updateObject } from './writing.ts';

/** What plain HTTP requests are served with. */
export interface DispatchOptions extends GateOptions {
  metrics: MetricsState;
  behindServices: Readonly<Record<string, string>>;
  serverVersion: string;
  bookmarkIntervalMs: number;
}

/** Serves one HTTP request; never rejects. */
export async function dispatch(
  incoming: IncomingMessage,
  response: ServerResponse,
  options: DispatchOptions,
): Promise<void> {
  response.setHeader('Date', options.now().toUTCString());
  try {
    const admission = await admit(incoming, options);
    const fault = admission.kind === 'resource' ? admission.call.fault : admission.fault;
    // The connection stays open, and nothing is ever said on it.
    if (fault?.kind === 'silent') return;
    if (admission.kind === 'path') await servePath(incoming, response, admission, options);
    else await serveResource(admission.call, response, options);
  } catch (error) {
    await sendError(incoming, response, error);
  }
}

async function servePath(
  incoming: IncomingMessage,
  response: ServerResponse,
  admission: Extract<Admission, { kind: 'path' }>,
  options: DispatchOptions,
): Promise<void> {
  const { pathname, fault } = admission;
  if (/^\/(?:healthz|livez|readyz)$/.test(pathname)) {
    response.writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8' });
    response.end('ok');
    return;
  }
  const body = discover(pathname, options);
  if (body === undefined) throw new UnknownPath();
  await sendJson(incoming, response, { code: 200, body }, fault);
}

async function serveResource(
  call: Call,
  response: ServerResponse,
  options: DispatchOptions,
): Promise<void> {
  const { request, fault, incoming } = call;
  const { verb, subresource, resource } = request;
  if (resource.group === 'metrics.k8s.io' && options.metrics === 'unavailable') {
    throw metricsUnavailable();
  }
  const offered =
    subresource === undefined
      ? resource.verbs
      : resource.subresources.find((known) => known.name === subresource)?.verbs;
  if (offered?.includes(verb) !== true) throw methodNotAllowed();
  if (subresource === 'exec') throw badRequest('Upgrade request required');
  if (subresource === 'log') await serveLog(call, response);
  else if (subresource === 'proxy') await serveProxy(call, response, options);
  else if (verb === 'watch') serveWatch(call, response, options.bookmarkIntervalMs);
  else await sendJson(incoming, response, await reply(call), fault);
}

function serveProxy(
  call: Call,
  response: ServerResponse,
  { behindServices }: DispatchOptions,
): Promise<void> {
  if (call.request.resource.plural === 'nodes') return serveNodeProxy(call, response);
  return serveServiceProxy(call, response, behindServices);
}

async function reply(call: Call): Promise<JsonReply> {
  const { verb, resource } = call.request;
  if (resource.group === 'metrics.k8s.io') return readMetrics(call);
  switch (verb) {
    case 'get':
      return getObject(call);
    case 'list':
      return listObjects(call);
    case 'create': {
      const isReview = /^auth(?:entication|orization)\.k8s\.io$/.test(resource.group);
      return isReview
        ? createReview(call, await readJsonOrProtobufBody(call.incoming))
        : createObject(call, await readJsonBody(call.incoming));
    }
    case 'update':
      return updateObject(call, await readJsonBody(call.incoming));
    case 'patch':
      return patchObject(call, await readJsonBody(call.incoming, PATCH_TYPES));
    case 'delete':
      return deleteObject(call, await readJsonBody(call.incoming));
    default:
      return deleteCollection(call);
  }
}
