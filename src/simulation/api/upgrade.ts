// SPDX-License-Identifier: Apache-2.0
import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { badRequest, methodNotAllowed, TooManyRequests, UnknownPath } from './api-error.ts';
import type { Call } from './call.ts';
import { pickProtocol } from './exec-channels.ts';
import { serveExec } from './exec.ts';
import { logOptions, readLog } from './logs.ts';
import { requireContainer } from './pod-container.ts';
import { statusOf } from './reply.ts';
import { admit, type GateOptions } from './request-gate.ts';

const PLAIN_TEXT = 'Content-Type: text/plain; charset=utf-8';

const LOG_PROTOCOLS = ['binary.k8s.io', 'base64.binary.k8s.io'];

/** Serves `pods/exec` and `pods/log` over WebSocket. */
export class UpgradeHandler {
  readonly #options: GateOptions;
  readonly #sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    handleProtocols: (offered) =>
      pickProtocol(offered) ?? [...offered].find((known) => LOG_PROTOCOLS.includes(known)) ?? false,
  });

  constructor(options: GateOptions) {
    this.#options = options;
  }

  /** Serves one upgrade request; never rejects. */
  async handle(incoming: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    // A client that resets the connection is no error of the server.
    socket.on('error', () => {
      socket.destroy();
    });
    try {
      const admission = await admit(incoming, this.#options);
      if (admission.kind === 'path') throw new UnknownPath();
      const { call } = admission;
      const { fault } = call;
      if (fault?.kind === 'upgrade-refused') refuseLikeProxy(socket, fault.code);
      else await this.#serve(call, socket, head);
    } catch (error) {
      refuse(socket, error);
    }
  }

  /** Ends all open WebSockets. */
  close(): void {
    for (const client of this.#sockets.clients) client.terminate();
    this.#sockets.close();
  }

  async #serve(call: Call, socket: Duplex, head: Buffer): Promise<void> {
    const { subresource } = call.request;
    if (subresource !== 'exec' && subresource !== 'log') throw methodNotAllowed();
    const target = requireContainer(call);
    if (subresource === 'log') {
      const text = readLog(call, target, logOptions(call.request.query));
      sendLog(await this.#open(call.incoming, socket, head), text);
      return;
    }
    const offered = (call.incoming.headers['sec-websocket-protocol'] ?? '').split(/,\s*/);
    if (pickProtocol(offered) === undefined) {
      throw badRequest('unable to upgrade: none of the requested protocols is supported');
    }
    if (!call.request.query.has('command')) throw badRequest('you must specify at least 1 command');
    const { execMs } = this.#options.latency;
    const latencyMs = typeof execMs === 'number' ? execMs : execMs(target.node);
    await serveExec(call, target, await this.#open(call.incoming, socket, head), latencyMs);
  }

  async #open(incoming: IncomingMessage, socket: Duplex, head: Buffer): Promise<WebSocket> {
    if (incoming.headers.upgrade?.toLowerCase() !== 'websocket') {
      throw badRequest('unable to upgrade: only WebSocket is supported');
    }
    return new Promise((resolve) => {
      this.#sockets.handleUpgrade(incoming, socket, head, resolve);
    });
  }
}

function sendLog(socket: WebSocket, text: string): void {
  if (socket.protocol === 'base64.binary.k8s.io') {
    socket.send(Buffer.from(text).toString('base64'));
  } else socket.send(Buffer.from(text));
  socket.close(1000);
}

function refuse(socket: Duplex, error: unknown): void {
  if (error instanceof UnknownPath) {
    respond(socket, 404, [PLAIN_TEXT], `${error.message}\n`);
    return;
  }
  if (error instanceof TooManyRequests) {
    const retry = `Retry-After: ${String(error.retryAfterSeconds)}`;
    respond(socket, 429, [PLAIN_TEXT, retry], `${error.message}\n`);
    return;
  }
  const status = statusOf(error);
  respond(socket, status.code ?? 500, ['Content-Type: application/json'], JSON.stringify(status));
}

function refuseLikeProxy(socket: Duplex, code: number): void {
  const title = `${String(code)} ${STATUS_CODES[code] ?? ''}`;
  const body = `<html>\r\n<head><title>${title}</title></head>\r\n<body><center><h1>${title}</h1></center></body>\r\n</html>\r\n`;
  respond(socket, code, ['Content-Type: text/html'], body);
}

function respond(socket: Duplex, code: number, headers: readonly string[], body: string): void {
  socket.end(
    [
      `HTTP/1.1 ${String(code)} ${STATUS_CODES[code] ?? ''}`,
      ...headers,
      `Content-Length: ${String(Buffer.byteLength(body))}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}
