// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import type { LocatedNode } from '#expected/node-objects.ts';
import { namesText } from '#expected/short-text.ts';
import { notVxlan } from '#expected/vxlan-applicability.ts';
import type { NodeObject } from '#model/cluster.ts';
import { type Finding, skip, verdictOf } from '#model/finding.ts';
import type { UdpCounters } from '#model/kernel.ts';

/**
 * Share of datagrams with a wrong checksum from which on a network that flips bits is no explanation: on links of
 * 2000, where hosts and switches damaged packets, it was 1 in 1,100 at the worst (Stone and Partridge, "When the CRC
 * and TCP checksum disagree").
 */
const SUSPECT_SHARE = 0.01;
/** Below, a scanner or one bad hour may account for them. */
const SUSPECT_COUNT = 100;
/** Linux before 5.7 miscalculates the outer checksum of masqueraded VXLAN packets, unless a distribution mended it. */
const MENDED_IN = [5, 7] as const;

/** Finds nodes that drop many UDP datagrams for their checksum, as broken offload of VXLAN checksums makes them. */
export const check: NodeCheck<'nodes' | 'netConf', 'udpCounters'> = {
  id: 'checksum-offload-suspect',
  title: 'Many UDP datagrams arrive with a wrong checksum',
  scope: 'node',
  stability: 'preview',
  severity: 'warning',
  needs: { cluster: ['nodes', 'netConf'], node: ['udpCounters'] },
  messages: {
    kernels:
      '{node} has dropped {errors} of {all} UDP datagrams since it started, because their checksum was wrong. VXLAN packets are UDP, and the kernel of {suspects} is older than 5.7: such kernels are known to send masqueraded VXLAN packets with a wrong checksum. The counter does not tell whose datagrams they were: this is a suspicion.',
    unexplained:
      '{node} has dropped {errors} of {all} UDP datagrams since it started, because their checksum was wrong. VXLAN packets are UDP: a virtual network card that a node sends through may compute their checksums wrongly. The counter does not tell whose datagrams they were: this is a suspicion.',
  },
  notApplicable: ({ cluster, node }) => notVxlan(cluster, node),
  run({ cluster, facts, node, atCluster, atNode }) {
    const { ipv4, ipv6 } = cluster.netConf;
    const counted = facts.udpCounters
      .map((counters, index) => ({ counters, index }))
      .filter(({ counters }) => (counters.family === 4 ? ipv4 : ipv6));
    if (counted.length === 0) return skip('The kernel gave no counters of UDP.');
    return verdictOf(
      counted.flatMap(({ counters, index }): readonly Finding[] => {
        const { family, inCsumErrors, inDatagrams } = counters;
        if (!isSuspect(counters)) return [];
        const suspects = oldKernels(cluster.nodes, node);
        const names = suspects.map(({ object }) => object.name);
        const all = inDatagrams + inCsumErrors;
        return [
          {
            messageId: names.length > 0 ? 'kernels' : 'unexplained',
            data: { errors: inCsumErrors, all, suspects: namesText(names) },
            breaks: 'none',
            object: family === 4 ? 'counter UdpInCsumErrors' : 'counter Udp6InCsumErrors',
            expected: `less than ${String(Math.max(SUSPECT_COUNT, Math.ceil(all * SUSPECT_SHARE)))}`,
            observed: String(inCsumErrors),
            evidence: [
              atNode('udpCounters', index),
              ...suspects
                .slice(0, 1)
                .map((each) => atCluster('nodes', each.index, 'kernelVersion')),
            ],
          },
        ];
      }),
    );
  },
};

function isSuspect({ inCsumErrors, inDatagrams }: UdpCounters): boolean {
  const share = inCsumErrors / (inDatagrams + inCsumErrors);
  return inCsumErrors >= SUSPECT_COUNT && share >= SUSPECT_SHARE;
}

/** The other nodes with such a kernel, and their places: a node does not receive what it sends. */
function oldKernels(nodes: readonly NodeObject[], node: string): readonly LocatedNode[] {
  return nodes
    .map((object, index) => ({ object, index }))
    .filter(({ object }) => object.name !== node && hasOldKernel(object));
}

function hasOldKernel({ os, kernelVersion }: NodeObject): boolean {
  const [, major, minor] = /^(\d{1,3})\.(\d{1,3})/.exec(kernelVersion) ?? [];
  if (os !== 'linux' || major === undefined || minor === undefined) return false;
  const [mendedMajor, mendedMinor] = MENDED_IN;
  return (
    Number(major) < mendedMajor || (Number(major) === mendedMajor && Number(minor) < mendedMinor)
  );
}
