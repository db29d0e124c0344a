// SPDX-License-Identifier: Apache-2.0

// Sends each datagram back: `node echo.ts ADDRESS PORT SECONDS`. Ends by itself, or with its standard input.

import { createSocket } from 'node:dgram';

const [address = '', port = '', seconds = ''] = process.argv.slice(2);

const socket = createSocket('udp4');
socket.on('message', (message, { address: from, port: fromPort }) => {
  socket.send(message, fromPort, from);
});
socket.bind(Number(port), address, () => process.stdout.write('ready\n'));
const end = (): void => process.exit(0);
setTimeout(end, Number(seconds) * 1000);
process.stdin.on('end', end).resume();
