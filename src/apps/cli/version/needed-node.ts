// SPDX-License-Identifier: Apache-2.0

import manifest from '../../../../package.json' with { type: 'json' };

/** The oldest version of Node.js that runs Selvage, as in package.json. */
const NEEDED = manifest.engines.node.replace('>=', '');

/** What to tell a person whose Node.js is too old; undefined when it is not. `running` is like `22.19.0`. */
export function missingNode(running: string): string | undefined {
  const [major = 0, minor = 0] = running.split('.').map(Number);
  const [neededMajor = 0, neededMinor = 0] = NEEDED.split('.').map(Number);
  if (major > neededMajor || (major === neededMajor && minor >= neededMinor)) return undefined;
  return (
    `error: Selvage needs Node.js ${NEEDED} or newer; this is ${running}.\n` +
    'Install a newer one, or run it from its repository with `npm start -- check`, which brings one along.\n'
  );
}
