// SPDX-License-Identifier: Apache-2.0

// Sends a datagram every few milliseconds and tells how long no answer came: `node send.ts ADDRESS PORT INTERVAL_MS
// SECONDS one|many`. `many` takes a new port for each, as new connections do: a flow that is known already keeps
// what the packet filter once made of it. Ends by itself, or with its standard input, with one line of JSON.

import { createSocket, type Socket } from 'node:dgram';

const [address = '', port = '', intervalMs = '', seconds = '', ports = ''] = process.argv.slice(2);

const startedAt = performance.now();
const answersAt: number[] = [];
let sent = 0;

function openSocket(): Socket {
  const socket = createSocket('udp4');
  socket.on('message', () => answersAt.push(performance.now()));
  // A route that is gone is what is measured.
  socket.on('error', () => undefined);
  return socket;
}

const lasting = ports === 'one' ? openSocket() : undefined;

function send(): void {
  const socket = lasting ?? openSocket();
  sent += 1;
  socket.send('selvage', Number(port), address, () => undefined);
  if (lasting === undefined) setTimeout(() => socket.close(), 500);
}

function end(): void {
  clearInterval(timer);
  const endedAt = performance.now();
  // The last packets may still be on their way.
  setTimeout(() => {
    const instants = [startedAt, ...answersAt.filter((at) => at < endedAt), endedAt];
    const gaps = instants.slice(1).map((at, index) => at - (instants[index] ?? at));
    const result = {
      sent,
      answered: answersAt.length,
      longestGapMs: Math.round(Math.max(...gaps)),
    };
    process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
  }, 300);
}

const timer = setInterval(send, Number(intervalMs));
setTimeout(end, Number(seconds) * 1000);
process.stdin.once('end', end).resume();
