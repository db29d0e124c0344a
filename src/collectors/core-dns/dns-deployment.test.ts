// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';
import { earlierReplicas } from '#collectors/core-dns/dns-deployment.ts';
import type { ReplicaSet, ScalingEvent } from '#sources/kubernetes/objects/deployment.ts';

const UID = 'd';
const NEWEST: ReplicaSet = { name: 'coredns-b', owner: UID, revision: 2, desired: 0 };
const OLDER: ReplicaSet = { name: 'coredns-a', owner: UID, revision: 1, desired: 3 };

function event(changes: Partial<ScalingEvent> = {}): ScalingEvent {
  const base = { deployment: UID, replicaSet: NEWEST.name, from: 2, to: 0 };
  return { ...base, at: '2026-12-01T00:00:00Z', ...changes };
}

describe('earlierReplicas', () => {
  it('takes the word of the controller before that of the manifest', () => {
    const earlier = earlierReplicas({ uid: UID, appliedReplicas: 5 }, [OLDER, NEWEST], [event()]);

    expect(earlier).toEqual({ count: 2, source: 'event' });
  });

  it('takes the last scaling to nothing', () => {
    const late = event({ from: 4, at: '2026-12-01T01:00:00Z' });

    expect(earlierReplicas({ uid: UID }, [NEWEST], [event(), late, event()])?.count).toBe(4);
  });

  it.each([
    ['of a rollout, which ends an older ReplicaSet', event({ replicaSet: OLDER.name, from: 1 })],
    ['of another Deployment', event({ deployment: 'other' })],
    ['of scaling down, but not to nothing', event({ to: 1 })],
    ['of a number that no DNS has', event({ from: 100_000 })],
  ])('does not take an Event %s', (_, odd) => {
    expect(earlierReplicas({ uid: UID }, [NEWEST], [odd])).toBeUndefined();
  });

  it('takes the manifest where no Event is left, and then the last rollout', () => {
    const replicaSets = [OLDER, NEWEST];

    expect(earlierReplicas({ uid: UID, appliedReplicas: 2 }, replicaSets, [])).toEqual({
      count: 2,
      source: 'last-applied',
    });
    expect(earlierReplicas({ uid: UID }, replicaSets, [])).toEqual({
      count: 3,
      source: 'replica-set',
    });
  });

  it.each([0, -1, 1.5, Number.NaN])('knows nothing by a manifest that asks for %s', (count) => {
    expect(earlierReplicas({ uid: UID, appliedReplicas: count }, [], [])).toBeUndefined();
  });
});
