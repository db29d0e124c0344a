// SPDX-License-Identifier: Apache-2.0

import { readFile } from 'node:fs/promises';

/**
 * The page of a check, in Markdown: the README.md of its folder. The bundle carries every page as text; Node
 * itself cannot import Markdown, so that a run from the sources reads the file.
 *
 * @param id id of a check of the registry; it becomes part of a path
 */
export async function checkPage(id: string): Promise<string> {
  if (import.meta.url.endsWith('.ts')) {
    return readFile(new URL(`../../../checks/${id}/README.md`, import.meta.url), 'utf8');
  }
  const module = (await import(`../../../checks/${id}/README.md`, { with: { type: 'text' } })) as {
    readonly default: string;
  };
  return module.default;
}
