// SPDX-License-Identifier: Apache-2.0

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** Absolute path of the repository. */
export const ROOT: string = dirname(dirname(import.meta.dirname));

/** Folders that hold nothing of ours: installed, built, or upstream's. */
const FOREIGN = new Set(['.git', 'node_modules', 'dist', 'coverage', '.cache', '.tools', 'lab/go']);

/** Paths of the project's own files below a folder, from the root, sorted. */
export function filesBelow(folder = '.'): readonly string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const path = relative(ROOT, join(ROOT, folder, entry.name));
      if (FOREIGN.has(path) || entry.name === 'node_modules') return [];
      if (entry.isDirectory()) return filesBelow(path);
      return entry.isFile() ? [path] : [];
    })
    .sort();
}

/** Text of a file, named from the root. */
export function textOf(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** Whether a path is product code: in src, no test, not generated. */
export function isProductCode(path: string): boolean {
  return /^src\/.*\.ts$/.test(path) && !/\.(?:test|generated)\.ts$/.test(path);
}
