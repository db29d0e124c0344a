// SPDX-License-Identifier: Apache-2.0

/** Numbers that look random and are the same for the same seed. */
export interface SeededNoise {
  /** From 0 up to 1. */
  uniform(): number;
  /** From `least` up to `most`. */
  between(least: number, most: number): number;
  /** From `least` up to `most`, as often in each decade. */
  betweenDecades(least: number, most: number): number;
  /** Standard normal. */
  normal(): number;
}

/** Makes noise from a seed: mulberry32, and Box and Muller's method for normal values. */
export function seededNoise(seed: number): SeededNoise {
  let state = seed >>> 0;
  let spare: number | undefined;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const between = (least: number, most: number): number => least + (most - least) * uniform();
  return {
    uniform,
    between,
    betweenDecades: (least, most) => Math.exp(between(Math.log(least), Math.log(most))),
    normal: () => {
      if (spare !== undefined) {
        const value = spare;
        spare = undefined;
        return value;
      }
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
      const angle = 2 * Math.PI * uniform();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
  };
}
