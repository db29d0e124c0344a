// SPDX-License-Identifier: Apache-2.0

/**
 * Serves a healthy simulated cluster in a process of its own, so that its memory and CPU are not taken for
 * Selvage's. Arguments: number of nodes, latency of one exec in milliseconds, pods on each node. Prints one JSON line
 * `{kubeconfig}` when it listens, and one `{calls}` for each line on its standard input; ends with it.
 */
import { createInterface } from 'node:readline';

import { startSimulation } from '#simulation/api/server.ts';
import { cluster } from '#simulation/cluster/presets.ts';

const [nodes = 3, execLatencyMs, podsPerNode = 0] = process.argv.slice(2).map(Number);
const simulated = cluster({ nodes });
/** What else a Pod object carries: a usual one has 6 kB. */
const ballast = { 'example.com/rest': 'x'.repeat(5_500) };
const running = { startedAt: '2026-01-01T00:00:00Z' };
const containerStatuses = [{ name: 'web', ready: true, restartCount: 0, state: { running } }];
for (const nodeName of simulated.nodeNames) {
  const spec = simulated.store.get('nodes', nodeName)?.['spec'] as { podCIDR: string };
  for (let number = 0; number < podsPerNode; number += 1) {
    const podIP = spec.podCIDR.replace('.0/24', `.${String(number + 20)}`);
    simulated.store.create('pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: `web-${nodeName}-${String(number)}`,
        namespace: 'shop',
        annotations: ballast,
      },
      spec: { nodeName, containers: [{ name: 'web', image: 'example.com/web:1' }] },
      status: { phase: 'Running', podIP, podIPs: [{ ip: podIP }], containerStatuses },
    });
  }
}
const simulation = await startSimulation(simulated, {
  latency: { execMs: execLatencyMs ?? 0 },
});
process.stdout.write(`${JSON.stringify({ kubeconfig: simulation.kubeconfig })}\n`);
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'end') break;
  process.stdout.write(`${JSON.stringify({ calls: simulation.calls.snapshot() })}\n`);
}
await simulation.close();
