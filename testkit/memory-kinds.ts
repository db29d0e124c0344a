// SPDX-License-Identifier: Apache-2.0

import type { TrendVerdict } from '#trends/memory-trend.ts';

import type { SeededNoise } from './seeded-noise.ts';

/** Bytes of a mebibyte. */
export const MIB: number = 1024 * 1024;
/** Standard deviation of all noise, MiB. */
const NOISE_MIB = 5;
/** How long wandering noise remembers, days: an hour to three days. */
const MEMORY_DAYS = [1 / 24, 3] as const;

/** How one series is made. Levels in MiB. */
export interface MemoryRecipe {
  readonly truth: TrendVerdict;
  /** Growth within a life, MiB per week. */
  readonly perWeekMib: number;
  /** The level at a day, `age` days after the last restart. */
  readonly level: (day: number, age: number) => number;
  readonly rhythm: (day: number) => number;
  readonly noise: () => number;
  readonly isMissing: (day: number) => boolean;
  /** Whether the container restarts at a day and level; asked at each point. */
  readonly restarts: (day: number, level: number) => boolean;
  /** Whether measurements carry the count of restarts. */
  readonly countsRestarts: boolean;
}

interface Span {
  readonly days: number;
  readonly stepDays: number;
}

type Kind = (random: SeededNoise, span: Span) => MemoryRecipe;

/** What a series is made like. */
export type MemoryKind =
  | 'stable, white noise'
  | 'stable, wandering noise'
  | 'stable, daily and weekly rhythm'
  | 'stable, bursts'
  | 'stable, warm-up'
  | 'stable, restarts'
  | 'stable, missing weeks'
  | 'leak, white noise'
  | 'leak, wandering noise'
  | 'leak, daily and weekly rhythm'
  | 'leak, missing weeks'
  | 'sawtooth, restarts counted'
  | 'sawtooth, restarts not counted'
  | 'step';

/** Each kind with how one of it is made. */
export const MEMORY_KINDS: Readonly<Record<MemoryKind, Kind>> = {
  'stable, white noise': (random) => ({ ...stable(random), noise: white(random) }),
  'stable, wandering noise': (random, span) => ({
    ...stable(random),
    noise: wandering(random, span),
  }),
  'stable, daily and weekly rhythm': (random, span) => ({
    ...stable(random),
    rhythm: daily(random),
    noise: wandering(random, span),
  }),
  'stable, bursts': (random) => ({ ...stable(random), noise: bursts(random) }),
  'stable, warm-up': (random, span) => ({
    ...stable(random),
    level: warmUp(random),
    noise: wandering(random, span),
  }),
  'stable, restarts': (random, span) => ({
    ...stable(random),
    level: warmUp(random, 0.25),
    restarts: now(random, span, 1 + Math.floor(random.uniform() * 5)),
    noise: wandering(random, span),
  }),
  'stable, missing weeks': (random, span) => ({
    ...stable(random),
    rhythm: daily(random),
    noise: wandering(random, span),
    isMissing: missing(random, span),
  }),
  'leak, white noise': (random) => ({ ...leak(random), noise: white(random) }),
  'leak, wandering noise': (random, span) => ({ ...leak(random), noise: wandering(random, span) }),
  'leak, daily and weekly rhythm': (random, span) => ({
    ...leak(random),
    rhythm: daily(random),
    noise: wandering(random, span),
  }),
  'leak, missing weeks': (random, span) => ({
    ...leak(random),
    noise: wandering(random, span),
    isMissing: missing(random, span),
  }),
  'sawtooth, restarts counted': (random, span) => ({
    ...sawtooth(random),
    noise: wandering(random, span),
  }),
  'sawtooth, restarts not counted': (random, span) => ({
    ...sawtooth(random),
    noise: wandering(random, span),
    countsRestarts: false,
  }),
  step: (random, span) => {
    const before = random.between(60, 300);
    const change = Math.max(20, before * random.between(0.2, 1.5));
    const at = span.days * random.between(0.2, 0.8);
    return {
      ...stable(random),
      truth: 'step',
      level: (day) => (day < at ? before : before + change),
      noise: wandering(random, span),
    };
  },
};

function stable(random: SeededNoise): MemoryRecipe {
  const base = random.between(60, 300);
  return {
    truth: 'stable',
    perWeekMib: 0,
    level: () => base,
    rhythm: () => 0,
    noise: () => 0,
    isMissing: () => false,
    restarts: () => false,
    countsRestarts: true,
  };
}

function leak(random: SeededNoise): MemoryRecipe {
  const base = random.between(60, 300);
  const perWeekMib = random.betweenDecades(1, 50);
  return {
    ...stable(random),
    truth: 'growing',
    perWeekMib,
    level: (day) => base + (perWeekMib / 7) * day,
  };
}

/** Restarted each time when it has grown by 30 to 300 MiB, four to fourteen days after the restart before. */
function sawtooth(random: SeededNoise): MemoryRecipe {
  const base = random.between(40, 120);
  const life = random.between(4, 14);
  const gain = random.between(base, 3 * base);
  const perWeekMib = (gain / life) * 7;
  return {
    ...stable(random),
    truth: 'sawtooth',
    perWeekMib,
    level: (_, age) => base + (perWeekMib / 7) * age,
    restarts: (_, level) => level >= base + gain,
  };
}

function white(random: SeededNoise): () => number {
  return () => NOISE_MIB * random.normal();
}

/** An AR(1) process: each value remembers the one before. */
function wandering(random: SeededNoise, { stepDays }: Span): () => number {
  const keeps = Math.exp(-stepDays / random.betweenDecades(...MEMORY_DAYS));
  const fresh = NOISE_MIB * Math.sqrt(1 - keeps * keeps);
  let value = NOISE_MIB * random.normal();
  return () => {
    value = keeps * value + fresh * random.normal();
    return value;
  };
}

/** White noise, and in one measurement of fifty much more: 60 MiB on average. */
function bursts(random: SeededNoise): () => number {
  const noise = white(random);
  return () => noise() + (random.uniform() < 0.02 ? -60 * Math.log(1 - random.uniform()) : 0);
}

/** A day that rises and falls by 10 to 60 MiB, less so or not at all on two days of seven. */
function daily(random: SeededNoise): (day: number) => number {
  const amplitude = random.between(5, 30);
  const phase = random.uniform();
  const onWeekends = random.uniform();
  const firstDay = Math.floor(random.uniform() * 7);
  return (day) => {
    const isWeekend = (Math.floor(day) + firstDay) % 7 >= 5;
    return amplitude * (isWeekend ? onWeekends : 1) * Math.sin(2 * Math.PI * (day + phase));
  };
}

/** Fills up to its level after a start, most of it within hours to `most` days. */
function warmUp(random: SeededNoise, most = 3): (day: number, age: number) => number {
  const base = random.between(60, 300);
  const part = random.between(0.2, 0.6);
  const pace = random.betweenDecades(1 / 24, most);
  return (_, age) => base * (1 - part * Math.exp(-age / pace));
}

/** A number of restarts at any time. */
function now(
  random: SeededNoise,
  { days, stepDays }: Span,
  count: number,
): (day: number) => boolean {
  const at = Array.from({ length: count }, () => Math.floor((random.uniform() * days) / stepDays));
  return (day) => at.includes(Math.round(day / stepDays));
}

/** One to three weeks without a measurement, at any time but the first and last three days. */
function missing(random: SeededNoise, { days }: Span): (day: number) => boolean {
  const length = random.between(7, 21);
  const start = random.between(3, days - length - 3);
  return (day) => day >= start && day < start + length;
}
