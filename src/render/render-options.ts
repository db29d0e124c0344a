// SPDX-License-Identifier: Apache-2.0

import type { Severity } from '#model/finding.ts';

import type { TerminalOptions } from './terminal/style.ts';

/** What a renderer may know of a check beyond the report. */
export interface CheckText {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly stability: 'stable' | 'preview';
  /** Its judgement is part of what makes the pairs from a node whole; see `pair-matrix.ts`. */
  readonly judgesPairs: boolean;
  /** Its page, in Markdown; absent where nobody loaded it. */
  readonly page?: string;
}

/** What every renderer takes beside the report. */
export interface RenderOptions extends TerminalOptions {
  /** The checks that were run, in the registry's order. */
  readonly checks: readonly CheckText[];
}

/** A report as text of one form, in chunks, because a thousand broken nodes make a very long one. Pure. */
export type Renderer<R> = (report: R, options: RenderOptions) => Iterable<string>;
