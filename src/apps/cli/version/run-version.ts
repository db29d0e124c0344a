// SPDX-License-Identifier: Apache-2.0

import { EXIT } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { TOOL_VERSION } from './tool-version.ts';

/** `selvage version`: the version, and in JSON under the key `version`. Asks no cluster. */
export function runVersion(output: 'table' | 'json', { stdout }: Io): number {
  const text =
    output === 'json'
      ? JSON.stringify({ name: 'selvage', version: TOOL_VERSION }, null, 2)
      : `selvage ${TOOL_VERSION}`;
  stdout.write(`${text}\n`);
  return EXIT.healthy;
}
