// SPDX-License-Identifier: Apache-2.0

// Bundles the command line into dist: selvage.js and the chunks that it loads only when they are needed.

import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

import { KUBECTL_COMPLETER } from '#apps/cli/completion/shell-scripts.ts';
import { ROOT } from './generated-files.ts';

const dist = join(ROOT, 'dist');
const program = join(dist, 'selvage.js');

rmSync(dist, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: ROOT,
  entryPoints: { selvage: 'src/apps/cli/launch.ts' },
  outdir: dist,
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.19',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
  // CommonJS dependencies call `require` for Node's own modules, which an ES module does not have.
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
});
writeFileSync(program, `#!/usr/bin/env node\n${readFileSync(program, 'utf8')}`);
chmodSync(program, 0o755);
const completer = join(dist, 'kubectl_complete-selvage');
writeFileSync(completer, KUBECTL_COMPLETER);
chmodSync(completer, 0o755);

const bytes = Object.values(metafile.outputs).map((output) => output.bytes);
const total = bytes.reduce((sum, each) => sum + each, 0);
console.log(
  `dist/selvage.js and ${String(bytes.length - 1)} chunks, ${String(Math.round(total / 1024))} KiB`,
);
