// SPDX-License-Identifier: Apache-2.0

import type { ActuatorWorld } from '#actuators/define-actuator.ts';
import { ClusterReader } from '#collectors/cluster-reader.ts';
import type { KubernetesConnection } from '#sources/kubernetes/connection.ts';
import { chooseFlannelPod } from '#sources/node-access/exec/choose-pod.ts';
import { SourceError } from '#sources/source-error.ts';

/** What actuators work on: the connection, and the flannel container of each node, looked up when it is needed. */
export function actuatorWorld(
  connection: KubernetesConnection,
  signal: AbortSignal,
): ActuatorWorld {
  let reader = new ClusterReader(connection, signal);
  return {
    connection,
    signal,
    container: async (node, fresh = false) => {
      if (fresh) reader = new ClusterReader(connection, signal);
      const flannel = await reader.flannel();
      if (flannel === undefined) {
        throw new SourceError('no-flannel-pod', { operation: 'exec', target: `node ${node}` });
      }
      const { container } = flannel.workload;
      const pod = chooseFlannelPod(await reader.flannelPods(), node, container);
      return { namespace: pod.namespace, pod: pod.name, container };
    },
  };
}
