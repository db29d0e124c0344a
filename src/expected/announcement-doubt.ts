// SPDX-License-Identifier: Apache-2.0

import type { TreatableFinding } from '#model/plan.ts';

/** Checks of what nodes announce: until their findings are mended, SHOULD itself follows what is wrong. */
const LEASE_CHECKS: ReadonlySet<string> = new Set([
  'pod-cidr-duplicate',
  'pod-cidr-missing',
  'pod-cidr-outside-network',
  'public-ip-duplicate',
  'public-ip-mismatch',
  'subnet-lease-missing',
  'vtep-mac-duplicate',
  'vtep-mac-mismatch',
]);

function leaseFindings(everything: readonly TreatableFinding[]): readonly TreatableFinding[] {
  return everything.filter(({ check }) => LEASE_CHECKS.has(check));
}

/** Why nothing may be deleted as a leftover, one sentence: some node announces what is wrong. Undefined when none does. */
export function deletionDoubt(everything: readonly TreatableFinding[]): string | undefined {
  const [doubt] = leaseFindings(everything);
  if (doubt === undefined) return undefined;
  return `What ${doubt.node ?? 'a node'} announces is wrong (${doubt.check}), so the entry may be right: nothing is deleted until that is mended.`;
}

/**
 * Why an entry about a peer is left alone, one sentence: what the peer announces is wrong, so the entry would follow
 * it. Undefined when the peer's word is good, and for findings about no peer.
 */
export function peerDoubt(
  { finding }: TreatableFinding,
  everything: readonly TreatableFinding[],
): string | undefined {
  const { peer } = finding;
  const doubt = leaseFindings(everything).find(({ node }) => node !== undefined && node === peer);
  if (doubt === undefined || peer === undefined) return undefined;
  return `What ${peer} announces is wrong (${doubt.check}): entries about it come after that is mended.`;
}
