// SPDX-License-Identifier: Apache-2.0

import type { ShellRun } from '#sources/node-access/node-shell.ts';

/** What one command of a reading left behind. */
export interface ReadSection {
  readonly state: 'read';
  readonly stdout: string;
  readonly stderr: string;
  /** 0 to 255; 127: no such command. */
  readonly exitCode: number;
}

/** A section that is not there or not whole. */
export interface MissingSection {
  readonly state: 'missing';
  readonly reason: Truncation;
}

/** A section that the way cannot give, whatever the node is like. */
export interface WithheldSection {
  readonly state: 'withheld';
  /** One sentence. */
  readonly why: string;
}

/**
 * Why output may be incomplete: the connection broke, the output reached its size limit, or the time limit came
 * first.
 */
export type Truncation = 'cut-off' | 'too-large' | 'timed-out';

/** One section of a reading. */
export type Section = ReadSection | MissingSection | WithheldSection;

/** What a node gave. */
export interface NodeReading {
  /** The way or ways it came, for facts: `exec kube-flannel/kube-flannel-ds-x2x9p`. */
  readonly origin: string;
  /** By section name. A section that is not a key was not asked for. */
  readonly sections: ReadonlyMap<string, Section>;
}

/** A way into one node that was tried. */
export interface WayOutcome {
  /** `exec`, `debug-pod`. */
  readonly way: string;
  /** Through what it went; absent when it failed. */
  readonly through?: string;
  /** Why it failed, or why another one was tried after it; one sentence. */
  readonly reason?: string;
}

/** The ways into the nodes of a cluster. */
export interface NodeAccess {
  /**
   * Reads all sections of one node: one round trip by the least privileged way, and further ones only when that
   * fails or its tools lack what is asked for.
   *
   * @throws SourceError when nothing of the node can be read
   */
  readonly readNode: (node: string, signal: AbortSignal) => Promise<NodeReading>;
  /**
   * Runs a script on a node by the way that its reading showed to be the best; by the first, when it was not read.
   *
   * @throws SourceError when it did not run
   */
  readonly runOn: (node: string, script: string, signal: AbortSignal) => Promise<ShellRun>;
  /** The ways that were tried for a node, in this order; empty before it was read. */
  readonly waysOf: (node: string) => readonly WayOutcome[];
  /** Removes what the ways have made, and returns what could not be removed, by name. Throws nothing. */
  readonly close: () => Promise<readonly string[]>;
}
