// SPDX-License-Identifier: Apache-2.0

/** Who is cut off from whom, as findings tell it. */
export interface Connections {
  /** Names of all nodes whose pairs count. */
  readonly nodes: readonly string[];
  /** Nodes of which every pair is broken. */
  readonly broken: ReadonlySet<string>;
  /** To whom a node's packets do not come, by the node. */
  readonly pairs: ReadonlyMap<string, ReadonlySet<string>>;
}

/** The nodes that a broken network is the fault of. */
export interface CutOff {
  /** The worst first. */
  readonly nodes: readonly string[];
  /** Nodes that do not reach each other while it cannot be told which of them is cut off. */
  readonly doubtful: readonly string[];
}

/**
 * Tells the nodes that are cut off from more than half of the others, in either direction. The worst are taken out
 * before the next are looked for: a node is not at fault for not reaching one that nobody reaches. When most are
 * equally bad, none of them is the one that is cut off.
 */
export function cutOffNodes({ nodes, broken, pairs }: Connections): CutOff {
  const found = nodes.filter((node) => broken.has(node));
  const left = new Set(nodes.filter((node) => !broken.has(node)));
  for (;;) {
    const counts = [...left].map((node) => ({ node, count: unreached(node, left, pairs) }));
    const most = Math.max(0, ...counts.map(({ count }) => count));
    if (most * 2 <= left.size - 1) return { nodes: found, doubtful: [] };
    const worst = counts.filter(({ count }) => count === most).map(({ node }) => node);
    if (worst.length * 2 > left.size) return { nodes: found, doubtful: worst };
    found.push(...worst);
    for (const node of worst) left.delete(node);
  }
}

/** How many of the others a node does not reach, or is not reached by. */
function unreached(node: string, among: ReadonlySet<string>, pairs: Connections['pairs']): number {
  const isBroken = (from: string, to: string): boolean => pairs.get(from)?.has(to) === true;
  return [...among].filter(
    (other) => other !== node && (isBroken(node, other) || isBroken(other, node)),
  ).length;
}
