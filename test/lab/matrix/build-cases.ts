// SPDX-License-Identifier: Apache-2.0

import { everythingIsReady, flannelIsBack, linkIsGone } from '../conditions.ts';
import { faultCases } from '../fault-cases.ts';
import type { FaultCase } from '../fault-cases.ts';
import type { Layout } from '../layouts.ts';

/** Other builds and modes of flannel than the lab's own: the name stands for options of `lab up`. */
export type Build = 'v0.28.4' | 'v0.26.7' | 'nftables' | 'busybox';

function named(layout: Layout, ...names: readonly string[]): readonly FaultCase[] {
  return faultCases(layout).filter(({ faults }) => faults.every(([name]) => names.includes(name)));
}

/** v0.27.4 to v0.28.4 fall over a deleted link where there is no IPv6; the restart repairs everything (flannel#2433). */
const LINK_DEL_PANICS: FaultCase = {
  faults: [['link-del', 'node2']],
  settled: async (since) => {
    await flannelIsBack('node2', since);
    await everythingIsReady();
  },
  findings: [],
};

/** Before v0.27.4 nobody watches the link. */
const LINK_DEL_UNSEEN: FaultCase = {
  faults: [['link-del', 'node2']],
  settled: linkIsGone,
  findings: ['link-missing node2 critical'],
  broken: 4,
};

/** nftables mode makes its rules once, at its start. */
const RULES_STAY_AWAY: FaultCase = {
  faults: [['rules-flush', 'node2']],
  findings: ['masquerade-rule-missing node2 warning'],
};

/** Faults that another build or mode takes in another way, or that are read in another way there. */
export function buildCases(layout: Layout, build: Build): readonly FaultCase[] {
  const ofLink = layout !== 'host-gw';
  switch (build) {
    case 'v0.28.4':
      return ofLink ? [LINK_DEL_PANICS] : [];
    case 'v0.26.7':
      return ofLink ? [LINK_DEL_UNSEEN] : [];
    case 'nftables':
      return [RULES_STAY_AWAY];
    case 'busybox':
      return named(layout, 'routes-flush', 'neigh-del', 'wrong-mtu', 'ip-forward-0');
  }
}
