// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import type { Fact } from '#model/fact.ts';
import { healthyPicture } from './healthy-picture.ts';
import { MIB } from './resource-picture.ts';

function valueOf<T>(fact: Fact<T>): T {
  if (fact.state === 'absent') throw new Error(fact.detail);
  return fact.value;
}

describe('the healthy picture', () => {
  it('has every running container measured', () => {
    const { pods, usage } = healthyPicture().build();

    const running = valueOf(pods).flatMap(({ namespace, name, containers }) =>
      containers
        .filter(({ state }) => state === 'running')
        .map((each) => `${namespace}/${name}/${each.name}`),
    );

    const measured = valueOf(usage).containers.map(
      (each) => `${each.namespace}/${each.pod}/${each.container}`,
    );
    expect(measured.sort()).toEqual(running.sort());
  });

  it('loses the use of a node that is not measured, and says so', () => {
    const { usage } = healthyPicture().unmeasured('node3').build();

    expect(valueOf(usage).missing.map(({ node }) => node)).toEqual(['node3']);
    expect(valueOf(usage).containers.filter(({ pod }) => pod.endsWith('node3'))).toEqual([]);
  });

  it('is built anew each time', () => {
    const builder = healthyPicture();
    const before = builder.build();

    builder.changeContainers('coredns', (each) => ({ ...each, limits: { memoryBytes: MIB } }));

    expect(builder.build()).not.toEqual(before);
    expect(healthyPicture().build()).toEqual(before);
  });
});
