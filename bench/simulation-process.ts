// SPDX-License-Identifier: Apache-2.0

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';

/** A simulated cluster in a process of its own. */
export interface SimulationProcess {
  /** Kubeconfig YAML. */
  readonly kubeconfig: string;
  /** Requests so far, by verb and resource. */
  calls(): Promise<Readonly<Record<string, number>>>;
  close(): Promise<void>;
}

/** Starts `bench/serve-simulation.ts`. Throws when it ends before it listens. */
export async function startSimulationProcess(
  nodes: number,
  execLatencyMs: number,
  podsPerNode = 0,
): Promise<SimulationProcess> {
  const script = new URL('serve-simulation.ts', import.meta.url).pathname;
  const child = spawn(
    process.execPath,
    [script, ...[nodes, execLatencyMs, podsPerNode].map(String)],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  const lines = createInterface({ input: child.stdout });
  const first = (await nextAnswer(lines)) as { kubeconfig: string };
  return {
    kubeconfig: first.kubeconfig,
    async calls() {
      child.stdin.write('calls\n');
      return ((await nextAnswer(lines)) as { calls: Record<string, number> }).calls;
    },
    async close() {
      const ended = once(child, 'exit');
      child.stdin.end('end\n');
      await ended;
    },
  };
}

async function nextAnswer(lines: Interface): Promise<unknown> {
  const answer = await Promise.race([once(lines, 'line'), once(lines, 'close')]);
  if (typeof answer[0] !== 'string') throw new Error('the simulation ended before it answered');
  return JSON.parse(answer[0]) as unknown;
}
