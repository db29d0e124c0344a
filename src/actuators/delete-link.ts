// SPDX-License-Identifier: Apache-2.0

import {
  type Actuator,
  type ActuatorWorld,
  apiRight,
  inNamespace,
  type Look,
} from '#actuators/define-actuator.ts';
import { type NodeReading, readInNode } from '#actuators/node-reading.ts';
import type { DeleteLinkStep } from '#model/plan.ts';
import type { EntryPlace } from '#sources/node-access/exec/entry-script.ts';
import { readEntry, writeEntry } from '#sources/node-access/exec/write.ts';

/** Deletes flannel's link of a node. There is no undo: flanneld makes it anew. */
export const actuator: Actuator<DeleteLinkStep> = {
  kind: 'delete-link',
  needs: [inNamespace('flannel', apiRight('', 'pods/exec', 'get', 'create'))],
  refuse: ({ link, ifindex }) => {
    if (!/^flannel[A-Za-z0-9.-]{1,8}$/.test(link)) return `${link} is no link of flannel.`;
    return Number.isInteger(ifindex) && ifindex > 0 ? undefined : 'It names no number of a link.';
  },
  dryRun: async (world, step) => {
    const { text } = await read(world, step);
    return look(text, step);
  },
  apply: async (world, step) => {
    const { text, container } = await read(world, step);
    const met = look(text, step);
    if (met.state !== 'ready') {
      return { outcome: 'skipped', after: met.now, reason: 'It is another link by now.' };
    }
    const argv = ['ip', 'link', 'del', 'dev', step.link];
    const change = { place: placeOf(step), expected: text, argv };
    const written = await writeEntry(world.connection, container, change, world.signal);
    if (written.outcome === 'refused') {
      const reason = `The node refused it: ${written.reason}`;
      return { outcome: 'failed', after: met.now, reason };
    }
    const { state, now } = look(written.text, step);
    if (state === 'done') return { outcome: 'applied', after: now };
    return { outcome: 'skipped', after: now, reason: 'The link changed in the meantime.' };
  },
  undoOf: () => undefined,
};

function placeOf({ link }: DeleteLinkStep): EntryPlace {
  return { table: 'link', key: link };
}

function read(world: ActuatorWorld, step: DeleteLinkStep): Promise<NodeReading> {
  return readInNode(world, step.node, (container) =>
    readEntry(world.connection, container, placeOf(step), world.signal),
  );
}

/** flanneld v0.28.5 and later makes a link that went anew within the second: another number is as good as none. */
function look(text: string, { ifindex }: DeleteLinkStep): Look {
  const now = text === '' ? [] : [text];
  return { state: text.startsWith(`ifindex ${String(ifindex)} `) ? 'ready' : 'done', now };
}
