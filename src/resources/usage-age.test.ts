// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { healthyPicture } from '../../testkit/healthy-picture.ts';
import { node, ResourcePictureBuilder } from '../../testkit/resource-picture.ts';
import { ageText, usageAccount } from '#resources/usage-age.ts';

function measuredAt(...instants: readonly string[]): ResourcePictureBuilder {
  const builder = new ResourcePictureBuilder();
  for (const [index, at] of instants.entries()) {
    const name = `node${String(index + 1)}`;
    builder.nodes(node({ name })).nodeUses(name, { at, workingSetBytes: 1 });
  }
  return builder;
}

describe('usageAccount', () => {
  it('has no doubts about a healthy cluster', () => {
    expect(usageAccount(healthyPicture().build()).doubts).toEqual([]);
  });

  it('tells the age of the newest and of the oldest value', () => {
    const picture = measuredAt('2026-11-24T11:59:50.000Z', '2026-11-24T11:59:20.000Z').build();

    const account = usageAccount(picture);

    expect(account).toMatchObject({ newestSeconds: 10, oldestSeconds: 40, doubts: [] });
  });

  it('measures age by the clock of the API server, and says that ours is wrong', () => {
    const picture = measuredAt('2026-11-24T10:59:50.000Z').build();

    const account = usageAccount({ ...picture, serverAt: '2026-11-24T11:00:00.000Z' });

    expect(account.newestSeconds).toBe(10);
    expect(account.doubts).toEqual([
      "The clock of this machine is 60 min ahead of the API server's; ages are by the API server's.",
    ]);
  });

  it('names nodes whose values are old', () => {
    const picture = measuredAt('2026-11-24T11:59:50.000Z', '2026-11-24T11:50:00.000Z').build();

    const { doubts } = usageAccount(picture);

    expect(doubts).toEqual([
      "Values of node2 are up to 10 min old, or a clock there is behind the API server's.",
    ]);
  });

  it('names nodes whose clocks are ahead, and no negative age', () => {
    const picture = measuredAt('2026-11-24T12:01:00.000Z').build();

    const account = usageAccount(picture);

    expect(account.newestSeconds).toBe(0);
    expect(account.doubts[0]).toContain('Values of node1 are from the future, by 60 s');
  });

  it('names nodes without values, with the reason', () => {
    const picture = healthyPicture().unmeasured('node2', 'Its kubelet is silent.').build();

    expect(usageAccount(picture).doubts).toContain(
      'No usage of node node2: Its kubelet is silent.',
    );
  });

  it('says why there is no usage', () => {
    const account = usageAccount(healthyPicture().without('usage').build());

    expect(account).toEqual({ doubts: ['Usage is not known: The test withdrew usage.'] });
  });
});

describe('ageText', () => {
  it.each([
    [0.4, '0 s'],
    [119, '119 s'],
    [120, '2 min'],
    [7200, '2 h'],
  ])('writes %d seconds as %s', (seconds, text) => {
    expect(ageText(seconds)).toBe(text);
  });
});
