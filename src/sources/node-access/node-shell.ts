// SPDX-License-Identifier: Apache-2.0

import type { ExecResult } from '#sources/kubernetes/exec-websocket.ts';
import type { SectionName } from '#sources/node-access/node-sections.ts';

/** What a script left behind, and where it ran. */
export interface ShellRun {
  /** For facts: `exec kube-flannel/kube-flannel-ds-x2x9p`. */
  readonly origin: string;
  readonly result: ExecResult;
}

/** A place on each node, in the host's network, where scripts run: one way into the nodes. */
export interface NodeShell {
  /** Short name of the way: `exec`, `debug-pod`. */
  readonly way: string;
  /** Sections that cannot be had there, with a sentence that says why. */
  readonly withheld: ReadonlyMap<SectionName, string>;
  /**
   * Runs a script of POSIX sh on a node. Nothing of it may come from the cluster but what a strict grammar let pass.
   *
   * @throws SourceError when it did not run
   */
  readonly run: (node: string, script: string, signal: AbortSignal) => Promise<ShellRun>;
  /** Removes what the way has made, and returns what of it could not be removed, by name. Throws nothing. */
  readonly close: () => Promise<readonly string[]>;
}
