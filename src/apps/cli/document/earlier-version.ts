// SPDX-License-Identifier: Apache-2.0

import { readFile, stat } from 'node:fs/promises';

import type { DatedContent } from '#engine/document/diff-documents.ts';
import { keptText, parseDocument } from '#history/documents/parse-document.ts';
import type { ClusterDocument } from '#report/cluster-document.ts';

import { UsageError } from '../usage-error.ts';
import type { KeptVersion } from './kept-versions.ts';

/** What `--diff` names: a page from a file, the version that held at an instant, or the one before. */
export type AskedVersion =
  { readonly page: DatedContent } | { readonly untilMs: number; readonly named: string } | 'last';

const MAX_BYTES = 64 * 2 ** 20;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2})$/;

/** Finds out what `--diff` names. A file of that name comes first. @throws UsageError */
export async function earlierVersion(value: string): Promise<AskedVersion> {
  const info = await stat(value).catch(() => undefined);
  if (info !== undefined) return { page: await fromFile(value, info.size) };
  if (value === 'last') return 'last';
  // A day lasts to its end, so that the page of that day counts.
  const untilMs = DAY.test(value)
    ? Date.parse(`${value}T23:59:59.999Z`)
    : INSTANT.test(value)
      ? Date.parse(value)
      : Number.NaN;
  if (Number.isNaN(untilMs)) {
    throw new UsageError(
      `There is no file ${value}, and it is no day or instant either.`,
      'Name a file that was written with -o json, a day like 2026-11-24, or last.',
    );
  }
  return { untilMs, named: value };
}

async function fromFile(file: string, size: number): Promise<DatedContent> {
  const hint = "Name a file that 'selvage document -o json' wrote.";
  if (size > MAX_BYTES) throw new UsageError(`The file ${file} is too large to be a page.`, hint);
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`The file ${file} cannot be read: ${why}.`, hint);
  });
  const read = parseDocument(text);
  if ('why' in read) throw new UsageError(`The file ${file} is no earlier page. ${read.why}`, hint);
  if (read.madeAt === undefined) {
    throw new UsageError(`The file ${file} does not say when it was made.`, hint);
  }
  return { at: read.madeAt, content: read.content };
}

/**
 * The page to compare with.
 *
 * @param kept the versions of this cluster's page, the oldest first
 * @throws UsageError when there is none, or it is of another cluster
 */
export function chooseVersion(
  asked: AskedVersion,
  now: ClusterDocument,
  kept: readonly KeptVersion[],
): DatedContent {
  if (asked !== 'last' && 'page' in asked) return ofSameCluster(asked.page, now);
  const current = keptText(now.content);
  const found =
    asked === 'last'
      ? (kept.findLast(({ text }) => text !== current) ?? kept.at(-1))
      : kept.findLast(({ atMs }) => atMs <= asked.untilMs);
  if (found === undefined) throw noneKept(asked, kept[0]);
  const read = parseDocument(found.text);
  const at = new Date(found.atMs).toISOString();
  if ('why' in read) {
    throw new UsageError(`The version of ${at} cannot be used. ${read.why}`, 'Name another one.');
  }
  return { at, content: read.content };
}

function ofSameCluster(page: DatedContent, now: ClusterDocument): DatedContent {
  const [before, after] = [page.content.cluster.uid, now.content.cluster.uid];
  if (before === undefined || after === undefined || before === after) return page;
  throw new UsageError(
    `The earlier page is of another cluster, with the UID ${before}.`,
    'Choose its cluster with --context.',
  );
}

function noneKept(asked: Exclude<AskedVersion, { page: unknown }>, first: KeptVersion | undefined) {
  const hint = "Compare with a file instead: 'selvage document -o json > before.json' writes one.";
  if (first === undefined) {
    return new UsageError('No version of the page of this cluster is kept yet.', hint);
  }
  const oldest = new Date(first.atMs).toISOString();
  const when = asked === 'last' ? '' : ` at ${asked.named}`;
  return new UsageError(`No version is kept that held${when}: the oldest is of ${oldest}.`, hint);
}
