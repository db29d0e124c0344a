// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import type { CordonNodeStep } from '#model/plan.ts';
import { actuator } from './cordon-node.ts';

const STEP: CordonNodeStep = {
  kind: 'cordon-node',
  node: 'node2',
  object: 'Node node2',
  title: 'cordon node2',
  uid: '00000000-0000-4000-8000-000000000002',
  cordoned: true,
  mark: '2026-01-01T00:00:00.000Z',
};

describe('the grammar', () => {
  it('takes a node, its UID and a time', () => {
    expect(actuator.refuse(STEP)).toBeUndefined();
  });

  it.each([
    [{ node: '../pods/x' }, 'names no node'],
    [{ node: '' }, 'names no node'],
    [{ uid: '' }, 'which one is meant'],
    [{ uid: 'a b' }, 'which one is meant'],
    [{ mark: 'now' }, 'no time'],
    [{ mark: '2026-01-01T00:00:00Z\n' }, 'no time'],
  ])('refuses %j', (part, said) => {
    expect(actuator.refuse({ ...STEP, ...part })).toContain(said);
  });
});

describe('a step from a file', () => {
  it('has to say what the node is to be', () => {
    const text = JSON.stringify(STEP).replace('"cordoned":true', '"cordoned":"yes"');
    const step = JSON.parse(text) as CordonNodeStep;

    expect(actuator.refuse(step)).toContain('what the node is to be');
  });
});

describe('the undo', () => {
  it('takes the same mark away, and has no undo of its own', () => {
    const undo = actuator.undoOf(STEP);

    expect(undo).toEqual({ ...STEP, title: 'uncordon node2', cordoned: false });
    expect(actuator.undoOf({ ...STEP, cordoned: false })).toBeUndefined();
  });
});
