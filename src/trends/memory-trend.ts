// SPDX-License-Identifier: Apache-2.0

import type { SegmentBeginning } from './memory-segments.ts';

/**
 * What becomes of a container's memory.
 *
 * - `stable`: no growth that would go on; it may have grown once and levelled off.
 * - `growing`: it grows, and nothing has cut it back.
 * - `sawtooth`: it grows in each life, and restarts hide it.
 * - `step`: it went to another level once and stays there.
 * - `not-enough-data`: `missingDays` says how much is missing.
 */
export type TrendVerdict = 'stable' | 'growing' | 'sawtooth' | 'step' | 'not-enough-data';

/** A number with its 95 % confidence interval. */
export interface Estimate {
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
}

/** One life of a container. */
export interface SegmentSummary {
  readonly beginsBy: SegmentBeginning;
  readonly fromMs: number;
  readonly toMs: number;
}

/** The judgement on one container's memory. Sizes in bytes. */
export interface MemoryTrend {
  readonly verdict: TrendVerdict;
  readonly fromMs: number;
  readonly toMs: number;
  /** Days of which enough was measured. */
  readonly measuredDays: number;
  /** Measured days that are missing for a judgement; only with `not-enough-data`. */
  readonly missingDays?: number;
  readonly segments: readonly SegmentSummary[];
  /** Growth in bytes per week; absent where there are too few days for an interval. */
  readonly perWeek?: Estimate;
  /** Probability of as much growth by chance alone. */
  readonly pGrowth?: number;
  /** The level at the end, without its rhythm and noise; absent without a whole day. */
  readonly levelBytes?: number;
  /** How far the day's peak usually is above the level. */
  readonly peakAboveBytes?: number;
  /** The most that was ever seen. */
  readonly maxBytes: number;
  /** Limit at the end; absent: none, or not known. */
  readonly limitBytes?: number;
  /** Days from `toMs` until the level reaches the limit. `upper` is absent where the interval has no end. */
  readonly daysToLimit?: {
    readonly value: number;
    readonly lower: number;
    readonly upper?: number;
    /** Until the day's usual peak reaches it. */
    readonly peak: number;
  };
  /** With `step`, and where growth is judged after one. */
  readonly step?: {
    readonly atMs: number;
    readonly beforeBytes: number;
    readonly afterBytes: number;
  };
  /** It grew in the first part and no longer does. */
  readonly levelledOff?: true;
}
