// SPDX-License-Identifier: Apache-2.0

import type { IncomingMessage } from 'node:http';
import WebSocket from 'ws';
import type { RequestIdentity } from '#sources/kubernetes/credentials.ts';
import { type ExecStatus, execStatus, upgradeError } from '#sources/kubernetes/exec-outcome.ts';
import { transportError } from '#sources/kubernetes/http-request.ts';
import { secondsText } from '#sources/kubernetes/seconds-text.ts';
import { SourceError } from '#sources/source-error.ts';

/** One exec over one WebSocket. */
export interface ExecSocketRequest {
  /** `https://…/exec?…`; http and https are taken as ws and wss. */
  readonly url: URL;
  readonly identity: RequestIdentity;
  /** For errors: `pod kube-flannel/kube-flannel-ds-x2x9p`. */
  readonly target: string;
  /** From the start of the connection to the command's end. */
  readonly timeoutMs: number;
  /** Most bytes taken from each of the two streams. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/** What came of one exec. */
export interface ExecResult {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  /** An exit code, or why the output may be incomplete. */
  readonly end:
    | { readonly kind: 'exited'; readonly exitCode: number }
    | { readonly kind: 'truncated'; readonly reason: 'cut-off' | 'too-large' | 'timed-out' };
}

/** Newest first; kubelets before Kubernetes 1.30 know v4 only. */
const PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
const STDOUT = 1;
const STDERR = 2;
const STATUS = 3;
const MAX_STATUS_BYTES = 1024 * 1024;

/**
 * Runs a command and collects its output until it ends, the deadline passes, or a stream exceeds its limit; the
 * connection is closed in each case. Output that came before such an end is returned, marked truncated.
 *
 * @throws SourceError when the command did not run or nothing of its output came
 */
export function execOverWebSocket(request: ExecSocketRequest): Promise<ExecResult> {
  return new Promise((resolve, reject) => {
    new ExecSocket(request, resolve, reject).start();
  });
}

class ExecSocket {
  readonly #request: ExecSocketRequest;
  readonly #resolve: (result: ExecResult) => void;
  readonly #reject: (error: unknown) => void;
  readonly #stdout = new BoundedStream();
  readonly #stderr = new BoundedStream();
  #socket: WebSocket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #status: ExecStatus | undefined;
  #settled = false;

  constructor(
    request: ExecSocketRequest,
    resolve: (result: ExecResult) => void,
    reject: (error: unknown) => void,
  ) {
    this.#request = request;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  start(): void {
    const { url, identity, signal, timeoutMs, maxBytes } = this.#request;
    if (signal.aborted) {
      this.#fail('cancelled');
      return;
    }
    const address = new URL(url);
    address.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    signal.addEventListener('abort', this.#onAbort, { once: true });
    this.#timer = setTimeout(() => {
      this.#truncated('timed-out');
    }, timeoutMs);
    const socket = new WebSocket(address, PROTOCOLS, {
      agent: identity.agent,
      // The types know single values only; Node takes lists, and several groups need several lines.
      headers: identity.headers as Record<string, string>,
      perMessageDeflate: false,
      maxPayload: maxBytes + 1024,
    });
    this.#socket = socket;
    socket.on('message', (data) => {
      // `nodebuffer`, the default binaryType, gives one Buffer per message.
      if (Buffer.isBuffer(data)) this.#onMessage(data);
    });
    socket.on('unexpected-response', (_outgoing, response) => {
      this.#onRefusal(response);
    });
    socket.on('error', (error) => {
      this.#onError(error);
    });
    socket.on('close', () => {
      this.#onClose();
    });
  }

  readonly #onAbort = (): void => {
    this.#fail('cancelled');
  };

  #onMessage(frame: Buffer): void {
    const channel = frame[0];
    const body = frame.subarray(1);
    if (channel === STDOUT || channel === STDERR) {
      const stream = channel === STDOUT ? this.#stdout : this.#stderr;
      if (!stream.add(body, this.#request.maxBytes)) this.#truncated('too-large');
    } else if (channel === STATUS && body.length > 0 && body.length <= MAX_STATUS_BYTES) {
      this.#status = execStatus(this.#request.target, body);
      // The status is the last word; what is still on its way comes before the close is answered.
      this.#socket?.close();
    }
  }

  #onRefusal(response: IncomingMessage): void {
    const chunks: Buffer[] = [];
    let size = 0;
    const finish = (): void => {
      const body = Buffer.concat(chunks);
      this.#settle(() => {
        this.#reject(upgradeError(this.#request.target, response.statusCode ?? 0, body));
      });
    };
    response.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= 64 * 1024) chunks.push(chunk);
      else finish();
    });
    response.on('end', finish);
    response.on('error', finish);
  }

  #onError(error: Error): void {
    const code = 'code' in error ? String(error.code) : '';
    if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') this.#truncated('too-large');
    else if (this.#socket?.readyState === WebSocket.CONNECTING || this.#socket?.protocol === '') {
      const { target } = this.#request;
      // ws's own complaints about the handshake have no code.
      const refused = new SourceError('websocket-refused', {
        operation: 'exec',
        target,
        detail: error.message,
      });
      this.#settle(() => {
        this.#reject(code === '' ? refused : transportError('exec', target, error));
      });
    } else this.#truncated('cut-off');
  }

  #onClose(): void {
    if (this.#status === undefined) this.#truncated('cut-off');
    else this.#ended(this.#status);
  }

  #ended(status: ExecStatus): void {
    this.#settle(() => {
      if (status.ran) this.#resolve(this.#result({ kind: 'exited', exitCode: status.exitCode }));
      else this.#reject(status.error);
    });
  }

  #truncated(reason: 'cut-off' | 'too-large' | 'timed-out'): void {
    // The status came and only the close is missing: nothing is lost.
    if (this.#status !== undefined && reason !== 'too-large') {
      this.#ended(this.#status);
    } else if (this.#stdout.size === 0) {
      this.#fail(reason);
    } else {
      this.#settle(() => {
        this.#resolve(this.#result({ kind: 'truncated', reason }));
      });
    }
  }

  #fail(code: 'cut-off' | 'too-large' | 'timed-out' | 'cancelled'): void {
    const { target, timeoutMs } = this.#request;
    const detail = code === 'timed-out' ? `nothing within ${secondsText(timeoutMs)}` : '';
    this.#settle(() => {
      this.#reject(new SourceError(code, { operation: 'exec', target, detail }));
    });
  }

  #result(end: ExecResult['end']): ExecResult {
    return {
      stdout: this.#stdout.bytes(),
      stderr: this.#stderr.bytes(),
      end,
    };
  }

  #settle(how: () => void): void {
    if (this.#settled) return;
    this.#settled = true;
    clearTimeout(this.#timer);
    this.#request.signal.removeEventListener('abort', this.#onAbort);
    how();
    // No close handshake: the other side may be dead. Late errors have nobody to tell.
    this.#socket?.terminate();
  }
}

/** What came of one stream. */
class BoundedStream {
  readonly #chunks: Buffer[] = [];
  size = 0;

  /** False, keeping nothing of it, when the chunk would exceed the limit. */
  add(chunk: Buffer, maxBytes: number): boolean {
    if (this.size + chunk.length > maxBytes) return false;
    this.size += chunk.length;
    this.#chunks.push(chunk);
    return true;
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }
}
