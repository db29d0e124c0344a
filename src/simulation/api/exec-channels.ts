// SPDX-License-Identifier: Apache-2.0
import type { RawData, WebSocket } from 'ws';
import type { Status } from './api-error.ts';

/**
 * Channels of `v4.channel.k8s.io` and `v5.channel.k8s.io`: the first byte of each binary message.
 * kubernetes@v1.34.4:staging/src/k8s.io/apimachinery/pkg/util/remotecommand/constants.go
 */
export const CHANNEL = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const;

/** Payload of one message; the API server copies streams with buffers of this size. */
const FRAME_BYTES = 32 * 1024;

/** After this long without input the v4 protocol, which cannot close stdin, counts as closed. */
const QUIET_MS = 100;

/** Picks the protocol that the client prefers among those it shares with the server. */
export function pickProtocol(offered: Iterable<string>): string | undefined {
  return [...offered].find(
    (protocol) => protocol === 'v5.channel.k8s.io' || protocol === 'v4.channel.k8s.io',
  );
}

/**
 * Sends bytes on a channel in messages of at most 32 KiB, each after the one before has left the
 * process, so that a slow client slows the sender.
 *
 * @returns how many payload bytes were sent: fewer than all when the client has gone
 */
export async function sendOnChannel(
  socket: WebSocket,
  channel: number,
  bytes: Buffer,
): Promise<number> {
  for (let start = 0; start < bytes.length; start += FRAME_BYTES) {
    const payload = bytes.subarray(start, start + FRAME_BYTES);
    const sent = await sendMessage(socket, Buffer.concat([Buffer.of(channel), payload]));
    if (!sent) return start;
  }
  return bytes.length;
}

/** Sends one message; false when the socket is no longer open. */
export async function sendMessage(socket: WebSocket, message: Buffer): Promise<boolean> {
  if (socket.readyState !== socket.OPEN) return false;
  return new Promise((resolve) => {
    socket.send(message, { binary: true }, (error) => {
      // ws calls back with nothing, with undefined or with null when all is well.
      resolve(!(error instanceof Error));
    });
  });
}

/** Sends the final Status of a command. */
export async function sendStatus(socket: WebSocket, status: Status): Promise<void> {
  const message = Buffer.from(JSON.stringify(status));
  await sendMessage(socket, Buffer.concat([Buffer.of(CHANNEL.error), message]));
}

/** Gathers stdin until the client closes it (v5), falls silent (v4) or leaves. */
export async function readStdin(socket: WebSocket): Promise<string> {
  const chunks: Buffer[] = [];
  const patient = socket.protocol !== 'v5.channel.k8s.io';
  return new Promise((resolve) => {
    let quiet: NodeJS.Timeout | undefined;
    const finish = (): void => {
      clearTimeout(quiet);
      socket.off('message', onMessage);
      socket.off('close', finish);
      resolve(Buffer.concat(chunks).toString('utf8'));
    };
    const wait = (): void => {
      clearTimeout(quiet);
      if (patient) quiet = setTimeout(finish, QUIET_MS);
    };
    const onMessage = (data: RawData): void => {
      const message = bytesOf(data);
      if (message[0] === CHANNEL.stdin) chunks.push(message.subarray(1));
      if (message[0] === CHANNEL.close && message[1] === CHANNEL.stdin) finish();
      else wait();
    };
    socket.on('message', onMessage);
    socket.on('close', finish);
    wait();
  });
}

function bytesOf(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return Buffer.isBuffer(data) ? data : Buffer.from(data);
}
