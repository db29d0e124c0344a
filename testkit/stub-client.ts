// SPDX-License-Identifier: Apache-2.0
import { request, type RequestOptions } from 'node:https';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { WebSocket } from 'ws';

/** One HTTP answer, read to its end. */
export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  bytes: Buffer;
  /** The parsed body; undefined when it is no JSON. */
  json: unknown;
}

/** What a request carries. */
export interface Outgoing {
  body?: unknown;
  headers?: Record<string, string>;
}

/** What came out of an exec. */
export interface ExecOutcome {
  stdout: string;
  stderr: string;
  /** The Status of the error channel; undefined when none came. */
  status: unknown;
  closeCode: number;
  /** Largest message, its channel byte included. */
  largestMessageBytes: number;
}

/** A bare client of the API server, for tests: what goes over the wire is what the test says. */
export class StubClient {
  readonly #url: string;
  readonly #ca: string;
  readonly #token: string;

  /** @param kubeconfig YAML as `startSimulation` writes it */
  constructor(kubeconfig: string) {
    const field = (name: string): string =>
      new RegExp(`${name}: "?([^"\\n]+)`).exec(kubeconfig)?.[1] ?? '';
    this.#url = field('server');
    this.#ca = Buffer.from(field('certificate-authority-data'), 'base64').toString();
    this.#token = field('token');
  }

  /** Sends a request and reads the answer; rejects when the connection breaks. */
  async send(method: string, path: string, outgoing: Outgoing = {}): Promise<Answer> {
    const response = await this.open(method, path, outgoing);
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(Buffer.from(chunk as Uint8Array));
    const bytes = Buffer.concat(chunks);
    return {
      status: response.statusCode ?? 0,
      headers: response.headers,
      bytes,
      json: parse(bytes.toString()),
    };
  }

  /** Sends a request and returns the answer as soon as its head is there. */
  async open(method: string, path: string, outgoing: Outgoing = {}): Promise<IncomingMessage> {
    const body = outgoing.body === undefined ? '' : JSON.stringify(outgoing.body);
    const options: RequestOptions = {
      method,
      ca: this.#ca,
      agent: false,
      headers: {
        Authorization: `Bearer ${this.#token}`,
        // Without it Node sends the body of a DELETE unframed.
        'Content-Length': Buffer.byteLength(body),
        ...outgoing.headers,
      },
    };
    const sent = request(new URL(path, this.#url), options);
    const answered = once(sent, 'response');
    sent.end(body);
    const [response] = (await answered) as [IncomingMessage];
    return response;
  }

  /** Reads a watch, line by line, until it ends. */
  async *watch(path: string, outgoing: Outgoing = {}): AsyncGenerator {
    const response = await this.open('GET', path, outgoing);
    let rest = '';
    for await (const chunk of response) {
      const lines = (rest + Buffer.from(chunk as Uint8Array).toString()).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) yield parse(line);
    }
  }

  /** Runs a command; `stdin` is sent and, in v5, closed. Rejects when the upgrade is refused. */
  async exec(
    path: string,
    options: { protocol?: string; stdin?: string; token?: string } = {},
  ): Promise<ExecOutcome> {
    const { protocol = 'v5.channel.k8s.io', stdin, token = this.#token } = options;
    const socket = new WebSocket(new URL(path, this.#url), protocol, {
      ca: this.#ca,
      headers: { Authorization: `Bearer ${token}` },
    });
    const channels = new Map<number, Buffer[]>();
    let largestMessageBytes = 0;
    socket.on('message', (message: Buffer) => {
      largestMessageBytes = Math.max(largestMessageBytes, message.length);
      const [channel = -1] = message;
      channels.set(channel, [...(channels.get(channel) ?? []), message.subarray(1)]);
    });
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    await once(socket, 'open');
    if (stdin !== undefined) {
      socket.send(Buffer.concat([Buffer.of(0), Buffer.from(stdin)]));
      if (protocol.startsWith('v5')) socket.send(Buffer.of(255, 0));
    }
    const closeCode = await closed;
    const text = (channel: number): string => Buffer.concat(channels.get(channel) ?? []).toString();
    return {
      stdout: text(1),
      stderr: text(2),
      status: parse(text(3)),
      closeCode,
      largestMessageBytes,
    };
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
