// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import {
  type Actuator,
  type ActuatorWorld,
  apiRight,
  type Look,
  skipped,
  type StepResult,
} from '#actuators/define-actuator.ts';
import type { CordonNodeStep } from '#model/plan.ts';
import type { ApiRequest } from '#sources/kubernetes/api-client.ts';
import { patchObject } from '#sources/kubernetes/write.ts';
import { isSourceError } from '#sources/source-error.ts';

/** Annotation that tells who cordoned a node, and when. */
const MARK = 'selvage.dev/cordoned-at';

/** Writers of a Node are many (kubelet, node controller), so its version can move between a read and a patch. */
const ATTEMPTS = 5;

const nodeSchema = z.object({
  metadata: z.object({
    uid: z.string(),
    resourceVersion: z.string(),
    annotations: z.optional(z.record(z.string(), z.string())),
  }),
  spec: z.catch(z.object({ unschedulable: z.optional(z.boolean()) }), () => ({
    unschedulable: undefined,
  })),
});

type Node = z.infer<typeof nodeSchema>;

/** Cordons a node as `kubectl cordon` does, with a mark, and takes back what has that mark. */
export const actuator: Actuator<CordonNodeStep> = {
  kind: 'cordon-node',
  needs: [apiRight('', 'nodes', 'get', 'patch')],
  refuse: ({ node, uid, mark, cordoned }) => {
    if (!/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/.test(node)) return 'It names no node.';
    if (!/^[A-Za-z0-9-]{1,64}$/.test(uid)) return 'It says of no Node which one is meant.';
    if (typeof cordoned !== 'boolean') return 'It does not say what the node is to be.';
    return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/.test(mark)
      ? undefined
      : 'Its mark is no time.';
  },
  dryRun: async (world, step) => {
    const node = await readNode(world, step);
    const met = look(node, step);
    if (met.state === 'ready') await patch(world, step, node, { dryRun: true });
    return met;
  },
  apply,
  undoOf: (step) => (step.cordoned ? turned(step) : undefined),
};

function turned(step: CordonNodeStep): CordonNodeStep {
  return { ...step, title: `uncordon ${step.node}`, cordoned: false };
}

function look(node: Node, { uid, cordoned, mark }: CordonNodeStep): Look {
  const now = linesOf(node);
  if (node.metadata.uid !== uid) {
    return { state: 'moved', now, reason: 'it is another Node of that name' };
  }
  const isCordoned = node.spec.unschedulable === true;
  const isOurs = node.metadata.annotations?.[MARK] === mark;
  if (!isCordoned) return { state: cordoned ? 'ready' : 'done', now };
  if (isOurs) return { state: cordoned ? 'done' : 'ready', now };
  return { state: 'moved', now, reason: 'somebody else has cordoned it, which is left alone' };
}

function linesOf({ metadata, spec }: Node): readonly string[] {
  const mark = metadata.annotations?.[MARK];
  return [
    spec.unschedulable === true ? 'spec.unschedulable: true' : 'schedulable',
    ...(mark === undefined ? [] : [`${MARK}=${mark}`]),
  ];
}

async function apply(world: ActuatorWorld, step: CordonNodeStep): Promise<StepResult> {
  for (let attempt = 1; ; attempt += 1) {
    const node = await readNode(world, step);
    const met = look(node, step);
    if (met.state !== 'ready') return skipped(met);
    try {
      const after = linesOf(await patch(world, step, node, { dryRun: false }));
      return { outcome: 'applied', after, ...(step.cordoned && { undo: turned(step) }) };
    } catch (error) {
      if (!isSourceError(error, 'conflict')) throw error;
      if (attempt < ATTEMPTS) continue;
      const reason = `The Node was changed by others each of ${String(ATTEMPTS)} times.`;
      return { outcome: 'failed', after: met.now, reason };
    }
  }
}

async function readNode(world: ActuatorWorld, step: CordonNodeStep): Promise<Node> {
  return nodeSchema.parse(await world.connection.get(request(world, step, 'get')));
}

/** Onto the very version that was read; what is taken away is taken away whole, as it was before. */
async function patch(
  world: ActuatorWorld,
  step: CordonNodeStep,
  { metadata: { resourceVersion } }: Node,
  { dryRun }: { readonly dryRun: boolean },
): Promise<Node> {
  const { cordoned, mark } = step;
  const body = {
    metadata: { resourceVersion, annotations: { [MARK]: cordoned ? mark : null } },
    spec: { unschedulable: cordoned ? true : null },
  };
  const about = { ...request(world, step, 'patch'), dryRun };
  return nodeSchema.parse(await patchObject(world.connection, about, 'merge', body));
}

function request(
  { signal }: ActuatorWorld,
  { node }: CordonNodeStep,
  verb: string,
): Omit<ApiRequest, 'query'> {
  return {
    path: `/api/v1/nodes/${encodeURIComponent(node)}`,
    operation: `${verb} nodes`,
    signal,
  };
}
