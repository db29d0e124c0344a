// SPDX-License-Identifier: Apache-2.0

/**
 * Serves a healthy simulated cluster in a process of its own, so that its memory and CPU are not taken for
 * Selvage's. Arguments: number of nodes, latency of one exec in milliseconds. Prints one JSON line
 * `{kubeconfig}` when it listens, and one `{calls}` for each line on its standard input; ends with it.
 */
import { createInterface } from 'node:readline';

import { startSimulation } from '#simulation/api/server.ts';
import { cluster } from '#simulation/cluster/presets.ts';

const [nodes, execLatencyMs] = process.argv.slice(2).map(Number);
const simulation = await startSimulation(cluster({ nodes: nodes ?? 3 }), {
  latency: { execMs: execLatencyMs ?? 0 },
});
process.stdout.write(`${JSON.stringify({ kubeconfig: simulation.kubeconfig })}\n`);
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'end') break;
  process.stdout.write(`${JSON.stringify({ calls: simulation.calls.snapshot() })}\n`);
}
await simulation.close();
