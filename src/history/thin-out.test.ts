// SPDX-License-Identifier: Apache-2.0

import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { MemoryPoint } from '#model/memory-series.ts';
import { buildReport, reportFinding } from '../../testkit/report-builder.ts';
import { type MeasuredPod, pictureOf } from '../../testkit/measured-pods.ts';
import { readReports, writeReport } from './reports.ts';
import { readSeries } from './read-series.ts';
import { samplesOf } from './samples-of.ts';
import { migrate } from './schema.ts';
import { fold, thinOut } from './thin-out.ts';
import { writeSamples } from './write-samples.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;
/** A whole day, so that hours and days of a test begin where it says. */
const START = 20_000 * DAY;

let db: DatabaseSync;

beforeEach(() => {
  db = new DatabaseSync(':memory:');
  migrate(db);
});

afterEach(() => {
  db.close();
});

/** Keeps a round, without thinning anything out. */
function keep(at: number, pods: readonly MeasuredPod[]): void {
  const selection = samplesOf(pictureOf(at * 1000, pods));
  if ('why' in selection) throw new Error(selection.why);
  writeSamples(db, at, selection.samples);
}

function points(pod = 'web'): readonly MemoryPoint[] {
  return readSeries(db, { pod }, 0, Number.MAX_SAFE_INTEGER).flatMap((series) => series.points);
}

const measurement = fc.record({
  second: fc.integer({ min: 0, max: HOUR - 1 }),
  workingSetBytes: fc.integer({ min: 0, max: 2 ** 40 }),
  restartCount: fc.integer({ min: 0, max: 3 }),
});
const hour = fc.uniqueArray(measurement, {
  selector: ({ second }) => second,
  minLength: 1,
  maxLength: 12,
});

describe('an hour that is thinned out', () => {
  it('keeps the greatest, the least and the mean of each life, and mixes none', () => {
    fc.assert(
      fc.property(hour, (measured) => {
        // With the extents, which tell a measurement that was there in the round before.
        db.exec('DELETE FROM sample; DELETE FROM extent');
        for (const { second, ...pod } of measured) keep(START + second, [{ name: 'web', ...pod }]);

        fold(db, START, HOUR);

        const lives = Map.groupBy(measured, ({ restartCount }) => restartCount);
        const folded = points();
        expect(folded).toHaveLength(lives.size);
        for (const point of folded) {
          const bytes = (lives.get(point.restartCount ?? -1) ?? []).map((m) => m.workingSetBytes);
          const mean = bytes.reduce((sum, each) => sum + each, 0) / bytes.length;
          expect(Math.abs(point.workingSetBytes - mean)).toBeLessThanOrEqual(0.5);
          expect(point.maxWorkingSetBytes ?? point.workingSetBytes).toBe(Math.max(...bytes));
          expect(point.minWorkingSetBytes ?? point.workingSetBytes).toBe(Math.min(...bytes));
        }
      }),
      { numRuns: 200 },
    );
  });

  it('comes to the same by way of hours as at once', () => {
    fc.assert(
      fc.property(fc.array(hour, { minLength: 2, maxLength: 6 }), (hours) => {
        db.exec('DELETE FROM sample; DELETE FROM extent');
        const all = hours.flatMap((measured, index) =>
          measured.map(({ second, workingSetBytes }) => ({
            at: index * HOUR + second,
            workingSetBytes,
          })),
        );
        for (const { at, workingSetBytes } of all)
          keep(START + at, [{ name: 'web', workingSetBytes }]);

        for (const index of hours.keys()) fold(db, START + index * HOUR, HOUR);
        fold(db, START, DAY);

        const bytes = all.map(({ workingSetBytes }) => workingSetBytes);
        const mean = bytes.reduce((sum, each) => sum + each, 0) / bytes.length;
        const [point, ...others] = points();
        expect(others).toEqual([]);
        expect(Math.abs((point?.workingSetBytes ?? -1) - mean)).toBeLessThanOrEqual(1);
        expect(point?.maxWorkingSetBytes ?? point?.workingSetBytes).toBe(Math.max(...bytes));
        expect(point?.minWorkingSetBytes ?? point?.workingSetBytes).toBe(Math.min(...bytes));
      }),
      { numRuns: 100 },
    );
  });

  it('keeps the mean of CPU over those that have it', () => {
    keep(START, [{ name: 'web', workingSetBytes: 1, cpuCores: 0.2 }]);
    keep(START + 1, [{ name: 'web', workingSetBytes: 1 }]);
    keep(START + 2, [{ name: 'web', workingSetBytes: 1, cpuCores: 0.4 }]);

    fold(db, START, HOUR);

    expect(points().map(({ cpuCores }) => cpuCores)).toEqual([0.3]);
  });
});

/** Keeps a measurement every ten minutes of so many days, the last one at noon of the last. */
function keepDays(days: number): number {
  const last = START + days * DAY + 12 * HOUR;
  for (let at = START; at <= last; at += 600)
    keep(at, [{ name: 'web', workingSetBytes: at % DAY }]);
  return last;
}

describe('a history that grows old', () => {
  it('is whole for 3 days, hourly for 30, and daily before', () => {
    const now = keepDays(40);

    thinOut(db, now);

    const age = ({ atMs }: MemoryPoint): number => now - atMs / 1000;
    const kept = points();
    const isBetween = (from: number, until: number) => (point: MemoryPoint) =>
      age(point) > from * DAY && age(point) <= until * DAY;
    expect(kept.filter(isBetween(-1, 3))).toHaveLength(3 * 144 + 1);
    expect(kept.filter(isBetween(4, 29))).toHaveLength(25 * 24);
    expect(kept.filter(isBetween(31, 41))).toHaveLength(10);
  });

  it('holds the four weeks of a trend by the hour', () => {
    const now = keepDays(40);

    thinOut(db, now);

    const hours = new Set(points().map(({ atMs }) => Math.floor(atMs / 1000 / HOUR)));
    const since = Math.floor(now / HOUR) - 28 * 24;
    const lacking = Array.from({ length: 28 * 24 }, (_, hour) => since + hour);
    expect(lacking.filter((hour) => !hours.has(hour))).toEqual([]);
  });

  it('is thinned out to the same a second time', () => {
    const now = keepDays(40);
    thinOut(db, now);
    const once = points();

    thinOut(db, now + 1);

    expect(points()).toEqual(once);
  });

  it('forgets what is older than 400 days, and the pods that are gone with it', () => {
    keep(START, [{ name: 'old', workingSetBytes: 1 }]);
    keep(START + DAY, [{ name: 'old', workingSetBytes: 1 }]);
    const now = START + 410 * DAY;
    keep(now - 2 * DAY, [{ name: 'web', workingSetBytes: 1 }]);

    thinOut(db, now);

    expect(points('old')).toEqual([]);
    expect(db.prepare('SELECT pod FROM series').all()).toEqual([{ pod: 'web' }]);
    expect(db.prepare('SELECT count(*) AS n FROM extent').get()).toEqual({ n: 1 });
  });

  it('forgets after 30 days what was seen for less than a day', () => {
    const now = START + 40 * DAY;
    keep(START, [
      { name: 'job', workingSetBytes: 1 },
      { name: 'web', workingSetBytes: 1 },
    ]);
    keep(now - 2 * DAY, [{ name: 'web', workingSetBytes: 1 }]);

    thinOut(db, now);

    expect(points('job')).toEqual([]);
    expect(points('web')).toHaveLength(2);
  });

  it('loses nothing when the clock jumps ten years ahead', () => {
    const now = keepDays(2);
    const before = points();

    thinOut(db, now + 3650 * DAY);

    expect(points()).toEqual(before);
  });
});

describe('reports that grow old', () => {
  it('are kept as the gravest of each hour, then of each day', () => {
    const grave = buildReport({ findings: [reportFinding()] });
    const at = (report: typeof grave, seconds: number): typeof grave => ({
      ...report,
      startedAt: new Date(seconds * 1000).toISOString(),
    });
    const now = START + 40 * DAY;
    for (const day of [0, 20, 38]) {
      for (const minute of [0, 10, 20, 70]) {
        const report = minute === 10 ? grave : buildReport();
        writeReport(db, at(report, START + day * DAY + minute * 60), false);
      }
    }

    thinOut(db, now);

    const kept = readReports(db, 0, Number.MAX_SAFE_INTEGER).map(
      ({ startedAtMs, findings }) => [(startedAtMs / 1000 - START) / 60, findings.length] as const,
    );
    const minutes = (day: number, ...rest: readonly number[]): readonly number[] =>
      rest.map((minute) => day * 1440 + minute);
    expect(kept.map(([minute]) => minute)).toEqual([
      ...minutes(0, 10),
      ...minutes(20, 10, 70),
      ...minutes(38, 0, 10, 20, 70),
    ]);
    expect(kept[0]?.[1]).toBe(1);
  });
});
