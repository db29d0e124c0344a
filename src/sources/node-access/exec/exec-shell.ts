// SPDX-License-Identifier: Apache-2.0

import type { PodObject } from '#model/cluster.ts';
import { type ApiRead, apiRead, inNamespace } from '#sources/kubernetes/api-read.ts';
import type { KubernetesConnection } from '#sources/kubernetes/connection.ts';
import { chooseFlannelPod } from '#sources/node-access/exec/choose-pod.ts';
import type { SectionName } from '#sources/node-access/node-sections.ts';
import type { NodeShell } from '#sources/node-access/node-shell.ts';

/** What the way through a container of flannel's pods needs. */
export interface ExecShellOptions {
  readonly connection: Pick<KubernetesConnection, 'exec'>;
  readonly pods: readonly PodObject[];
  /** Name of the container that runs flanneld. */
  readonly container: string;
  /** Time limit per run, milliseconds. */
  readonly nodeTimeoutMs: number;
}

/**
 * The rights that the way needs. The API server asks for `get` when the client upgrades by WebSocket, and from
 * v1.35 on for `create` as well (kubernetes@v1.35.0:CHANGELOG, AuthorizePodWebsocketUpgradeCreatePermission).
 */
export const EXEC_READS: readonly ApiRead[] = [
  inNamespace('flannel', apiRead('', 'pods/exec', 'get', 'create')),
];

/** Container of Canal's pods beside flannel's: privileged, in the host's network, with iproute2 in all known images. */
const NEIGHBOUR = 'calico-node';

const OF_FLANNEL: ReadonlyMap<SectionName, string> = new Map([
  ['subnet-env', `The container ${NEIGHBOUR} does not see flannel's /run/flannel/subnet.env.`],
  ['net-conf', `The container ${NEIGHBOUR} does not see flannel's net-conf.json.`],
  ['flannel-process', `The container ${NEIGHBOUR} does not see flannel's process.`],
]);

/** By `exec` into the flannel container: it shares the host's network, and flannel's image has iproute2. */
export function flannelShell(options: ExecShellOptions): NodeShell {
  const { container } = options;
  return execShell(options, { container, note: '', withheld: new Map() });
}

/**
 * By `exec` into the container `calico-node` of the same pods, for images of flannel without iproute2 (Rancher's
 * hardened-flannel: rancher/image-build-flannel@master:Dockerfile); undefined when no pod has one.
 */
export function neighbourShell(options: ExecShellOptions): NodeShell | undefined {
  const isThere = options.pods.some(({ containers }) =>
    containers.some(({ name }) => name === NEIGHBOUR),
  );
  if (!isThere || options.container === NEIGHBOUR) return undefined;
  const note = ` -c ${NEIGHBOUR}`;
  return execShell(options, { container: NEIGHBOUR, note, withheld: OF_FLANNEL });
}

interface Place {
  readonly container: string;
  readonly note: string;
  readonly withheld: NodeShell['withheld'];
}

function execShell(
  { connection, pods, nodeTimeoutMs }: ExecShellOptions,
  { container, note, withheld }: Place,
): NodeShell {
  return {
    way: 'exec',
    withheld,
    run: async (node, script, signal) => {
      const { namespace, name } = chooseFlannelPod(pods, node, container);
      const command = ['sh', '-c', script];
      const timeoutMs = nodeTimeoutMs;
      const request = { namespace, pod: name, container, command, timeoutMs, signal };
      return {
        origin: `exec ${namespace}/${name}${note}`,
        result: await connection.exec(request),
      };
    },
    close: () => Promise.resolve([]),
  };
}
