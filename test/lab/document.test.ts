// SPDX-License-Identifier: Apache-2.0

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { kubectlGet, lab } from './lab-command.ts';
import { adminKubeconfig, selvage } from './selvage-command.ts';

const NODES = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), creationTimestamp: z.string() }),
      spec: z.object({ podCIDRs: z.array(z.string()) }),
      status: z.object({
        addresses: z.array(z.object({ type: z.string(), address: z.string() })),
        conditions: z.array(z.object({ type: z.string(), status: z.string() })),
        nodeInfo: z.object({
          bootID: z.string(),
          kernelVersion: z.string(),
          kubeletVersion: z.string(),
        }),
      }),
    }),
  ),
});

const PODS = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ namespace: z.string(), name: z.string() }),
      spec: z.object({ nodeName: z.string() }),
      status: z.object({
        phase: z.string(),
        containerStatuses: z.array(
          z.object({
            name: z.string(),
            ready: z.boolean(),
            restartCount: z.int(),
            state: z.object({ running: z.object({ startedAt: z.string() }).optional() }),
          }),
        ),
      }),
    }),
  ),
});

const DAEMON_SET = z.object({
  spec: z.object({
    template: z.object({
      spec: z.object({
        containers: z.tuple([
          z.object({ image: z.string(), resources: z.record(z.string(), z.unknown()) }),
        ]),
      }),
    }),
  }),
});

const DOCUMENT = z.object({
  kind: z.literal('ClusterDocument'),
  content: z.object({
    nodes: z.array(
      z.object({
        name: z.string(),
        podCIDRs: z.array(z.string()),
        internalIPs: z.array(z.string()),
        kernel: z.string(),
        kubelet: z.string(),
        createdAt: z.string(),
        boot: z.object({
          id: z.string(),
          upSince: z.string(),
          sharedWith: z.array(z.string()),
        }),
      }),
    ),
    restart: z.object({ state: z.string() }),
    flannel: z.object({
      image: z.string(),
      requests: z.record(z.string(), z.string()),
      limits: z.record(z.string(), z.string()),
    }),
    netConf: z.array(z.object({ name: z.string(), value: z.string() })),
    workloads: z.array(z.object({ purpose: z.string(), pods: z.int() })),
    unread: z.array(z.unknown()),
  }),
});

const HEALTH = z.object({
  kind: z.literal('HealthReport'),
  items: z.array(
    z.object({
      id: z.string(),
      state: z.string(),
      summary: z.string(),
      lines: z.array(z.string()),
    }),
  ),
  check: z.object({
    pairs: z.object({ checked: z.int(), broken: z.int(), unknown: z.int() }),
  }),
});

async function run(...words: readonly string[]): Promise<{ exitCode: number; stdout: string }> {
  return selvage(...words, '--kubeconfig', await adminKubeconfig());
}

function allPods(): Promise<z.output<typeof PODS>> {
  return kubectlGet(PODS, 'pods', '-A');
}

describe('the page of the lab', () => {
  it('has the nodes as kubectl shows them, and what proves how long each has been up', async () => {
    const { exitCode, stdout } = await run('document', '-o', 'json');
    const { content } = DOCUMENT.parse(JSON.parse(stdout));
    const nodes = await kubectlGet(NODES, 'nodes');
    const pods = await allPods();

    const oldest = (node: string): string | undefined =>
      pods.items
        .filter(({ spec }) => spec.nodeName === node)
        .flatMap(({ status }) =>
          status.containerStatuses.flatMap(({ state }) => state.running?.startedAt ?? []),
        )
        .sort()
        .at(0);
    const expected = nodes.items.map(({ metadata, spec, status }) => ({
      name: metadata.name,
      podCIDRs: spec.podCIDRs,
      internalIPs: status.addresses
        .filter(({ type }) => type === 'InternalIP')
        .map(({ address }) => address),
      kernel: status.nodeInfo.kernelVersion,
      kubelet: status.nodeInfo.kubeletVersion,
      createdAt: metadata.creationTimestamp,
      // All nodes of a lab run on the kernel of its machine.
      boot: {
        id: status.nodeInfo.bootID,
        upSince: oldest(metadata.name),
        sharedWith: nodes.items
          .map((node) => node.metadata.name)
          .filter((name) => name !== metadata.name),
      },
    }));
    expect(exitCode).toBe(0);
    expect(content.nodes).toEqual(expected);
    expect(content.restart.state).toBe('unknown');
    expect(content.unread).toEqual([]);
  });

  it('has the settings of the DaemonSet and of net-conf.json', async () => {
    const { stdout } = await run('document', '-o', 'json');
    const { content } = DOCUMENT.parse(JSON.parse(stdout));
    const set = await kubectlGet(DAEMON_SET, 'daemonset', '-n', 'kube-flannel', 'kube-flannel-ds');

    const [container] = set.spec.template.spec.containers;
    const { image, requests, limits } = content.flannel;
    expect({ image, requests, limits }).toEqual({
      image: container.image,
      requests: container.resources['requests'] ?? {},
      limits: container.resources['limits'] ?? {},
    });
    expect(content.netConf).toContainEqual({ name: 'Network', value: '10.244.0.0/16' });
    expect(content.workloads).toContainEqual({ purpose: 'flannel', pods: 3 });
  });

  it('is the same twice but for its date', async () => {
    const [first, second] = [await run('document'), await run('document')];

    // Both may be made within the same second.
    const undated = first.stdout.replace(/^Made .*$/mu, '');
    expect(undated).not.toBe(first.stdout);
    expect(second.stdout.replace(/^Made .*$/mu, '')).toBe(undated);
  });
});

describe('health after a node was rebooted', () => {
  beforeAll(async () => {
    await lab('fault', 'node-reboot', 'node3');
  });

  afterAll(async () => {
    await lab('heal');
  });

  it('waits until all is back, and then says what kubectl says', async () => {
    const { exitCode, stdout } = await run(
      'health',
      '--after-restart',
      '--timeout',
      '75s',
      '-o',
      'json',
    );
    const { items, check } = HEALTH.parse(JSON.parse(stdout));
    const nodes = await kubectlGet(NODES, 'nodes');
    const pods = await allPods();

    const itemOf = (id: string): (typeof items)[number] | undefined =>
      items.find((item) => item.id === id);
    const notReady = nodes.items.filter(({ status }) =>
      status.conditions.some(({ type, status: is }) => type === 'Ready' && is !== 'True'),
    );
    const flannel = pods.items.find(
      ({ metadata, spec }) => metadata.namespace === 'kube-flannel' && spec.nodeName === 'node3',
    );
    const startedAt = flannel?.status.containerStatuses[0]?.state.running?.startedAt;
    expect(items.filter(({ state }) => state === 'critical' || state === 'unknown')).toEqual([]);
    expect(exitCode).toBe(0);
    expect(notReady).toEqual([]);
    expect(itemOf('nodes')?.summary).toBe('3 nodes, all Ready');
    expect(itemOf('pairs')?.summary).toBe('6 of 6 node pairs probed, 6 answered');
    expect(check.pairs).toEqual({ checked: 6, broken: 0, unknown: 0 });
    expect(flannel?.status.containerStatuses[0]?.restartCount).toBeGreaterThan(0);
    expect(itemOf('starts')?.lines[2]).toContain(`flannel ${startedAt ?? 'nothing'}`);
    expect(itemOf('pods')?.summary).toMatch(
      new RegExp(
        `^${String(pods.items.filter(({ status }) => status.phase === 'Running').length)} pods run`,
      ),
    );
  });
});
