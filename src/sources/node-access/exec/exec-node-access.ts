// SPDX-License-Identifier: Apache-2.0

import type { FlannelDaemonSet, PodObject } from '#model/cluster.ts';
import { type ApiRead, apiRead, inNamespace } from '#sources/kubernetes/api-read.ts';
import type { KubernetesConnection } from '#sources/kubernetes/connection.ts';
import { chooseFlannelPod } from '#sources/node-access/exec/choose-pod.ts';
import { newMarker, sectionScript } from '#sources/node-access/exec/section-script.ts';
import { splitSections } from '#sources/node-access/exec/split-sections.ts';
import type { NodeAccess } from '#sources/node-access/node-access.ts';
import { NODE_SECTIONS } from '#sources/node-access/node-sections.ts';

/** What the way through flannel's own container needs. */
export interface ExecAccessOptions {
  readonly connection: Pick<KubernetesConnection, 'exec'>;
  readonly flannel: Pick<FlannelDaemonSet, 'container'>;
  readonly pods: readonly PodObject[];
  /** Time limit per node, milliseconds. */
  readonly nodeTimeoutMs: number;
}

/**
 * The rights that the way needs. The API server asks for `get` when the client upgrades by WebSocket, and from
 * v1.35 on for `create` as well (kubernetes@v1.35.0:CHANGELOG, AuthorizePodWebsocketUpgradeCreatePermission).
 */
export const EXEC_READS: readonly ApiRead[] = [
  inNamespace('flannel', apiRead('', 'pods/exec', 'get', 'create')),
];

/**
 * Reads nodes by `exec` into the flannel container: it shares the host's network, and flannel's image has iproute2.
 */
export function execNodeAccess(options: ExecAccessOptions): NodeAccess {
  const { connection, flannel, pods, nodeTimeoutMs } = options;
  const marker = newMarker();
  const command = ['sh', '-c', sectionScript(marker, NODE_SECTIONS)];
  const names = NODE_SECTIONS.map(({ name }) => name);
  return {
    way: 'exec',
    readNode: async (node, signal) => {
      const pod = chooseFlannelPod(pods, node, flannel.container);
      const { namespace, name } = pod;
      const { container } = flannel;
      const timeoutMs = nodeTimeoutMs;
      const request = { namespace, pod: name, container, command, timeoutMs, signal };
      const result = await connection.exec(request);
      const truncation = result.end.kind === 'truncated' ? result.end.reason : 'cut-off';
      const sections = splitSections(result, marker, names, truncation);
      return { origin: `exec ${namespace}/${name}`, sections };
    },
  };
}
