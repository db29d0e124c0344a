// SPDX-License-Identifier: Apache-2.0

import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { format } from 'prettier';

import type { AnyCheck } from '#checks/define-check.ts';
import { readerObjects } from '#engine/reader-role.ts';
import { renderYaml } from '#render/access/render-yaml.ts';

/** Absolute path of the repository. */
export const ROOT: string = dirname(import.meta.dirname);

/** A file that follows from the units: path from the repository's root, and its text. */
export interface GeneratedFile {
  readonly path: string;
  readonly text: string;
}

/** Ids of all checks, sorted: the names of the folders of src/checks that hold a check.ts. */
export function checkIds(): readonly string[] {
  const folder = join(ROOT, 'src/checks');
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'check.ts')))
    .map((entry) => entry.name)
    .sort();
}

/** Everything that is generated from the units. The same units give the same text. */
export async function generatedFiles(): Promise<readonly GeneratedFile[]> {
  const ids = checkIds();
  const checks = await Promise.all(ids.map(loadCheck));
  return [
    await formatted('src/engine/registry.generated.ts', registry(ids)),
    await formatted('docs/checks/README.md', checkIndex(checks)),
    { path: 'deploy/rbac/reader.yaml', text: readerRole() },
  ];
}

/** The check of a folder; throws when its check.ts does not export `check`. */
export async function loadCheck(id: string): Promise<AnyCheck> {
  const file = join(ROOT, 'src/checks', id, 'check.ts');
  const module = (await import(pathToFileURL(file).href)) as { readonly check?: AnyCheck };
  if (module.check === undefined) throw new Error(`${fileName(file)} does not export \`check\``);
  return module.check;
}

function fileName(path: string): string {
  return path.slice(ROOT.length + 1);
}

async function formatted(path: string, text: string): Promise<GeneratedFile> {
  const parser = path.endsWith('.ts') ? 'typescript' : 'markdown';
  return { path, text: await format(text, { parser, printWidth: 100, singleQuote: true }) };
}

/** What `selvage access --print-rbac` prints, below a comment. */
function readerRole(): string {
  const namespace = 'kube-flannel';
  const objects = readerObjects({
    flannelNamespace: namespace,
    subject: { kind: 'ServiceAccount', namespace, name: 'selvage' },
  });
  return [
    '# Written by `npm run generate` from what the collectors and the way into nodes declare: do not edit.',
    "# For another namespace than Flannel's usual one, or for a user: selvage access --print-rbac --help",
    renderYaml(objects),
  ].join('\n');
}

function registry(ids: readonly string[]): string {
  const imports = ids.map(
    (id) => `import { check as ${camelCase(id)} } from '#checks/${id}/check.ts';`,
  );
  const define =
    ids.length === 0
      ? `import type { AnyCheck } from '#checks/define-check.ts';
import { readerObjects } from '#engine/reader-role.ts';
import { renderYaml } from '#render/access/render-yaml.ts';`
      : `import { anyCheck, type AnyCheck } from '#checks/define-check.ts';`;
  return [
    '// SPDX-License-Identifier: Apache-2.0',
    '',
    '// Written by `npm run generate` from the folders of src/checks: do not edit.',
    '',
    define,
    ...imports,
    '',
    '/** Every check, sorted by id. */',
    `export const CHECKS: readonly AnyCheck[] = [`,
    ...ids.map((id) => `anyCheck(${camelCase(id)}),`),
    '];',
    '',
  ].join('\n');
}

function camelCase(id: string): string {
  return id.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function checkIndex(checks: readonly AnyCheck[]): string {
  const rows = checks.map(
    ({ id, title, severity, scope, stability }) =>
      `| [${id}](../../src/checks/${id}/README.md) | ${title} | ${severity} | ${scope} | ${stability} |`,
  );
  return [
    '# Checks',
    '',
    '<!-- Written by `npm run generate` from src/checks: do not edit. -->',
    '',
    'Each page says what is wrong, why it matters, how to confirm it by hand and how to fix it.',
    '',
    '| check | finds | severity | scope | stability |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
