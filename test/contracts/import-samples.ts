// SPDX-License-Identifier: Apache-2.0

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Imports that break a rule: its name, the file, the line. */
export const OFFENCES: readonly (readonly [rule: string, path: string, line: string])[] = [
  ['model-imports', 'src/model/a.ts', `import { x } from '#expected/x.ts';`],
  ['model-is-pure', 'src/model/b.ts', `import { readFileSync as x } from 'node:fs';`],
  ['expected-imports', 'src/expected/a.ts', `import { x } from '#checks/define-check.ts';`],
  ['expected-is-pure', 'src/expected/b.ts', `import { parse as x } from 'yaml';`],
  ['checks-imports', 'src/checks/one/check.ts', `import { x } from '#sources/x.ts';`],
  ['checks-are-atomic', 'src/checks/one/other.ts', `import { x } from '#checks/two/check.ts';`],
  ['report-imports', 'src/report/a.ts', `import { x } from '#engine/x.ts';`],
  ['sources-imports', 'src/sources/a.ts', `import { x } from '#checks/define-check.ts';`],
  ['sources-takes-types-of-model', 'src/sources/b.ts', `import { x } from '#model/x.ts';`],
  ['collectors-imports', 'src/collectors/a.ts', `import { x } from '#expected/x.ts';`],
  ['engine-imports', 'src/engine/a.ts', `import { x } from '#render/x.ts';`],
  ['render-imports', 'src/render/a.ts', `import { x } from '#engine/x.ts';`],
  ['render-takes-types-of-model', 'src/render/b.ts', `import { x } from '#model/x.ts';`],
  ['apps-imports', 'src/apps/a.ts', `import { x } from '#collectors/x.ts';`],
  ['simulation-imports', 'src/simulation/a.ts', `import { x } from '#sources/x.ts';`],
  ['simulation-takes-types-of-model', 'src/simulation/b.ts', `import { x } from '#model/x.ts';`],
  ['simulation-through-a-kubeconfig', 'src/apps/b.ts', `import { x } from '#simulation/x.ts';`],
  ['nothing-imports-apps', 'src/engine/b.ts', `import { x } from '#apps/x.ts';`],
  ['one-writer', 'src/engine/c.ts', `import { x } from '#sources/kubernetes/write.ts';`],
  ['one-way-to-write', 'src/engine/d.ts', `import { x } from '#sources/kubernetes/client-of.ts';`],
  ['audit-imports', 'src/audit/a.ts', `import { x } from '#engine/x.ts';`],
  [
    'vendor-client-in-one-place',
    'src/collectors/b.ts',
    `import { KubeConfig as x } from '@kubernetes/client-node';`,
  ],
  ['no-cycles', 'src/model/a-cycle.ts', `import { x } from './back.ts';`],
  ['subpath-imports-between-folders', 'src/expected/c.ts', `import { x } from '../model/x.ts';`],
  ['no-barrels', 'src/expected/d.ts', `import { x } from '#expected/sub/index.ts';`],
  ['product-without-tests', 'src/expected/e.ts', `import { x } from '../../testkit/x.ts';`],
  ['tests-import-no-test', 'src/expected/f.test.ts', `import { x } from './g.test.ts';`],
  ['product-with-its-dependencies', 'src/sources/c.ts', `import { format as x } from 'prettier';`],
  ['reachable-from-an-app', 'src/expected/island.ts', `import { x } from '#model/x.ts';`],
  ['resolvable', 'src/expected/h.ts', `import { x } from '#model/gone.ts';`],
];

/** Imports that no rule forbids. */
export const ALLOWED: readonly (readonly [path: string, line: string])[] = [
  ['src/checks/two/check.ts', `import { x } from '#expected/x.ts';`],
  ['src/sources/types.ts', `import type { x } from '#model/x.ts';`],
  ['src/sources/net.ts', `import { x } from '#model/net/x.ts';`],
  ['src/engine/registry.ts', `import { x } from '#checks/three/check.ts';`],
  ['src/apps/cli/demo.ts', `import { x } from '#simulation/x.ts';`],
  ['src/checks/two/check.test.ts', `import { x } from '../../../testkit/x.ts';`],
];

/** Writes the samples into a folder, with everything that they import. */
export function writeSamples(folder: string): void {
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const targets = [...OFFENCES.map(([, , line]) => line), ...ALLOWED.map(([, line]) => line)]
    .map((line) => /'#([^']+)'/.exec(line)?.[1] ?? 'model/x.ts')
    .filter((path) => path !== 'model/gone.ts');
  for (const path of targets) write(`src/${path}`, 'export const x = 1;\n');
  write('testkit/x.ts', 'export const x = 1;\n');
  write('src/expected/g.test.ts', 'export const x = 1;\n');
  write('src/model/back.ts', `import { y } from './a-cycle.ts';\nexport const x = y;\n`);
  write('src/apps/cli/main.ts', 'export const x = 1;\n');
  for (const [, path, line] of OFFENCES) write(path, `${line}\nexport const y = x;\n`);
  for (const [path, line] of ALLOWED) {
    const use = line.startsWith('import type') ? 'type y = typeof x' : 'const y = x';
    write(path, `${line}\nexport ${use};\n`);
  }
  write(
    'package.json',
    JSON.stringify({
      type: 'module',
      imports: { '#*': './src/*' },
      dependencies: { yaml: '*', '@kubernetes/client-node': '*' },
      devDependencies: { prettier: '*' },
    }),
  );
  write(
    'tsconfig.json',
    JSON.stringify({
      compilerOptions: { module: 'nodenext', allowImportingTsExtensions: true, noEmit: true },
    }),
  );
}
