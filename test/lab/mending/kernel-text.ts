// SPDX-License-Identifier: Apache-2.0

import { z } from 'zod';

import { kubectlGet, lab } from '../lab-command.ts';

const NODE = z.object({ metadata: z.object({ annotations: z.record(z.string(), z.string()) }) });

const POD_LIST = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), uid: z.string() }),
      status: z.object({
        podIP: z.string().optional(),
        containerStatuses: z.array(z.object({ restartCount: z.int() })).default([]),
      }),
      spec: z.object({ nodeName: z.string().optional() }),
    }),
  ),
});

const SCRIPT = [
  'ip -d -4 route show | grep -v kube-ipvs',
  'ip -4 neigh show dev flannel.1 nud permanent',
  'bridge fdb show dev flannel.1',
  "ip -o link show flannel.1 | grep -o 'mtu [0-9]*'",
  'cat /run/flannel/subnet.env',
  'sysctl net.ipv4.ip_forward',
  'true',
].join('; ');

/** What a node's kernel, file and annotations say, as text, sorted: the kernel lists entries in the order they came. */
export async function nodeText(node: string): Promise<readonly string[]> {
  const kernel = await lab('exec', node, '--', 'bash', '-c', `{ ${SCRIPT}; } 2>/dev/null`);
  const { metadata } = await kubectlGet(NODE, 'node', node);
  const annotations = Object.entries(metadata.annotations)
    .filter(([key]) => key.startsWith('flannel.'))
    .map(([key, value]) => `${key}=${value}`);
  return [...kernel.split('\n').map((line) => line.trimEnd()), ...annotations]
    .filter((line) => line !== '')
    .map((line) => `${node}: ${line}`)
    .toSorted();
}

/** The same of all nodes. */
export async function clusterText(): Promise<readonly string[]> {
  const texts = await Promise.all(['node1', 'node2', 'node3'].map(nodeText));
  return texts.flat();
}

/** UID and restarts of flannel's pods: the same twice when nobody restarted one. */
export async function flannelPods(): Promise<readonly string[]> {
  const { items } = await kubectlGet(POD_LIST, 'pods', '-n', 'kube-flannel');
  return items
    .map(({ metadata, status }) => {
      const restarts = status.containerStatuses.map(({ restartCount }) => restartCount);
      return `${metadata.uid} ${restarts.join(' ')}`;
    })
    .toSorted();
}

/** Address of the pod of the workload `web` on a node. */
export async function webAddress(node: string): Promise<string> {
  const { items } = await kubectlGet(POD_LIST, 'pods', '-n', 'demo');
  const found = items.find(({ spec }) => spec.nodeName === node)?.status.podIP;
  if (found === undefined) throw new Error(`no pod of demo with an address on ${node}`);
  return found;
}
