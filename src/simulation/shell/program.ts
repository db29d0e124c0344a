// SPDX-License-Identifier: Apache-2.0
import type { NodeFiles } from '#simulation/kernel/node-files.ts';

/** A running program's surroundings. */
export interface Process {
  /** Without the program's own name. */
  readonly args: readonly string[];
  /** All of standard input. */
  readonly stdin: string;
  readonly files: NodeFiles;
  /** Writes to standard output. */
  readonly out: (text: string) => void;
  /** Writes to standard error. */
  readonly err: (text: string) => void;
}

/** A program; returns its exit code. */
export type Program = (process: Process) => number;

/** What a shell runs on: files, and programs by the names found in `$PATH`. */
export interface Machine {
  readonly files: NodeFiles;
  readonly programs: ReadonlyMap<string, Program>;
}
