// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import type { ApiClient, ApiRequest } from '#sources/kubernetes/api-client.ts';
import { text } from '#sources/kubernetes/objects/fields.ts';
import { nonEmpty } from '#sources/plain-text.ts';
import { SourceError, isSourceError } from '#sources/source-error.ts';

/** Items per page: what kubectl asks for. */
export const PAGE_SIZE = 500;
const MAX_PAGES = 10_000;

/**
 * Reads a list page by page and keeps of each item only what `project` returns; undefined drops it. So no more than
 * one page of whole objects is in memory at a time.
 *
 * When the server forgets the list's state half-way (410), starts over once without it.
 *
 * @throws SourceError
 */
export async function listPaged<T>(
  client: ApiClient,
  request: ApiRequest,
  project: (item: unknown) => T | undefined,
): Promise<readonly T[]> {
  try {
    return await readPages(client, request, project);
  } catch (error) {
    if (!isSourceError(error, 'gone')) throw error;
    return readPages(client, request, project);
  }
}

async function readPages<T>(
  client: ApiClient,
  request: ApiRequest,
  project: (item: unknown) => T | undefined,
): Promise<readonly T[]> {
  const kept: T[] = [];
  let token: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const query = {
      ...request.query,
      limit: String(PAGE_SIZE),
      ...(token !== undefined && { continue: token }),
    };
    const list = pageOf(await client.get({ ...request, query }), request);
    for (const item of list.items) {
      const projected = project(item);
      if (projected !== undefined) kept.push(projected);
    }
    if (list.next === undefined) return kept;
    if (list.next === token) break;
    token = list.next;
  }
  throw new SourceError('cut-off', {
    operation: request.operation,
    target: request.path,
    detail: 'the list never ends',
  });
}

interface Page {
  readonly items: readonly unknown[];
  readonly next: string | undefined;
}

const pageSchema = z.object({
  metadata: z.catch(z.object({ continue: text }), () => ({ continue: undefined })),
  // Go writes an empty list as null.
  items: z.nullable(z.array(z.unknown())),
});

function pageOf(body: unknown, request: ApiRequest): Page {
  const result = pageSchema.safeParse(body);
  if (!result.success) throw noList(request);
  const { metadata, items } = result.data;
  return { items: items ?? [], next: nonEmpty(metadata.continue) };
}

function noList(request: ApiRequest): SourceError {
  return new SourceError('not-json', {
    operation: request.operation,
    target: request.path,
    detail: 'it is no list',
  });
}
