// SPDX-License-Identifier: Apache-2.0

import { readFile } from 'node:fs/promises';

/**
 * The page of an alert, in Markdown: the README.md of its folder. The bundle carries every page as text; Node
 * itself cannot import Markdown, so that a run from the sources reads the file.
 *
 * @param id id of an alert of the registry; it becomes part of a path
 */
export async function alertPage(id: string): Promise<string> {
  if (import.meta.url.endsWith('.ts')) {
    return readFile(new URL(`../../../alerts/${id}/README.md`, import.meta.url), 'utf8');
  }
  const module = (await import(`../../../alerts/${id}/README.md`, { with: { type: 'text' } })) as {
    readonly default: string;
  };
  return module.default;
}
