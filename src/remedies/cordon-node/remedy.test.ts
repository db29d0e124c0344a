// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { remedy } from './remedy.ts';

const NOW = '2026-01-01T00:00:00.000Z';

describe('cordon-node', () => {
  it('cordons each node once, with its mark and what is wrong with it', () => {
    const nodes = [
      { node: 'node2', uid: 'u2', why: ['a', 'b', 'c', 'd', 'e'] },
      { node: 'node3', uid: 'u3', why: ['f'] },
    ];

    const steps = remedy.steps({ nodes, now: NOW });

    expect(steps).toMatchObject([
      {
        kind: 'cordon-node',
        node: 'node2',
        uid: 'u2',
        cordoned: true,
        mark: NOW,
        notes: ['a', 'b', 'c', 'And 2 more.'],
      },
      { kind: 'cordon-node', node: 'node3', uid: 'u3', notes: ['f'] },
    ]);
  });
});
