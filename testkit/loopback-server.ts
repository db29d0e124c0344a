// SPDX-License-Identifier: Apache-2.0

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A program of this machine that serves HTTP on a port of 127.0.0.1. */
export interface LoopbackServer {
  /** Without a slash at its end. */
  readonly url: string;
  /** Ends the process and removes its folder. */
  stop(): Promise<void>;
}

/** How to start a program, and how to tell that it serves. */
export interface ServerStart {
  readonly program: string;
  /** Its arguments; it may write into `folder`, which is its own and goes with it. */
  readonly args: (place: {
    readonly port: number;
    readonly folder: string;
  }) => Promise<readonly string[]>;
  /** Answers with 200 as soon as the program serves. */
  readonly readyPath: string;
}

const READY_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 10_000;
const KEPT_CHARACTERS = 4000;

/** Starts the program and waits until it serves. Throws with the end of what it said when it does not. */
export async function startServer(start: ServerStart): Promise<LoopbackServer> {
  const folder = await mkdtemp(join(tmpdir(), 'selvage-server-'));
  const port = await freePort();
  const args = await start.args({ port, folder });
  const child = spawn(start.program, [...args], { stdio: ['ignore', 'pipe', 'pipe'], cwd: folder });
  const killed = (): void => void child.kill('SIGKILL');
  process.once('exit', killed);
  const stop = async (): Promise<void> => {
    await end(child);
    process.off('exit', killed);
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  const said = keepSaid(child);
  const url = `http://127.0.0.1:${String(port)}`;
  if (await serves(`${url}${start.readyPath}`, child)) return { url, stop };
  await stop();
  throw new Error(`${start.program} does not serve:\n${said()}`);
}

/** The end of what the program prints; both pipes are read, or it would stop when one is full. */
function keepSaid({ stdout, stderr }: ChildProcess): () => string {
  let said = '';
  for (const stream of [stdout, stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-KEPT_CHARACTERS);
    });
  }
  return () => said;
}

async function serves(url: string, child: ChildProcess): Promise<boolean> {
  const giveUpAt = performance.now() + READY_LIMIT_MS;
  while (performance.now() < giveUpAt && child.exitCode === null && child.pid !== undefined) {
    const answer = await fetch(url).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok === true) return true;
    await sleep(100);
  }
  return false;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const limit = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  await ended;
  clearTimeout(limit);
}

/** A port that nobody listens on at the moment. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
