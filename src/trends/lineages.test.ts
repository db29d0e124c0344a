// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { memorySeries } from '../../testkit/memory-series-builder.ts';
import { lineages } from './lineages.ts';

function pod(
  name: string,
  fromHour: number,
  hours: number,
  key: object = {},
): ReturnType<typeof memorySeries> {
  return memorySeries({ key: { pod: name, ...key }, fromHour, hours, mib: () => 1 });
}

function names(all: Parameters<typeof lineages>[0]): readonly (readonly string[])[] {
  return lineages(all).map(({ pods }) => pods.map(({ key }) => key.pod));
}

const deployment = { workload: { kind: 'Deployment', name: 'web' }, node: 'node1' };

describe('lineages', () => {
  it('join the pods of a DaemonSet by node', () => {
    const all = [pod('a2', 10, 5), pod('b1', 0, 5, { node: 'node2' }), pod('a1', 0, 5)];

    expect(names(all)).toEqual([['a1', 'a2'], ['b1']]);
  });

  it('join the pods of a Deployment by time, whatever their node', () => {
    const all = [
      pod('w1', 0, 10, deployment),
      pod('w2', 0, 20, deployment),
      pod('w3', 12, 10, { ...deployment, node: 'node2' }),
    ];

    expect(names(all)).toEqual([['w1', 'w3'], ['w2']]);
  });

  it('join no pods of other kinds that have other names', () => {
    const job = { workload: { kind: 'Job', name: 'job' } };

    expect(names([pod('j1', 0, 5, job), pod('j2', 10, 5, job)])).toEqual([['j1'], ['j2']]);
  });

  it('keep containers and namespaces apart, and leave out what was never measured', () => {
    const all = [
      pod('a1', 0, 5),
      pod('a2', 10, 5, { container: 'other' }),
      pod('a3', 10, 5, { namespace: 'other' }),
      pod('a4', 10, 0),
    ];

    expect(names(all)).toEqual([['a1'], ['a2'], ['a3']]);
  });
});
