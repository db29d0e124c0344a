// SPDX-License-Identifier: Apache-2.0

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { z } from 'zod';

import { LAB, lab } from '../lab-command.ts';
import { runCommand } from '../run-command.ts';

/** A network namespace that a program can be run in, and its address there. */
export interface Place {
  readonly address: string;
  /** Words that go before a command's own. */
  readonly enter: readonly string[];
}

/** What one flow of datagrams met. */
export interface FlowResult {
  readonly sent: number;
  readonly answered: number;
  /** Longest time without an answer, milliseconds; with nothing in the way it is little more than the interval. */
  readonly longestGapMs: number;
}

/** A flow that is being sent. */
export interface Flow {
  /** Ends it and tells what it met. */
  readonly end: () => Promise<FlowResult>;
}

const RESULT = z.object({ sent: z.int(), answered: z.int(), longestGapMs: z.int() });

const INTERVAL_MS = 10;

/** Longest that a flow goes on when nobody ends it. */
const LIMIT_SECONDS = 120;

const HERE = import.meta.dirname;

/** The network of a pod of the lab, by its address on its node. */
export async function podPlace(node: string, address: string): Promise<Place> {
  const script = `for n in /run/netns/*; do nsenter --net=$n ip -4 -o address show 2>/dev/null | grep -qF " ${address}/" && echo $n; done; true`;
  const found = await lab('exec', node, '--', 'bash', '-c', script);
  const [namespace = ''] = found.trim().split('\n');
  if (namespace === '') throw new Error(`no network namespace of ${address} on ${node}`);
  return { address, enter: [LAB, 'exec', node, '--', 'nsenter', `--net=${namespace}`] };
}

/** An outside world: one more network namespace on the lab's bridge. Returns it and how to remove it. */
export async function outsideWorld(): Promise<{
  readonly place: Place;
  readonly remove: () => Promise<void>;
}> {
  const name = 'selvage-outside';
  const address = '10.213.0.200';
  const ip = async (...args: readonly string[]): Promise<void> => {
    const { exitCode, stderr } = await runCommand('ip', args, 10_000);
    if (exitCode !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr}`);
  };
  await ip('netns', 'add', name);
  await ip('link', 'add', 'selvage-out', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name);
  await ip('link', 'set', 'selvage-out', 'master', 'lab0', 'up');
  await ip('-n', name, 'address', 'add', `${address}/24`, 'dev', 'eth0');
  await ip('-n', name, 'link', 'set', 'eth0', 'up');
  return {
    place: { address, enter: ['ip', 'netns', 'exec', name] },
    remove: () => ip('netns', 'delete', name),
  };
}

function start(
  { enter }: Place,
  script: string,
  words: readonly (string | number)[],
): ChildProcess {
  const [file = '', ...args] = [
    ...enter,
    process.execPath,
    '--disable-warning=ExperimentalWarning',
    join(HERE, script),
    ...words.map(String),
  ];
  return spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'] });
}

/** Answers every datagram to `place`, until it is ended. */
export async function answerAt(place: Place, port: number): Promise<() => void> {
  const child = start(place, 'echo.ts', [place.address, port, LIMIT_SECONDS]);
  if (child.stdout !== null) await once(child.stdout, 'data');
  return () => child.stdin?.end();
}

/** Sends to a place that answers; `many` sends each datagram from another port. */
export function sendFlow(from: Place, to: Place, port: number, ports: 'one' | 'many'): Flow {
  const child = start(from, 'send.ts', [to.address, port, INTERVAL_MS, LIMIT_SECONDS, ports]);
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  const ended = once(child, 'close');
  return {
    end: async () => {
      child.stdin?.end();
      await ended;
      return RESULT.parse(JSON.parse(text));
    },
  };
}
