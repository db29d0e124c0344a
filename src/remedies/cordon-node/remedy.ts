// SPDX-License-Identifier: Apache-2.0

import type { CordonNodeStep } from '#model/plan.ts';
import type { AskedRemedy } from '#remedies/define-remedy.ts';

/** A node that is to take no new pods. */
export interface NodeToCordon {
  readonly node: string;
  readonly uid: string;
  /** What is wrong with it, line by line. */
  readonly why: readonly string[];
}

/** Which nodes, and when it was planned. */
export interface CordonOptions {
  readonly nodes: readonly NodeToCordon[];
  /** ISO-8601 UTC. */
  readonly now: string;
}

/** Messages that are told of one node; the others are counted. */
const MOST_TOLD = 3;

/** Keeps new pods from nodes whose pods do not reach those of the others. */
export const remedy: AskedRemedy<CordonOptions> = {
  id: 'cordon-node',
  title: 'Keep new pods from the nodes that are cut off',
  scope: 'asked',
  risk: 'none',
  disturbance:
    'No pod is moved and no flow is disturbed. New pods find a place on other nodes only, until the node is uncordoned; it is not mended by that.',
  command: ['cordon'],
  steps: ({ nodes, now }) =>
    nodes.map(({ node, uid, why }): CordonNodeStep => ({
      kind: 'cordon-node',
      node,
      object: `Node ${node}`,
      title: `cordon ${node}`,
      uid,
      cordoned: true,
      mark: now,
      notes: [
        ...why.slice(0, MOST_TOLD),
        ...(why.length > MOST_TOLD ? [`And ${String(why.length - MOST_TOLD)} more.`] : []),
      ],
    })),
};
