// SPDX-License-Identifier: Apache-2.0

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { format } from 'prettier';

import type { AnyActuator } from '#actuators/define-actuator.ts';
import type { Alert } from '#alerts/define-alert.ts';
import type { AnyCheck } from '#checks/define-check.ts';
import { readerObjects } from '#engine/reader-role.ts';
import { repairObjects } from '#engine/mend/repair-role.ts';
import type { AnyRemedy, AskedRemedy } from '#remedies/define-remedy.ts';
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
  return unitIds('src/checks', 'check.ts');
}

/** Ids of all remedies, sorted: the names of the folders of src/remedies that hold a remedy.ts. */
export function remedyIds(): readonly string[] {
  return unitIds('src/remedies', 'remedy.ts');
}

/** Ids of all alerts, sorted: the names of the folders of src/alerts that hold an alert.ts. */
export function alertIds(): readonly string[] {
  return unitIds('src/alerts', 'alert.ts');
}

function unitIds(below: string, file: string): readonly string[] {
  const folder = join(ROOT, below);
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, file)))
    .map((entry) => entry.name)
    .sort();
}

/** Kinds of steps, sorted: the files of src/actuators that export an actuator. */
export function stepKinds(): readonly string[] {
  const folder = join(ROOT, 'src/actuators');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .filter((name) => /^export const actuator\b/m.test(readFileSync(join(folder, name), 'utf8')))
    .map((name) => name.slice(0, -'.ts'.length))
    .sort();
}

/** Everything that is generated from the units. The same units give the same text. */
export async function generatedFiles(): Promise<readonly GeneratedFile[]> {
  const ids = checkIds();
  const checks = await Promise.all(ids.map(loadCheck));
  const remedies = await Promise.all(remedyIds().map(loadRemedy));
  const alerts = await Promise.all(alertIds().map(loadAlert));
  return [
    await formatted('src/engine/registry.generated.ts', registry(ids)),
    await formatted('docs/checks/README.md', checkIndex(checks)),
    { path: 'deploy/rbac/reader.yaml', text: readerRole() },
    await formatted('src/engine/remedies.generated.ts', remedyRegistry(treating(remedies))),
    await formatted('src/engine/actuators.generated.ts', actuatorRegistry(stepKinds())),
    await formatted('docs/remedies/README.md', remedyIndex(remedies)),
    await formatted('src/alerts/registry.generated.ts', alertRegistry(alertIds())),
    await formatted('docs/alerts/README.md', alertIndex(alerts)),
    {
      path: 'deploy/rbac/repair.yaml',
      text: repairRole(await Promise.all(stepKinds().map(loadActuator))),
    },
  ];
}

/** The check of a folder; throws when its check.ts does not export `check`. */
export async function loadCheck(id: string): Promise<AnyCheck> {
  const file = join(ROOT, 'src/checks', id, 'check.ts');
  const module = (await import(pathToFileURL(file).href)) as { readonly check?: AnyCheck };
  if (module.check === undefined) throw new Error(`${fileName(file)} does not export \`check\``);
  return module.check;
}

/** A remedy that findings lead to, or one that is asked for. */
export type FolderRemedy = AnyRemedy | AskedRemedy<never>;

/** The remedy of a folder; throws when its remedy.ts does not export `remedy`. */
export async function loadRemedy(id: string): Promise<FolderRemedy> {
  const file = join(ROOT, 'src/remedies', id, 'remedy.ts');
  const module = (await import(pathToFileURL(file).href)) as { readonly remedy?: FolderRemedy };
  if (module.remedy === undefined) throw new Error(`${fileName(file)} does not export \`remedy\``);
  return module.remedy;
}

/** The alert of a folder; throws when its alert.ts does not export `alert`. */
export async function loadAlert(id: string): Promise<Alert> {
  const file = join(ROOT, 'src/alerts', id, 'alert.ts');
  const module = (await import(pathToFileURL(file).href)) as { readonly alert?: Alert };
  if (module.alert === undefined) throw new Error(`${fileName(file)} does not export \`alert\``);
  return module.alert;
}

async function loadActuator(kind: string): Promise<AnyActuator> {
  const file = join(ROOT, 'src/actuators', `${kind}.ts`);
  return ((await import(pathToFileURL(file).href)) as { readonly actuator: AnyActuator }).actuator;
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

/** What `selvage access --print-rbac --repair` prints, below a comment. */
function repairRole(actuators: readonly AnyActuator[]): string {
  const namespace = 'kube-flannel';
  const subject = { kind: 'ServiceAccount', namespace, name: 'selvage' } as const;
  const objects = repairObjects({ flannelNamespace: namespace, subject }, actuators);
  return [
    '# Written by `npm run generate` from what the actuators declare: do not edit.',
    '# It comes on top of reader.yaml. For another namespace or a user: selvage access --print-rbac --repair --help',
    renderYaml(objects),
  ].join('\n');
}

function remedyRegistry(ids: readonly string[]): string {
  return [
    '// SPDX-License-Identifier: Apache-2.0',
    '',
    '// Written by `npm run generate` from the folders of src/remedies: do not edit.',
    '',
    `import { anyRemedy, type AnyRemedy } from '#remedies/define-remedy.ts';`,
    ...ids.map((id) => `import { remedy as ${camelCase(id)} } from '#remedies/${id}/remedy.ts';`),
    '',
    '/** Every remedy, sorted by id. */',
    'export const REMEDIES: readonly AnyRemedy[] = [',
    ...ids.map((id) => `anyRemedy(${camelCase(id)}),`),
    '];',
    '',
  ].join('\n');
}

function actuatorRegistry(kinds: readonly string[]): string {
  return [
    '// SPDX-License-Identifier: Apache-2.0',
    '',
    '// Written by `npm run generate` from the files of src/actuators: do not edit.',
    '',
    `import { anyActuator, type AnyActuator } from '#actuators/define-actuator.ts';`,
    ...kinds.map(
      (kind) => `import { actuator as ${camelCase(kind)} } from '#actuators/${kind}.ts';`,
    ),
    '',
    '/** The actuator of every kind of step, sorted by kind. */',
    'export const ACTUATORS: readonly AnyActuator[] = [',
    ...kinds.map((kind) => `anyActuator(${camelCase(kind)}),`),
    '];',
    '',
  ].join('\n');
}

/** Ids of those that plans are made of. */
function treating(remedies: readonly FolderRemedy[]): readonly string[] {
  return remedies.filter(({ scope }) => scope !== 'asked').map(({ id }) => id);
}

function remedyIndex(remedies: readonly FolderRemedy[]): string {
  const rows = remedies.map((remedy) => {
    const { id, title, risk } = remedy;
    const name = `[${id}](../../src/remedies/${id}/README.md)`;
    if (remedy.scope === 'asked') {
      const command = `\`selvage ${remedy.command.join(' ')}\``;
      return `| ${name} | ${title} | Selvage, by ${command} | ${risk} | what no check finds |`;
    }
    const by = remedy.byHand === true ? 'a person, who is told how' : 'Selvage';
    return `| ${name} | ${title} | ${by} | ${risk} | ${remedy.treats.join(', ')} |`;
  });
  return [
    '# Remedies',
    '',
    '<!-- Written by `npm run generate` from src/remedies: do not edit. -->',
    '',
    'Each page says what the remedy changes, what it disturbs, when it does not help and how it is taken back. How they are chosen: [mending](../guide/mending.md).',
    '',
    '| remedy | what is done | by | risk | treats |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

function alertRegistry(ids: readonly string[]): string {
  return [
    '// SPDX-License-Identifier: Apache-2.0',
    '',
    '// Written by `npm run generate` from the folders of src/alerts: do not edit.',
    '',
    `import type { Alert } from './define-alert.ts';`,
    ...ids.map((id) => `import { alert as ${camelCase(id)} } from './${id}/alert.ts';`),
    '',
    '/** Every alert, sorted by id. */',
    'export const ALERTS: readonly Alert[] = [',
    ...ids.map((id) => `${camelCase(id)},`),
    '];',
    '',
  ].join('\n');
}

function alertIndex(alerts: readonly Alert[]): string {
  const rows = alerts.map(
    ({ id, title, severity, sources }) =>
      `| [${id}](../../src/alerts/${id}/README.md) | ${title} | ${severity} | ${sources.join(', ') || 'that they are missing'} |`,
  );
  return [
    '# Alerts',
    '',
    '<!-- Written by `npm run generate` from src/alerts: do not edit. -->',
    '',
    'Each page is the runbook of its alert: what it says, why it matters, what to look at, what to do. How they get into Prometheus: [alerts](../guide/alerts.md).',
    '',
    '| alert | tells | severity | reads series of |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

function registry(ids: readonly string[]): string {
  const imports = ids.map(
    (id) => `import { check as ${camelCase(id)} } from '#checks/${id}/check.ts';`,
  );
  const define =
    ids.length === 0
      ? `import type { AnyCheck } from '#checks/define-check.ts';`
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
