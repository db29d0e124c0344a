// SPDX-License-Identifier: Apache-2.0

// Writes what follows from the units. `--check` writes nothing and fails where something would change.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { generatedFiles, ROOT } from './generated-files.ts';

const onlyCheck = process.argv.includes('--check');
const stale = (await generatedFiles()).filter(({ path, text }) => {
  const file = join(ROOT, path);
  return !existsSync(file) || readFileSync(file, 'utf8') !== text;
});

for (const { path, text } of stale) {
  if (onlyCheck) {
    console.error(`${path} is stale: run \`npm run generate\` and commit it`);
    process.exitCode = 1;
    continue;
  }
  mkdirSync(dirname(join(ROOT, path)), { recursive: true });
  writeFileSync(join(ROOT, path), text);
  console.log(`wrote ${path}`);
}
