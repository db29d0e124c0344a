// SPDX-License-Identifier: Apache-2.0

// What the bundle starts with. It is read by any Node that knows modules, so that one that is too old
// is told so, and does not fail somewhere inside a library.

import { missingNode } from './version/needed-node.ts';

const missing = missingNode(process.versions.node);
if (missing === undefined) {
  silenceSqlite();
  await import('./main.ts');
} else {
  process.stderr.write(missing);
  process.exitCode = 2;
}

/** Node 22 calls its SQLite experimental whenever it is loaded; see docs/adr/0015-history-in-sqlite.md. */
function silenceSqlite() {
  const emit = process.emitWarning.bind(process);
  process.emitWarning = (warning, ...rest) => {
    if (!String(warning).startsWith('SQLite is an experimental feature')) {
      Reflect.apply(emit, undefined, [warning, ...rest]);
    }
  };
}
