// SPDX-License-Identifier: Apache-2.0

import { z } from 'zod';

import { kubectlGet, lab, tryLab, waitUntil } from './lab-command.ts';

const SECONDS = 1000;

const CONTAINER_STATE = z.object({ reason: z.string().optional() });

const NODES = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      status: z.object({
        conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]),
      }),
    }),
  ),
});

const PODS = z.object({
  items: z.array(
    z.object({
      metadata: z.object({
        namespace: z.string(),
        name: z.string(),
        deletionTimestamp: z.string().optional(),
      }),
      spec: z.object({ nodeName: z.string().optional() }),
      status: z.object({
        containerStatuses: z
          .array(
            z.object({
              name: z.string(),
              ready: z.boolean(),
              restartCount: z.int(),
              state: z.object({
                waiting: CONTAINER_STATE.optional(),
                running: z.object({ startedAt: z.iso.datetime() }).optional(),
              }),
              lastState: z.object({ terminated: CONTAINER_STATE.optional() }),
            }),
          )
          .default([]),
      }),
    }),
  ),
});

type ContainerStatus = z.output<
  typeof PODS
>['items'][number]['status']['containerStatuses'][number];

interface FlannelPod {
  readonly namespace: string;
  readonly name: string;
  readonly restarts: number;
}

async function readyStatuses(): Promise<ReadonlyMap<string, string>> {
  const { items } = await kubectlGet(NODES, 'nodes');
  return new Map(
    items.map(({ metadata, status }) => [
      metadata.name,
      status.conditions.find((condition) => condition.type === 'Ready')?.status ?? 'absent',
    ]),
  );
}

/** The flannel container on `node` is as `holds` says, in whatever namespace the layout has it. */
async function flannelContainerIs(
  node: string,
  holds: (container: ContainerStatus) => boolean,
): Promise<boolean> {
  const { items } = await kubectlGet(
    PODS,
    'pods',
    '--all-namespaces',
    `--field-selector=spec.nodeName=${node}`,
  );
  return items.some(
    ({ metadata, status }) =>
      metadata.deletionTimestamp === undefined &&
      status.containerStatuses.some((found) => found.name === 'kube-flannel' && holds(found)),
  );
}

/** The node controller or the kubelet says that `node` is ready. */
export async function nodeIsReady(node: string): Promise<void> {
  await waitUntil(
    `${node} Ready`,
    60 * SECONDS,
    async () => (await readyStatuses()).get(node) === 'True',
  );
}

/** The node controller has noticed that nobody speaks for `node`: 24 s after a crash. */
export async function nodeIsNotReady(node: string): Promise<void> {
  await waitUntil(
    `${node} not Ready`,
    60 * SECONDS,
    async () => (await readyStatuses()).get(node) === 'Unknown',
  );
}

/** Every node is ready, and so is every container of every pod: whatever restarted is back. */
export async function everythingIsReady(): Promise<void> {
  await waitUntil('every node and pod Ready', 120 * SECONDS, async () => {
    const nodes = await readyStatuses();
    const { items } = await kubectlGet(PODS, 'pods', '--all-namespaces');
    return (
      [...nodes.values()].every((status) => status === 'True') &&
      items.every(
        ({ status }) =>
          status.containerStatuses.length > 0 &&
          status.containerStatuses.every(({ ready }) => ready),
      )
    );
  });
}

/** Pods with a flannel container, in whatever namespace the layout has them. */
async function flannelPods(): Promise<readonly FlannelPod[]> {
  const { items } = await kubectlGet(PODS, 'pods', '--all-namespaces');
  return items.flatMap(({ metadata: { namespace, name }, status }) => {
    const container = status.containerStatuses.find((each) => each.name === 'kube-flannel');
    return container === undefined ? [] : [{ namespace, name, restarts: container.restartCount }];
  });
}

/**
 * No flannel container was restarted more often than `most`: a pod of which one was is replaced. What tests before
 * this one did to flannel, a check tells for a day, and how a container ended with its node nobody knows.
 */
export async function flannelRestartedAtMost(most: number): Promise<void> {
  const pods = await flannelPods();
  const old = pods.filter(({ restarts }) => restarts > most);
  for (const { namespace, name } of old) {
    await lab('kubectl', 'delete', 'pod', `--namespace=${namespace}`, name);
  }
  if (old.length === 0) return;
  await waitUntil('a flannel pod on each node', 90 * SECONDS, async () => {
    return (await flannelPods()).length === pods.length;
  });
  await everythingIsReady();
}

/** The flannel container of `node` was started at `since` or later, and is ready: what the API says of an older one is past. */
export async function flannelIsBack(node: string, since: Date): Promise<void> {
  const wholeSecond = Math.floor(since.getTime() / SECONDS) * SECONDS;
  await waitUntil(`flannel of ${node} restarted and ready`, 90 * SECONDS, () =>
    flannelContainerIs(
      node,
      ({ ready, state: { running } }) =>
        ready && running !== undefined && new Date(running.startedAt).getTime() >= wholeSecond,
    ),
  );
}

/**
 * The readiness probe of flannel on `node` fails: 22 to 32 s after it froze, with the manifest of v0.28.10. In its
 * first minute a pod that is not ready counts as starting, so that has to be over; the kubelet kills it after 83 s.
 */
export async function flannelIsNotReady(node: string): Promise<void> {
  await waitUntil(`flannel of ${node} not ready, and no longer new`, 80 * SECONDS, () =>
    flannelContainerIs(
      node,
      ({ ready, state: { running } }) =>
        !ready &&
        running !== undefined &&
        Date.now() - new Date(running.startedAt).getTime() > 62 * SECONDS,
    ),
  );
}

/** Between two starts: the kubelet waits 10 s and more, so a check meets no short-lived container. */
export async function flannelIsOomKilled(node: string): Promise<void> {
  await waitUntil(`flannel of ${node} OOM-killed and waiting`, 60 * SECONDS, () =>
    flannelContainerIs(
      node,
      ({ state, lastState }) =>
        state.waiting?.reason === 'CrashLoopBackOff' &&
        lastState.terminated?.reason === 'OOMKilled',
    ),
  );
}

/** What `command` prints in each of `nodes` contains every one of `texts`. */
export async function printed(
  nodes: readonly string[],
  command: readonly string[],
  texts: readonly string[],
): Promise<void> {
  const what = `${texts.join(', ')} in ${command.join(' ')} of ${nodes.join(', ')}`;
  await waitUntil(what, 30 * SECONDS, async () => {
    const outputs = await Promise.all(nodes.map((node) => tryLab('exec', node, '--', ...command)));
    return outputs.every(
      ({ exitCode, stdout }) => exitCode === 0 && texts.every((text) => stdout.includes(text)),
    );
  });
}

/** flanneld of `peers` has turned a node's annotation into a forwarding entry with `text` in it. */
export function peersForwardTo(text: string, ...peers: readonly string[]): Promise<void> {
  return printed(peers, ['bridge', 'fdb', 'show', 'dev', 'flannel.1'], [text]);
}

/** flanneld v0.28.10 makes the link anew within 1 s, with its address and with nothing behind it. */
export function linkIsBack(): Promise<void> {
  return printed(['node2'], ['ip', '-4', 'address', 'show', 'flannel.1'], ['10.244.2.0/32']);
}

/** host-gw: flanneld has added the routes of node2 again, which it does every 10 s. */
export function routesAreBack(): Promise<void> {
  return printed(['node2'], ['ip', '-4', 'route'], ['10.244.1.0/24 via', '10.244.3.0/24 via']);
}

/** flannel.1 of node2 is not there. */
export async function linkIsGone(): Promise<void> {
  await waitUntil('no flannel.1 on node2', 10 * SECONDS, async () => {
    const shown = await tryLab('exec', 'node2', '--', 'ip', 'link', 'show', 'flannel.1');
    return shown.exitCode !== 0;
  });
}

/** iptables mode: flanneld has made its rules on node2 again, down to the last, which it does every 5 s. */
export async function rulesAreBack(): Promise<void> {
  const network = '10.244.0.0/16';
  const accept = ['iptables', '-w', '-S', 'FLANNEL-FWD'];
  const masquerade = ['iptables', '-w', '-t', 'nat', '-S', 'FLANNEL-POSTRTG'];
  await printed(['node2'], accept, [`-s ${network}`, `-d ${network}`]);
  await printed(['node2'], masquerade, [`! -s ${network} -d ${network}`]);
}
