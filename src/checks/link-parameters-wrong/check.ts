// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { notVxlan, vxlanLinksAbsent } from '#expected/vxlan-applicability.ts';
import { type ExpectedVxlanLink, presentVxlanLinks } from '#expected/vxlan-link.ts';
import { skip, verdictOf } from '#model/finding.ts';
import type { IpFamily, Link, LinkAddress, VxlanParameters } from '#model/kernel.ts';

/** A parameter that is not as it has to be, in the words of `ip -d link`. */
interface Difference {
  readonly expected: string;
  readonly observed: string;
  /** Whether tunnel packets are lost by it. */
  readonly breaks: boolean;
}

function difference(expected: string, observed: string, breaks: boolean): readonly Difference[] {
  return expected === observed ? [] : [{ expected, observed, breaks }];
}

/** The facts of a node that parameters are held against. */
interface Node {
  readonly links: readonly Link[];
  readonly addresses: readonly LinkAddress[];
}

/**
 * An outer source address that the node has lost is dead. One that moved to another link may still work: the
 * kernel takes packets for any of its addresses on every link.
 */
function localDifference(
  { local, lowerLink }: VxlanParameters,
  family: IpFamily,
  { links, addresses }: Node,
): readonly Difference[] {
  if (local === undefined) return [];
  const holders = addresses.filter(({ address }) => address === local);
  const lower = links.find(({ name }) => name === lowerLink);
  if (holders.some(({ link }) => lower === undefined || link === lower.name)) return [];
  const expected = `local <IPv${String(family)} address of ${lower?.name ?? 'the node'}>`;
  return difference(expected, `local ${local}`, holders.length === 0);
}

/** Undefined when the parameters could not be read. */
function differences(
  expected: ExpectedVxlanLink,
  link: Link,
  node: Node,
): readonly Difference[] | undefined {
  const { kind, vxlan } = link;
  if (kind !== undefined && kind !== 'vxlan') return difference('kind vxlan', `kind ${kind}`, true);
  if (vxlan === undefined) return undefined;
  const learning = (on: boolean): string => (on ? 'learning' : 'nolearning');
  const gbp = (on: boolean): string => (on ? 'gbp' : 'no gbp');
  return [
    ...difference(`id ${String(expected.vni)}`, `id ${String(vxlan.vni)}`, true),
    ...localDifference(vxlan, expected.family, node),
    ...difference(`dstport ${String(expected.port)}`, `dstport ${String(vxlan.port)}`, true),
    ...difference(learning(expected.learning), learning(vxlan.learning), false),
    ...difference(gbp(expected.gbp), gbp(vxlan.gbp), false),
  ];
}

/** Finds vxlan links of flannel that were made or changed with other parameters than net-conf.json asks for. */
export const check: NodeCheck<'nodes' | 'netConf', 'links' | 'addresses'> = {
  id: 'link-parameters-wrong',
  title: 'Parameters of the vxlan link are wrong',
  scope: 'node',
  stability: 'stable',
  severity: 'critical',
  needs: { cluster: ['nodes', 'netConf'], node: ['links', 'addresses'] },
  messages: {
    apart:
      '{link} on {node} has {observed} where flannel needs {expected}, so no tunnel packet passes between {node} and the other nodes.',
    odd: '{link} on {node} has {observed} where flannel needs {expected}. Traffic may flow today, but the link is not what flannel made.',
  },
  notApplicable: ({ cluster, node }) => notVxlan(cluster, node),
  run({ cluster, facts, atCluster, atNode }) {
    const absent = vxlanLinksAbsent(cluster.netConf, facts.links);
    if (absent !== undefined) return skip(absent);
    const judged = presentVxlanLinks(cluster.netConf, facts.links).flatMap((found) => {
      const wrong = differences(found.expected, found.link, facts);
      return wrong === undefined ? [] : [{ ...found, wrong }];
    });
    if (judged.length === 0) return skip('The parameters of the vxlan link could not be read.');
    return verdictOf(
      judged
        .filter(({ wrong }) => wrong.length > 0)
        .map(({ expected: { name }, index, wrong }) => {
          const breaks = wrong.some((each) => each.breaks);
          const expected = wrong.map((each) => each.expected).join(', ');
          const observed = wrong.map((each) => each.observed).join(', ');
          return {
            messageId: breaks ? 'apart' : 'odd',
            data: { link: name, expected, observed },
            severity: breaks ? 'critical' : 'warning',
            breaks: breaks ? 'node' : 'none',
            object: `link ${name}`,
            expected: `${name} ${expected}`,
            observed: `${name} ${observed}`,
            evidence: [atNode('links', index), atCluster('netConf')],
          };
        }),
    );
  },
};
