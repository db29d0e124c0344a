// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';

import type { AbsenceReason, AbsentFact, ObservedFact } from '#model/fact.ts';
import { BUNDLE_FORMAT, type BundleManifest } from '#sources/bundle/manifest.ts';
import { nodeName } from '#sources/bundle/schema/cluster-schemas.ts';
import { instant, maybe, objectOf, oneOf, text } from '#sources/bundle/schema/shape.ts';

const anything: z.ZodMiniType = z.unknown();
const wholeNumber: z.ZodMiniType<number> = z.int().check(z.nonnegative());

/** What of the manifest is looked at first: whether it is one, and of which versions. */
export type BundleVersions = Pick<BundleManifest, 'format' | 'formatVersion' | 'schemaVersion'>;

/** The versions of a manifest, which a newer one has too. */
export const versionsSchema: z.ZodMiniType<BundleVersions> = objectOf<BundleVersions>({
  format: oneOf(BUNDLE_FORMAT),
  formatVersion: wholeNumber,
  schemaVersion: wholeNumber,
});

/** The whole manifest. */
export const manifestSchema: z.ZodMiniType<BundleManifest> = objectOf<BundleManifest>({
  format: oneOf(BUNDLE_FORMAT),
  formatVersion: wholeNumber,
  schemaVersion: wholeNumber,
  tool: objectOf<BundleManifest['tool']>({ name: text, version: text }),
  createdAt: instant,
});

const absentFact = objectOf<AbsentFact>({
  state: oneOf('absent'),
  reason: oneOf<AbsenceReason>('not-collected', 'forbidden', 'timed-out', 'unsupported', 'failed'),
  detail: text,
});

const observedFact = objectOf<ObservedFact<unknown>>({
  state: oneOf('observed'),
  value: anything,
  observedAt: instant,
  origin: maybe(text),
});

/** A fact; the value of an observed one is parsed apart. */
export const factSchema: z.ZodMiniType<ObservedFact<unknown> | AbsentFact> = z.union([
  observedFact,
  absentFact,
]);

/** Start and end of the run, ISO-8601 UTC. */
export interface RunTimes {
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly apiFinishedAt?: string;
}

const runTimes = objectOf<RunTimes>({
  startedAt: instant,
  finishedAt: instant,
  apiFinishedAt: maybe(instant),
});

/** A line after the manifest. */
export type BundleLine =
  | { readonly snapshot: RunTimes }
  | { readonly cluster: string; readonly fact: unknown }
  | { readonly entries: string; readonly values: readonly unknown[] }
  | { readonly node: string; readonly facts: Readonly<Record<string, unknown>> }
  | { readonly end: { readonly nodes: number } };

/** The schema of each kind of line, by the key that tells it. */
export const LINE_SCHEMAS: ReadonlyMap<string, z.ZodMiniType<BundleLine>> = new Map<
  string,
  z.ZodMiniType<BundleLine>
>([
  ['snapshot', z.object({ snapshot: runTimes })],
  ['cluster', z.object({ cluster: text, fact: anything })],
  ['entries', z.object({ entries: text, values: z.array(anything) })],
  ['node', z.object({ node: nodeName, facts: z.record(text, anything) })],
  ['end', z.object({ end: z.object({ nodes: wholeNumber }) })],
]);
