// SPDX-License-Identifier: Apache-2.0

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { answerAt, type FlowResult, outsideWorld, podPlace, sendFlow } from '../flows/flow.ts';
import { kubectlGet, lab, waitUntil } from '../lab-command.ts';
import { recordMeasurement } from '../measurements.ts';
import { selvageCheck } from '../selvage-command.ts';
import { selvageFix } from './fix-command.ts';
import { flannelPods, webAddress } from './kernel-text.ts';

const PORT = 9999;

/** Longest time without an answer that a machine with other work may show while nothing is in the way. */
const UNDISTURBED_MS = 400;

const PODS = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), uid: z.string() }),
      spec: z.object({ nodeName: z.string() }),
      status: z.object({
        conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]),
      }),
    }),
  ),
});

/** What one way of mending cost. */
interface Cost {
  /** From the command to traffic that is proven, milliseconds. */
  readonly provenMs: number;
  /** Between pods of the two nodes that nothing is wrong with. */
  readonly healthy: FlowResult;
  /** New connections of a pod of a healthy node to the outside. */
  readonly egress: FlowResult;
  /** New connections of a pod of the node that is mended to the outside. */
  readonly ownEgress: FlowResult;
}

type Flows = Omit<Cost, 'provenMs'>;

async function flannelPodOf(node: string): Promise<{ name: string; uid: string; ready: boolean }> {
  const { items } = await kubectlGet(PODS, 'pods', '-n', 'kube-flannel');
  const pod = items.find(({ spec }) => spec.nodeName === node);
  const ready = pod?.status.conditions.find(({ type }) => type === 'Ready')?.status === 'True';
  return { name: pod?.metadata.name ?? '', uid: pod?.metadata.uid ?? '', ready };
}

/** What the runbook does: delete the pod, wait, look. */
async function deletePod(): Promise<void> {
  const { name, uid } = await flannelPodOf('node2');
  await lab('kubectl', 'delete', 'pod', '-n', 'kube-flannel', name);
  await waitUntil('another flannel pod, ready', 90_000, async () => {
    const now = await flannelPodOf('node2');
    return now.uid !== uid && now.ready;
  });
  await waitUntil('pings between all pods', 60_000, async () => {
    await lab('check');
    return true;
  });
}

describe('the incident of the runbook: a node without its routes, and its flannel Running', () => {
  let addresses: { readonly node1: string; readonly node2: string; readonly node3: string };
  let outside: Awaited<ReturnType<typeof outsideWorld>>;
  const stops: (() => unknown)[] = [];

  async function during(action: () => Promise<unknown>): Promise<Flows & { provenMs: number }> {
    const [node1, node2, node3] = await Promise.all([
      podPlace('node1', addresses.node1),
      podPlace('node2', addresses.node2),
      podPlace('node3', addresses.node3),
    ]);
    const flows = [
      sendFlow(node1, node3, PORT, 'one'),
      sendFlow(node3, outside.place, PORT, 'many'),
      sendFlow(node2, outside.place, PORT, 'many'),
    ] as const;
    const startedAt = performance.now();
    await action();
    const provenMs = performance.now() - startedAt;
    const [healthy, egress, ownEgress] = await Promise.all([
      flows[0].end(),
      flows[1].end(),
      flows[2].end(),
    ]);
    return { provenMs, healthy, egress, ownEgress };
  }

  beforeAll(async () => {
    const [node1, node2, node3] = await Promise.all(['node1', 'node2', 'node3'].map(webAddress));
    addresses = { node1: node1 ?? '', node2: node2 ?? '', node3: node3 ?? '' };
    outside = await outsideWorld();
    stops.push(await answerAt(await podPlace('node3', addresses.node3), PORT));
    stops.push(await answerAt(outside.place, PORT));
  });

  afterAll(async () => {
    for (const stop of stops) await stop();
    await outside.remove();
    await lab('heal');
  });

  it('is mended without a restart, faster than by deleting the pod, and disturbs no flow', async (context) => {
    await lab('fault', 'routes-flush', 'node2');
    const podsBefore = await flannelPods();
    let fixed = 1;
    const ours = await during(async () => {
      fixed = (await selvageFix()).exitCode;
    });
    const podsAfter = await flannelPods();
    const { findings } = await selvageCheck();
    await lab('fault', 'routes-flush', 'node2');
    const theirs = await during(deletePod);

    recordCost(context, 'selvage fix', ours);
    recordCost(context, 'kubectl delete pod', theirs);

    expect(fixed).toBe(0);
    expect(findings).toEqual([]);
    expect(podsAfter).toEqual(podsBefore);
    expect(ours.provenMs).toBeLessThan(theirs.provenMs);
    for (const { sent, answered, longestGapMs } of [ours.healthy, ours.egress, ours.ownEgress]) {
      expect(sent - answered).toBe(0);
      expect(longestGapMs).toBeLessThan(UNDISTURBED_MS);
    }
  });
});

function recordCost(
  context: Parameters<typeof recordMeasurement>[0],
  what: string,
  { provenMs, healthy, egress, ownEgress }: Cost,
): void {
  recordMeasurement(context, `${what}: command to proven traffic`, [provenMs]);
  const flows = {
    'between pods of healthy nodes': healthy,
    'egress of a healthy node': egress,
    'egress of the node': ownEgress,
  };
  for (const [flow, { sent, answered, longestGapMs }] of Object.entries(flows)) {
    const lost = `${String(sent - answered)} of ${String(sent)} lost`;
    recordMeasurement(context, `${what}: longest gap, ${flow}, ${lost}`, [longestGapMs]);
  }
}
