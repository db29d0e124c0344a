// SPDX-License-Identifier: Apache-2.0
import type { Kernel } from '#simulation/kernel/kernel.ts';

/** A node as the network between the nodes sees it. */
export interface UnderlayNode {
  readonly name: string;
  readonly kernel: Kernel;
  /** False after a crash: nothing answers. */
  readonly powered: boolean;
  /** Largest packet, in bytes, that the port in front of the node passes on; larger ones vanish silently. */
  readonly portMtu: number;
  /** Whether a running pod of the node has this address. */
  hasPod(address: string): boolean;
}

/** The network between the nodes: it knows who has which address. */
export class Underlay {
  readonly #byAddress = new Map<string, UnderlayNode>();
  readonly #random: () => number;
  /** One way between two nodes, in milliseconds. */
  readonly latencyMs: number;

  /** @param random numbers from 0 to 1, for loss and jitter */
  constructor(latencyMs: number, random: () => number) {
    this.latencyMs = latencyMs;
    this.#random = random;
  }

  /** Plugs a node in under its addresses. */
  attach(node: UnderlayNode, addresses: readonly string[]): void {
    for (const address of addresses) this.#byAddress.set(address, node);
  }

  /** The powered node that has an address on one of its links; undefined when nobody answers for it. */
  owner(address: string): UnderlayNode | undefined {
    const node = this.#byAddress.get(address);
    if (node?.powered !== true) return undefined;
    return node.kernel.ownerOf(address) === undefined ? undefined : node;
  }

  /** True with the given probability. */
  chance(ratio: number): boolean {
    return ratio > 0 && this.#random() < ratio;
  }

  /** One way's duration with up to a third of jitter, in milliseconds. */
  delayMs(): number {
    return this.latencyMs * (1 + this.#random() / 3);
  }
}
