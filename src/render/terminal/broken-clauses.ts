// SPDX-License-Identifier: Apache-2.0

import type { Report } from '#report/report.ts';

import { abridged, groupBy } from './names.ts';
import type { Style } from './style.ts';

/** A node and all peers that its pods cannot reach. */
interface Unreached {
  readonly node: string;
  readonly peers: readonly string[];
}

/** Who cannot reach whom, in clauses without a period: nodes that are cut off first, then the most pairs first. */
export function brokenClauses(report: Report, style: Style): readonly string[] {
  const cutOff = cutOffNodes(report);
  const others = report.nodes.filter(({ os }) => os === 'linux').length - 1;
  const groups = groupBy(unreached(report, new Set(cutOff)), ({ peers }) =>
    JSON.stringify(peers.length >= others ? 'all' : [...peers].sort()),
  );
  const byPairs = [...groups.values()].sort(
    (a, b) => b.length * b[0].peers.length - a.length * a[0].peers.length,
  );
  const named = (names: readonly string[]): string =>
    abridged(names.map((name) => style.clean(name)));
  const verb = cutOff.length === 1 ? 'is' : 'are';
  return [
    ...(cutOff.length === 0 ? [] : [`${named(cutOff)} ${verb} cut off from all other nodes`]),
    ...byPairs.map((group) => {
      const [{ peers }] = group;
      const reachesNone = peers.length >= others && others > 2;
      if (reachesNone && group.length > others) return 'no node reaches any other';
      const to = reachesNone ? 'any other node' : named(peers);
      return `pods on ${named(group.map(({ node }) => node))} cannot reach pods on ${to}`;
    }),
  ];
}

function cutOffNodes({ findings }: Report): readonly string[] {
  return distinct(
    findings.flatMap(({ breaks, node }) => (breaks === 'node' && node !== undefined ? [node] : [])),
  );
}

function unreached({ findings }: Report, cutOff: ReadonlySet<string>): readonly Unreached[] {
  const pairs = findings.flatMap(({ breaks, node, peer }) =>
    breaks === 'pair' && node !== undefined && peer !== undefined ? [{ node, peer }] : [],
  );
  const told = pairs.filter(({ node, peer }) => !cutOff.has(node) && !cutOff.has(peer));
  return [...groupBy(told, ({ node }) => node)].map(([node, found]) => ({
    node,
    peers: distinct(found.map(({ peer }) => peer)),
  }));
}

function distinct(items: readonly string[]): readonly string[] {
  return [...new Set(items)];
}
