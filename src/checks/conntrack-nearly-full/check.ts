// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { notFlannelNode } from '#expected/vxlan-applicability.ts';
import { PASS, skip, verdictOf } from '#model/finding.ts';

const COUNT = 'net.netfilter.nf_conntrack_count';
const MAX = 'net.netfilter.nf_conntrack_max';
/** Share of the table from which on a burst can fill it. */
const NEARLY_FULL = 0.9;

/** Finds nodes whose table of tracked connections is full but for a tenth: what no longer fits is dropped. */
export const check: NodeCheck<'nodes', 'sysctls'> = {
  id: 'conntrack-nearly-full',
  title: 'Connection tracking table is nearly full',
  scope: 'node',
  stability: 'stable',
  severity: 'warning',
  needs: { cluster: ['nodes'], node: ['sysctls'] },
  messages: {
    full: '{node} tracks {count} of at most {max} connections ({percent} %). Once the table is full, {node} drops the first packet of every new connection, so connections and DNS queries fail at random.',
  },
  notApplicable: ({ cluster, node }) => notFlannelNode(cluster.nodes, node),
  run({ facts, atNode }) {
    const count = facts.sysctls[COUNT];
    const max = facts.sysctls[MAX];
    if (count === undefined || max === undefined) {
      return skip(`The node gave no value of ${count === undefined ? COUNT : MAX}.`);
    }
    // A limit of 0 is none (Linux: nf_conntrack_core.c, __nf_conntrack_alloc).
    if (max <= 0 || count < max * NEARLY_FULL) return PASS;
    return verdictOf([
      {
        messageId: 'full',
        data: { count, max, percent: Math.floor((count / max) * 100) },
        breaks: 'none',
        object: `sysctl ${COUNT}`,
        expected: `${COUNT} < ${String(Math.ceil(max * NEARLY_FULL))}`,
        observed: `${COUNT} = ${String(count)}`,
        evidence: [atNode('sysctls', COUNT), atNode('sysctls', MAX)],
      },
    ]);
  },
};
