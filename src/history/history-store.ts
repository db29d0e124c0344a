// SPDX-License-Identifier: Apache-2.0

import { statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import type { MemorySeries, NodeMemory } from '#model/memory-series.ts';
import type { UsePicture } from '#model/resources.ts';
import type { Report } from '#report/report.ts';

import { readDocuments, type StoredDocument, writeDocument } from './documents.ts';
import { asHistoryError } from './history-error.ts';
import { type OpenOptions, openDatabase } from './open-database.ts';
import { readNodes, readSeries, type SeriesSelector } from './read-series.ts';
import { readReports, writeReport } from './reports.ts';
import { type LeftOut, samplesOf } from './samples-of.ts';
import type { StoredReport } from './stored-report.ts';
import { thinOut } from './thin-out.ts';
import { inTransaction } from './transaction.ts';
import { type WrittenSamples, writeSamples } from './write-samples.ts';

/** What became of one round. */
export interface StoredRound extends WrittenSamples {
  /** Nodes of which a measurement was kept. */
  readonly nodes: number;
  /** Measurements that cannot be kept, by reason. */
  readonly leftOut: ReadonlyMap<LeftOut, number>;
  /** Why nothing was kept; absent when there was something to keep. */
  readonly why?: string;
}

/** What a history holds. */
export interface HistoryExtent {
  /** First and last sample, milliseconds since 1970; absent when there is none. */
  readonly firstMs?: number;
  readonly lastMs?: number;
  readonly samples: number;
  readonly reports: number;
  /** Size on the disk, with what is not yet moved into the file itself. */
  readonly bytes: number;
}

const THIN_OUT_EVERY_MS = 3_600_000;

/**
 * Measurements, reports and pages of one cluster, in a file of the user. Whatever it throws for a file that cannot
 * be used is a HistoryError; a write that fails leaves what was there as it was.
 */
export class HistoryStore {
  readonly file: string;
  readonly #db: DatabaseSync;
  #thinnedOutMs = Number.NEGATIVE_INFINITY;

  private constructor(file: string, db: DatabaseSync) {
    this.file = file;
    this.#db = db;
  }

  /** Opens a history, and makes it where there is none, unless it is only to be read. @throws HistoryError */
  static open(file: string, options: OpenOptions = {}): HistoryStore {
    try {
      return new HistoryStore(file, openDatabase(file, options));
    } catch (error) {
      throw asHistoryError(error, file);
    }
  }

  /** Opens a history to read; undefined where there is none yet. @throws HistoryError */
  static openToRead(file: string): HistoryStore | undefined {
    try {
      const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
      return size === 0 ? undefined : HistoryStore.open(file, { readOnly: true });
    } catch (error) {
      throw asHistoryError(error, file);
    }
  }

  /** Keeps the measurements of containers and nodes in a picture, all or none. @throws HistoryError */
  addSamples(atMs: number, picture: UsePicture): StoredRound {
    const selection = samplesOf(picture);
    if ('why' in selection) {
      return { stored: 0, repeated: 0, nodes: 0, leftOut: new Map(), ...selection };
    }
    const { samples, ofNodes, leftOut } = selection;
    // First, so that there is room on a disk that is nearly full.
    this.#thinOutInTime(atMs);
    const atSeconds = Math.round(atMs / 1000);
    return this.#write((db) => {
      const nodes = writeSamples(db, atSeconds, ofNodes).stored;
      return { ...writeSamples(db, atSeconds, samples), nodes, leftOut };
    });
  }

  /** Keeps what a report came to. @throws HistoryError */
  addReport(report: Report, { narrowed = false }: { readonly narrowed?: boolean } = {}): void {
    this.#thinOutInTime(Date.parse(report.finishedAt));
    this.#write((db) => {
      writeReport(db, report, narrowed);
    });
  }

  /** Keeps a version of the cluster's page when it differs from the last; whether it did. @throws HistoryError */
  addDocument(atMs: number, text: string): boolean {
    return this.#write((db) => writeDocument(db, atMs, text));
  }

  /** Memory of the containers that a selector names, between two instants in milliseconds. @throws HistoryError */
  series(selector: SeriesSelector, sinceMs: number, untilMs: number): readonly MemorySeries[] {
    return this.#told(() => readSeries(this.#db, selector, sinceMs, untilMs));
  }

  /** Memory of nodes as a whole between two instants in milliseconds, by name. @throws HistoryError */
  nodes(sinceMs: number, untilMs: number): readonly NodeMemory[] {
    return this.#told(() => readNodes(this.#db, sinceMs, untilMs));
  }

  /** Reports that began between two instants in milliseconds, the oldest first. @throws HistoryError */
  reports(sinceMs: number, untilMs: number = Number.MAX_SAFE_INTEGER): readonly StoredReport[] {
    return this.#told(() => readReports(this.#db, sinceMs, untilMs));
  }

  /** Versions of the cluster's page that differ, the oldest first. @throws HistoryError */
  documents(): readonly StoredDocument[] {
    return this.#told(() => readDocuments(this.#db));
  }

  /** How much there is. @throws HistoryError */
  extent(): HistoryExtent {
    return this.#told(() => {
      const row = this.#db
        .prepare(
          `SELECT min(at) AS first, max(at) AS last, count(*) AS samples,
             (SELECT count(*) FROM report) AS reports FROM sample`,
        )
        .get();
      const [first, last] = [row?.['first'], row?.['last']];
      return {
        ...(typeof first === 'number' && { firstMs: first * 1000 }),
        ...(typeof last === 'number' && { lastMs: last * 1000 }),
        samples: Number(row?.['samples']),
        reports: Number(row?.['reports']),
        bytes: sizeOf(this.file) + sizeOf(`${this.file}-wal`),
      };
    });
  }

  /** Thins out what is old; done by itself once an hour while something is kept. @throws HistoryError */
  prune(nowMs: number): void {
    this.#told(() => {
      thinOut(this.#db, Math.floor(nowMs / 1000));
    });
  }

  /** Closes the file; what was kept is in it. */
  close(): void {
    this.#db.close();
  }

  #thinOutInTime(nowMs: number): void {
    if (Math.abs(nowMs - this.#thinnedOutMs) < THIN_OUT_EVERY_MS) return;
    this.#thinnedOutMs = nowMs;
    this.prune(nowMs);
  }

  #write<T>(work: (db: DatabaseSync) => T): T {
    return this.#told(() => inTransaction(this.#db, () => work(this.#db)));
  }

  #told<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw asHistoryError(error, this.file);
    }
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
