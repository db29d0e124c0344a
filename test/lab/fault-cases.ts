// SPDX-License-Identifier: Apache-2.0

import { z } from 'zod';

import { kubectlGet, lab, tryLab, waitUntil } from './lab-command.ts';

/** Ordered pairs among three nodes. */
export const ALL_PAIRS = 6;

/** A fault of the lab and all that `selvage check` may say about it. */
export interface FaultCase {
  /** `lab fault` arguments, the name first. */
  readonly fault: readonly [name: string, ...args: string[]];
  /** Resolves when the fault has had its effect; absent when it has it at once. */
  readonly settled?: () => Promise<void>;
  /** Every finding, as `check node [-> peer] severity`. */
  readonly findings: readonly string[];
  /** Ordered pairs that are broken; 0 when absent. */
  readonly broken?: number;
  /** Ordered pairs of which nothing can be said; 0 when absent. */
  readonly unknown?: number;
  /** Findings that `lab heal` may leave; none when absent. */
  readonly mayRemain?: readonly string[];
}

const FALSE_MAC = '02:00:de:ad:be:ef';
const FALSE_PUBLIC_IP = '10.213.0.250';
const SECONDS = 1000;

const NODE = z.object({
  status: z.object({
    conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]),
  }),
});

const TERMINATED = z.object({ reason: z.string().optional() });
const PODS = z.object({
  items: z.array(
    z.object({
      status: z.object({
        containerStatuses: z
          .array(
            z.object({
              state: z.object({ waiting: TERMINATED.optional() }),
              lastState: z.object({ terminated: TERMINATED.optional() }),
            }),
          )
          .default([]),
      }),
    }),
  ),
});

async function readyStatus(node: string): Promise<string> {
  const { status } = await kubectlGet(NODE, 'node', node);
  return status.conditions.find((condition) => condition.type === 'Ready')?.status ?? 'absent';
}

/** The peers' flanneld has turned the annotation into a forwarding entry with `text` in it. */
async function peersForwardTo(text: string): Promise<void> {
  await waitUntil(`forwarding entry of node1 and node3 with ${text}`, 10 * SECONDS, async () => {
    const tables = await Promise.all(
      ['node1', 'node3'].map((peer) =>
        lab('exec', peer, '--', 'bridge', 'fdb', 'show', 'dev', 'flannel.1'),
      ),
    );
    return tables.every((table) => table.includes(text));
  });
}

/** flanneld v0.28.10 makes the link anew within 1 s, with its address and with nothing behind it. */
async function linkIsBack(): Promise<void> {
  await waitUntil('flannel.1 of node2 with its address', 20 * SECONDS, async () => {
    const shown = await tryLab('exec', 'node2', '--', 'ip', '-4', 'address', 'show', 'flannel.1');
    return shown.exitCode === 0 && shown.stdout.includes('10.244.2.0/32');
  });
}

async function nodeIsReadyAgain(): Promise<void> {
  await waitUntil('node2 Ready', 60 * SECONDS, async () => (await readyStatus('node2')) === 'True');
}

async function nodeIsNotReady(): Promise<void> {
  await waitUntil(
    'node3 not Ready',
    60 * SECONDS,
    async () => (await readyStatus('node3')) === 'Unknown',
  );
}

/** Between two starts: the kubelet waits 10 s and more, so the check meets no short-lived container. */
async function flannelIsOomKilled(): Promise<void> {
  await waitUntil('flannel of node2 OOM-killed and waiting', 60 * SECONDS, async () => {
    const pods = await kubectlGet(
      PODS,
      'pods',
      '-n=kube-flannel',
      '--field-selector=spec.nodeName=node2',
    );
    return pods.items.some(({ status }) =>
      status.containerStatuses.some(
        ({ state, lastState }) =>
          state.waiting?.reason === 'CrashLoopBackOff' &&
          lastState.terminated?.reason === 'OOMKilled',
      ),
    );
  });
}

/** What is missing on node2 towards both peers. */
function towardsBoth(...checks: readonly string[]): string[] {
  return checks.flatMap((check) =>
    ['node1', 'node3'].map((peer) => `${check} node2 -> ${peer} critical`),
  );
}

const STALE_ON_PEERS = ['node1', 'node3'].map((peer) => `fdb-entry-stale ${peer} -> node2 info`);

/** One case per fault of the lab that the checks know. A fault of a whole node breaks every pair from and to it. */
export const FAULT_CASES: readonly FaultCase[] = [
  { fault: ['routes-flush', 'node2'], findings: towardsBoth('route-missing'), broken: 2 },
  {
    fault: ['route-del', 'node2', 'node3'],
    findings: ['route-missing node2 -> node3 critical'],
    broken: 1,
  },
  {
    fault: ['neigh-del', 'node2', 'node3'],
    findings: ['neighbour-missing node2 -> node3 critical'],
    broken: 1,
  },
  {
    fault: ['fdb-del', 'node2', 'node3'],
    findings: ['fdb-entry-missing node2 -> node3 critical'],
    broken: 1,
  },
  {
    fault: ['link-bounce', 'node2'],
    findings: towardsBoth('route-missing', 'neighbour-missing'),
    broken: 2,
  },
  {
    fault: ['link-del', 'node2'],
    settled: linkIsBack,
    findings: towardsBoth('route-missing', 'neighbour-missing', 'fdb-entry-missing'),
    broken: 2,
  },
  { fault: ['wrong-mtu', 'node2'], findings: ['link-mtu-wrong node2 warning'] },
  {
    fault: ['wrong-vtep-mac', 'node2', FALSE_MAC],
    settled: () => peersForwardTo(FALSE_MAC),
    findings: ['vtep-mac-mismatch node2 critical', ...STALE_ON_PEERS],
    broken: 4,
    mayRemain: STALE_ON_PEERS,
  },
  {
    fault: ['wrong-public-ip', 'node2', FALSE_PUBLIC_IP],
    settled: () => peersForwardTo(FALSE_PUBLIC_IP),
    findings: ['public-ip-mismatch node2 critical'],
    broken: 4,
  },
  {
    fault: ['annotations-lost', 'node2'],
    settled: nodeIsReadyAgain,
    findings: ['subnet-lease-missing node2 critical'],
    broken: 4,
  },
  { fault: ['subnet-env-rm', 'node2'], findings: ['subnet-env-missing node2 critical'] },
  {
    fault: ['ip-forward-0', 'node2'],
    findings: ['ip-forward-off node2 critical'],
    broken: 4,
  },
  {
    fault: ['forward-drop', 'node2'],
    findings: ['forward-dropped node2 critical'],
    broken: 4,
  },
  {
    fault: ['flannel-oom', 'node2'],
    settled: flannelIsOomKilled,
    findings: ['flannel-oom-killed node2 warning', 'flannel-pod-not-ready node2 warning'],
    unknown: 2,
  },
  // `lab fault` asks for a node; this one concerns the cluster.
  { fault: ['coredns-down', 'node1'], findings: ['coredns-unavailable cluster critical'] },
  {
    fault: ['node-crash', 'node3'],
    settled: nodeIsNotReady,
    findings: ['node-not-ready node3 warning'],
    unknown: 2,
  },
];
