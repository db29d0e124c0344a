// SPDX-License-Identifier: Apache-2.0

/** A value at a place; places within a group ascend. */
export interface Sample {
  /** Days. */
  readonly x: number;
  readonly y: number;
}
