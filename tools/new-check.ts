// SPDX-License-Identifier: Apache-2.0

// `npm run new:check ID` makes the folder of a check with a small check that works, and regenerates.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { checkTemplate } from './check-template.ts';
import { ROOT } from './generated-files.ts';

const grammar = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)+$/;

/** Why an id cannot be that of a new check, or undefined. */
function refusal(id: string | undefined): string | undefined {
  if (id === undefined) return 'usage: npm run new:check ID, for example vtep-mac-mismatch';
  if (!grammar.test(id) || id.length > 50) {
    return `"${id}" is no id: write thing-what-is-wrong, lower case words joined by "-", 50 letters at most`;
  }
  if (id.startsWith('check-') || id.endsWith('-check')) {
    return `"${id}": an id names what is wrong, without the word check`;
  }
  if (existsSync(join(ROOT, 'src/checks', id))) return `src/checks/${id} exists already`;
  return undefined;
}

const id = process.argv[2];
const refused = refusal(id);
if (refused !== undefined || id === undefined) {
  console.error(refused);
  process.exitCode = 2;
} else {
  const folder = join(ROOT, 'src/checks', id);
  mkdirSync(folder);
  for (const [name, text] of Object.entries(checkTemplate(id))) {
    writeFileSync(join(folder, name), text);
  }
  const generate = spawnSync(process.execPath, [join(ROOT, 'tools/generate.ts')], {
    stdio: 'inherit',
  });
  process.exitCode = generate.status ?? 1;
  console.log(`
src/checks/${id} is there and works. What is left:
  1. check.ts       meta, needs, messages; \`run\` compares expected (src/expected) with observed
  2. check.test.ts  a healthy case, a faulty one (the smallest break of the healthy cluster), a skip
  3. README.md      the six headings; commands that a person can paste
  4. npm run verify, then npx changeset`);
}
