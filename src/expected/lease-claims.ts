// SPDX-License-Identifier: Apache-2.0

import { memoiseByIdentity } from '#expected/memoise.ts';
import { type LeaseFamily, type SubnetLease, subnetLeases } from '#expected/subnet-leases.ts';
import { enabledFamilies } from '#expected/peer-plan.ts';
import type { FlannelWorkload, NetConf, NodeObject } from '#model/cluster.ts';

/** One node's word in its lease, for one family. */
export interface LeaseClaim {
  readonly lease: SubnetLease;
  readonly part: LeaseFamily;
}

/** Values that a lease claims for its node alone. */
export type ClaimedValue = 'publicIp' | 'vtepMac';

const claimants: Readonly<
  Record<
    ClaimedValue,
    (
      nodes: readonly NodeObject[],
      flannel: FlannelWorkload,
    ) => ReadonlyMap<string, readonly LeaseClaim[]>
  >
> = {
  publicIp: memoiseByIdentity((nodes, flannel) => claimsBy('publicIp', nodes, flannel)),
  vtepMac: memoiseByIdentity((nodes, flannel) => claimsBy('vtepMac', nodes, flannel)),
};

function claimsBy(
  value: ClaimedValue,
  nodes: readonly NodeObject[],
  flannel: FlannelWorkload,
): ReadonlyMap<string, readonly LeaseClaim[]> {
  const claims = new Map<string, LeaseClaim[]>();
  for (const lease of subnetLeases(nodes, flannel)) {
    for (const part of lease.announced ? [lease.v4, lease.v6] : []) {
      const claimed = part?.[value];
      if (part === undefined || claimed === undefined) continue;
      const key = keyOf(part, claimed);
      const known = claims.get(key);
      if (known === undefined) claims.set(key, [{ lease, part }]);
      else known.push({ lease, part });
    }
  }
  return claims;
}

/** The links of the two families are apart, so a MAC may occur once in each. */
function keyOf({ family }: LeaseFamily, value: string): string {
  return `${String(family)} ${value}`;
}

/** A value of a node's lease that leases of other nodes claim too. */
export interface SharedClaim {
  readonly own: LeaseClaim;
  readonly value: string;
  /** At least one. */
  readonly others: readonly LeaseClaim[];
}

/** What other nodes claim of a node's lease, per family that net-conf switches on. Leases that are not announced count nowhere. */
export function sharedClaims(
  facts: {
    readonly nodes: readonly NodeObject[];
    readonly flannel: FlannelWorkload;
    readonly netConf: NetConf;
  },
  lease: SubnetLease,
  value: ClaimedValue,
): readonly SharedClaim[] {
  return enabledFamilies(facts.netConf).flatMap((family) => {
    const part = family === 4 ? lease.v4 : lease.v6;
    const claimed = part?.[value];
    if (part === undefined || claimed === undefined) return [];
    const all = claimants[value](facts.nodes, facts.flannel).get(keyOf(part, claimed)) ?? [];
    const others = all.filter((claim) => claim.lease.node !== lease.node);
    return others.length === 0 ? [] : [{ own: { lease, part }, value: claimed, others }];
  });
}
