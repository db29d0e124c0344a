// SPDX-License-Identifier: Apache-2.0

import type { ActuatorWorld } from '#actuators/define-actuator.ts';
import type { NodeContainer } from '#sources/node-access/exec/write.ts';
import { isSourceError } from '#sources/source-error.ts';

/** What was read in a node, and the container in which it was. */
export interface NodeReading {
  readonly text: string;
  readonly container: NodeContainer;
}

/**
 * Reads in the flannel container of a node. A pod that was replaced since it was looked up is looked up again, once.
 *
 * @throws SourceError
 */
export async function readInNode(
  world: ActuatorWorld,
  node: string,
  read: (container: NodeContainer) => Promise<string>,
): Promise<NodeReading> {
  try {
    const container = await world.container(node);
    return { container, text: await read(container) };
  } catch (error) {
    if (!isSourceError(error, 'not-found', 'container-not-running')) throw error;
    const container = await world.container(node, true);
    return { container, text: await read(container) };
  }
}
