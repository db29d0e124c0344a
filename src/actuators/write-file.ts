// SPDX-License-Identifier: Apache-2.0

import {
  type Actuator,
  type ActuatorWorld,
  apiRight,
  inNamespace,
  type Look,
  skipped,
  type StepResult,
} from '#actuators/define-actuator.ts';
import { type NodeReading, readInNode } from '#actuators/node-reading.ts';
import type { WriteFileStep } from '#model/plan.ts';
import { isFileLine } from '#sources/node-access/exec/file-script.ts';
import {
  type NodeContainer,
  readSubnetFile,
  writeSubnetFile,
} from '#sources/node-access/exec/write.ts';

/** Writes `/run/flannel/subnet.env` of a node, or removes what was written. */
export const actuator: Actuator<WriteFileStep> = {
  kind: 'write-file',
  needs: [inNamespace('flannel', apiRight('', 'pods/exec', 'get', 'create'))],
  refuse: ({ before, after }) => {
    const odd = [...before, ...after].find((line) => !isFileLine(line));
    return odd === undefined ? undefined : `The line "${odd}" is none of subnet.env.`;
  },
  dryRun: async (world, step) => look((await read(world, step)).text, step),
  apply: async (world, step) => {
    const { text, container } = await read(world, step);
    const met = look(text, step);
    return met.state === 'ready' ? write(world, container, step) : skipped(met);
  },
  undoOf: reversed,
};

async function write(
  world: ActuatorWorld,
  container: NodeContainer,
  step: WriteFileStep,
): Promise<StepResult> {
  const change = { expected: step.before.join('\n'), lines: step.after };
  const written = await writeSubnetFile(world.connection, container, change, world.signal);
  if (written.outcome === 'refused') {
    const reason = `The node refused it: ${written.reason}`;
    return { outcome: 'failed', after: step.before, reason };
  }
  const met = look(written.text, step);
  if (met.state === 'done') {
    return { outcome: 'applied', after: met.now, undo: reversed(step) };
  }
  return skipped(met);
}

function read(world: ActuatorWorld, { node }: WriteFileStep): Promise<NodeReading> {
  return readInNode(world, node, (container) =>
    readSubnetFile(world.connection, container, world.signal),
  );
}

function look(text: string, { before, after }: WriteFileStep): Look {
  const now = text === '' ? [] : text.split('\n');
  if (text === after.join('\n')) return { state: 'done', now };
  return { state: text === before.join('\n') ? 'ready' : 'moved', now };
}

function reversed(step: WriteFileStep): WriteFileStep {
  const title = step.before.length === 0 ? `remove ${step.object} again` : `restore ${step.object}`;
  return { ...step, title, before: step.after, after: step.before };
}
