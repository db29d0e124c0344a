// SPDX-License-Identifier: Apache-2.0

import { beforeEach, describe, expect, it } from 'vitest';

import type { PatchNodeAnnotationStep } from '#model/plan.ts';
import { cluster } from '#simulation/cluster/presets.ts';
import type { SimulatedCluster } from '#simulation/cluster/simulated-cluster.ts';
import { connectInEachTest } from '../../testkit/connected-cluster.ts';
import type { ActuatorWorld } from './define-actuator.ts';
import { actuator } from './patch-node-annotation.ts';

const KEY = 'flannel.alpha.coreos.com/backend-data';

const connected = connectInEachTest();

let simulated: SimulatedCluster;
let world: ActuatorWorld;
/** The text of the annotation after each change of the Node. */
let seen: (string | undefined)[];

beforeEach(async () => {
  simulated = cluster();
  seen = [];
  simulated.store.subscribe((resource) => {
    if (resource === 'nodes') seen.push(text());
  });
  ({ world } = await connected(simulated));
});

function text(): string | undefined {
  return simulated.store.get('nodes', 'node3')?.metadata.annotations?.[KEY];
}

function write(value: string): void {
  const node = simulated.store.get('nodes', 'node3');
  if (node === undefined) throw new Error('no node');
  const annotations = { ...node.metadata.annotations, [KEY]: value };
  simulated.store.update('nodes', { ...node, metadata: { ...node.metadata, annotations } });
}

function step(restores = false): PatchNodeAnnotationStep {
  const annotations = { [KEY]: text()?.trimEnd() ?? '' };
  const object = 'announcement of node3';
  return {
    kind: 'patch-node-annotation',
    node: 'node3',
    object,
    title: 'announce it',
    annotations,
    restores,
  };
}

describe('patch-node-annotation', () => {
  it('adds a space and takes it away again', async () => {
    const before = text() ?? '';

    const result = await actuator.apply(world, step());

    expect(seen).toEqual([`${before} `, before]);
    expect(result).toEqual({ outcome: 'applied', after: [`${KEY}=${before}`] });
  });

  it('rehearses without a change', async () => {
    const met = await actuator.dryRun(world, step());

    expect(met.state).toBe('ready');
    expect(seen).toEqual([]);
  });

  it('leaves an annotation alone that was changed since the plan', async () => {
    const planned = step();
    write('{"VNI":7}');
    seen = [];

    const met = await actuator.dryRun(world, planned);
    const result = await actuator.apply(world, planned);

    expect(met).toEqual({ state: 'moved', now: [`${KEY}={"VNI":7}`] });
    expect(result.outcome).toBe('skipped');
    expect(seen).toEqual([]);
  });

  it('that died between its two requests counts as done, and its undo restores the text', async () => {
    const planned = step();
    const before = text() ?? '';
    write(`${before} `);

    const met = await actuator.dryRun(world, planned);
    const undo = actuator.undoOf(planned) as PatchNodeAnnotationStep;
    const result = await actuator.apply(world, undo);

    expect(met.state).toBe('done');
    expect(result.outcome).toBe('applied');
    expect(text()).toBe(before);
  });

  it.each([
    { node: '../secrets' },
    { annotations: {} },
    { annotations: { 'example.com/other': '{}' } },
    { annotations: { [KEY]: 'no JSON' } },
    { annotations: { [KEY]: '[]' } },
    { annotations: { [KEY]: `{"a":"${'x'.repeat(5000)}"}` } },
  ])('refuses $node $annotations', (odd) => {
    expect(actuator.refuse({ ...step(), ...odd })).toMatch(/\.$/);
  });

  it('refuses nothing that a plan has', () => {
    expect(actuator.refuse(step())).toBeUndefined();
    expect(actuator.refuse(step(true))).toBeUndefined();
  });
});
