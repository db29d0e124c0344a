// SPDX-License-Identifier: Apache-2.0

import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The first program of one of these names in the PATH; undefined where there is none. */
export function findProgram(...names: readonly string[]): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((path) => existsSync(path));
}
