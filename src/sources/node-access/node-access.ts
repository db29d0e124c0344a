// SPDX-License-Identifier: Apache-2.0

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

/**
 * Why output may be incomplete: the connection broke, the output reached its size limit, or the time limit came
 * first.
 */
export type Truncation = 'cut-off' | 'too-large' | 'timed-out';

/** One section of a reading. */
export type Section = ReadSection | MissingSection;

/** What one round trip to a node gave. */
export interface NodeReading {
  /** The way it came, for facts: `exec kube-flannel/kube-flannel-ds-x2x9p`. */
  readonly origin: string;
  /** By section name. A section that is not a key was not asked for. */
  readonly sections: ReadonlyMap<string, Section>;
}

/** A way to read the kernel of nodes. */
export interface NodeAccess {
  /** Short name of the way: `exec`. */
  readonly way: string;
  /**
   * Reads all sections of one node in one round trip.
   *
   * @throws SourceError when nothing of the node can be read
   */
  readonly readNode: (node: string, signal: AbortSignal) => Promise<NodeReading>;
}
