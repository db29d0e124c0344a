// SPDX-License-Identifier: Apache-2.0

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { ROOT } from './generated-files.ts';

/** A kind of unit whose folder can be made. */
export interface UnitKind {
  /** Folder of all of its kind, from the repository's root: `src/checks`. */
  readonly below: string;
  /** How it is called, with an example of an id. */
  readonly usage: string;
  /** What an id says, for who wrote another: `thing-what-is-wrong`. */
  readonly form: string;
  /** Why an id of the right form is still none for this kind, or undefined. */
  readonly objection: (id: string) => string | undefined;
  /** The files of the folder by name. */
  readonly template: (id: string) => Readonly<Record<string, string>>;
  /** What its author has to do, line by line. */
  readonly whatIsLeft: readonly string[];
}

const GRAMMAR = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)+$/;

/** Makes the folder of a unit that works as it is, and regenerates. Sets the exit code: 2 for an id that is refused. */
export function makeUnit(kind: UnitKind, id: string | undefined): void {
  const refused = refusal(kind, id);
  if (refused !== undefined || id === undefined) {
    console.error(refused);
    process.exitCode = 2;
    return;
  }
  const folder = join(ROOT, kind.below, id);
  mkdirSync(folder);
  for (const [name, text] of Object.entries(kind.template(id))) {
    writeFileSync(join(folder, name), text);
  }
  const generate = spawnSync(process.execPath, [join(ROOT, 'tools/generate.ts')], {
    stdio: 'inherit',
  });
  process.exitCode = generate.status ?? 1;
  const steps = kind.whatIsLeft.map((line, index) => `  ${String(index + 1)}. ${line}`);
  console.log(`\n${kind.below}/${id} is there and works. What is left:\n${steps.join('\n')}`);
}

/** Why an id cannot be that of a new unit, or undefined. */
function refusal(kind: UnitKind, id: string | undefined): string | undefined {
  if (id === undefined) return `usage: ${kind.usage}`;
  if (!GRAMMAR.test(id) || id.length > 50) {
    return `"${id}" is no id: write ${kind.form}, lower case words joined by "-", 50 letters at most`;
  }
  const objection = kind.objection(id);
  if (objection !== undefined) return `"${id}": ${objection}`;
  return existsSync(join(ROOT, kind.below, id)) ? `${kind.below}/${id} exists already` : undefined;
}
